"""Every resource of the places over a real socket: a place, its parts, and the tree."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import msgspec
import pytest
import pytest_asyncio

from src.application.ports.upstream_errors import UpstreamConnectionError
from src.infra.controllers.localities import states_controller
from src.infra.editions.localities.shapes import Depth
from src.infra.editions.localities.tree_formats import CSV_HEADERS, as_csv, as_json, as_ndjson
from tests.helpers.fakes import NOON
from tests.helpers.localities.places import ALTA_FLORESTA, DIVISIONS, RONDONIA, TWO_STATES
from tests.helpers.localities.services import service
from tests.helpers.localities.upstream import FakeUpstream
from tests.helpers.resources import (
    JSON,
    NDJSON,
    all_codings,
    check_codings,
    check_conditions,
    check_head,
    check_unknown_parameters,
    decoded,
)
from tests.helpers.services import ask

# One service for all tests of this module, so that each test costs only a few requests.
pytestmark = pytest.mark.asyncio(loop_scope="module")

TREE = "/api/v1/states"
CSV = "text/csv"

DOWN = UpstreamConnectionError("sem conexão")

# Each resource with data: its path and the media type to accept.
DATA: list[tuple[str, str]] = [
    (TREE, JSON),
    (TREE, NDJSON),
    (TREE, CSV),
    (f"{TREE}?depth=cities", JSON),
    (f"{TREE}?depth=cities", NDJSON),
    (f"{TREE}?depth=states", JSON),
    (f"{TREE}?depth=states", CSV),
    ("/api/v1/states/RO", JSON),
    ("/api/v1/states/RO", CSV),
    ("/api/v1/states/RO?depth=cities", NDJSON),
    ("/api/v1/states/RO?depth=states", JSON),
    (f"{TREE}?regiao=co&depth=cities", JSON),
    (f"{TREE}?regiao=N", CSV),
    ("/api/v1/states/11/cities", JSON),
    ("/api/v1/cities", JSON),
    ("/api/v1/cities?q=ari&limit=1", JSON),
    ("/api/v1/cities/1100015", JSON),
    ("/api/v1/cities/110001/districts", JSON),
    ("/api/v1/districts", JSON),
    ("/api/v1/districts/110001505", JSON),
]
each_resource = pytest.mark.parametrize(("path", "accept"), DATA)

LAST_COMPRESSED = f"{TREE}?depth=states"

# The resources with bodies worth compressing, even with so little data.
CODED = [
    (TREE, JSON),
    (TREE, NDJSON),
    (TREE, CSV),
    (f"{TREE}?depth=cities", JSON),
    (f"{TREE}?depth=states", JSON),
    ("/api/v1/states/RO", JSON),
    ("/api/v1/states/RO?depth=cities", CSV),
    ("/api/v1/states/RO/cities", JSON),
    (f"{TREE}?regiao=N", JSON),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def two() -> AsyncIterator[aiohttp.ClientSession]:
    """A service with two states, which has made all codings of its tree at each depth."""
    async with service(FakeUpstream(TWO_STATES, divisions=DIVISIONS)) as session:
        await all_codings(session, LAST_COMPRESSED)
        yield session


@pytest.mark.parametrize("uf", ["RO", "ro", "Ro", "rO", "11"])
async def test_a_state_is_found_by_each_of_its_codes(two: aiohttp.ClientSession, uf: str) -> None:
    """It is the same as in the tree, with the headers that all data has."""
    answer = await ask(two, f"{TREE}/{uf}")

    assert (answer.status, answer.body) == (200, as_json([RONDONIA])[1:-1])
    assert answer.headers["Content-Type"] == JSON
    assert answer.headers["Last-Modified"] == "Sun, 01 Jun 2025 12:00:00 GMT"
    assert answer.headers["Vary"] == "Accept, Accept-Encoding"
    assert answer.headers["X-Snapshot-Source"] == "live"
    assert answer.headers["X-Snapshot-Missing"] == answer.headers["X-Snapshot-Filled"] == "0"
    assert answer.headers["Cache-Control"].startswith("public, max-age=300")


@pytest.mark.parametrize("code", ["1100015", "110001"])
async def test_a_city_names_its_state_and_regions(two: aiohttp.ClientSession, code: str) -> None:
    """The city is found by 7 digits or 6."""
    answer = await ask(two, f"/api/v1/cities/{code}")

    assert answer.json == {
        "id": 1100015,
        "nome": "Alta Floresta D'Oeste",
        "capital": False,
        "estado": {"id": 11, "sigla": "RO", "nome": "Rondônia", "regiao": "N"},
        "microrregiao": {
            "id": 11006,
            "nome": "Cacoal",
            "mesorregiao": {"id": 1102, "nome": "Leste Rondoniense"},
        },
        "regiao_imediata": {
            "id": 110005,
            "nome": "Cacoal",
            "regiao_intermediaria": {"id": 1102, "nome": "Ji-Paraná"},
        },
        "distritos": [
            {"id": 110001505, "nome": "Alta Floresta D'Oeste"},
            {"id": 110001515, "nome": "Filadélfia d'Oeste"},
        ],
    }
    assert list(answer.json) == [
        *("id", "nome", "capital", "estado"),
        *("microrregiao", "regiao_imediata", "distritos"),
    ]


async def test_a_city_without_known_regions_has_null_for_each() -> None:
    """As in the bundled data, and where the source has none."""
    async with service(FakeUpstream(TWO_STATES)) as session:
        answer = await ask(session, "/api/v1/cities/5300108")

    assert answer.json["capital"] is True
    assert answer.json["microrregiao"] is None
    assert answer.json["regiao_imediata"] is None


async def test_a_district_names_its_city_and_state(two: aiohttp.ClientSession) -> None:
    """The district is found by its 9 digits."""
    answer = await ask(two, "/api/v1/districts/110001515")

    assert answer.json == {
        "id": 110001515,
        "nome": "Filadélfia d'Oeste",
        "cidade": {"id": 1100015, "nome": "Alta Floresta D'Oeste"},
        "estado": {"id": 11, "sigla": "RO", "nome": "Rondônia", "regiao": "N"},
    }


STATES_ALONE = [
    {"id": 11, "sigla": "RO", "nome": "Rondônia", "regiao": "N"},
    {"id": 53, "sigla": "DF", "nome": "Distrito Federal", "regiao": "CO"},
]
CITIES_ALONE = [
    [
        {"id": 1100015, "nome": "Alta Floresta D'Oeste"},
        {"id": 1100023, "nome": "Ariquemes"},
    ],
    [{"id": 5300108, "nome": "Brasília"}],
]
CAPITALS = [None, {"id": 5300108, "nome": "Brasília"}]
STATES_WITH_CITIES = [
    {**state, "cidades": cities} for state, cities in zip(STATES_ALONE, CITIES_ALONE, strict=True)
]
STATES_WITH_CAPITAL: list[dict[str, Any]] = [
    {**state, "capital": city} for state, city in zip(STATES_ALONE, CAPITALS, strict=True)
]
STATES_WITH_CAPITAL_AND_CITIES = [
    {**state, "cidades": cities}
    for state, cities in zip(STATES_WITH_CAPITAL, CITIES_ALONE, strict=True)
]


@pytest.mark.parametrize(
    ("depth", "states"), [("states", STATES_ALONE), ("cities", STATES_WITH_CITIES)]
)
async def test_the_tree_may_end_at_any_level(
    two: aiohttp.ClientSession, depth: str, states: list[dict[str, Any]]
) -> None:
    """It has exactly the keys of that depth, in their order, in JSON and in NDJSON."""
    tree = await ask(two, f"{TREE}?depth={depth}")
    lines = await ask(two, f"{TREE}?depth={depth}", {"Accept": NDJSON})

    assert tree.body == msgspec.json.encode(states)
    assert lines.body == b"".join(msgspec.json.encode(state) + b"\n" for state in states)


@pytest.mark.parametrize(
    ("depth", "states"),
    [("states", STATES_WITH_CAPITAL), ("cities", STATES_WITH_CAPITAL_AND_CITIES)],
)
async def test_a_state_may_end_at_any_level(
    two: aiohttp.ClientSession, depth: str, states: list[dict[str, Any]]
) -> None:
    """It is as it is in the tree of that depth, with its capital besides, if that is known."""
    for uf, state in zip(("ro", "53"), states, strict=True):
        alone = await ask(two, f"{TREE}/{uf}?depth={depth}")
        line = await ask(two, f"{TREE}/{uf}?depth={depth}", {"Accept": NDJSON})

        assert alone.body == msgspec.json.encode(state)
        assert line.body == alone.body + b"\n"


@pytest.mark.parametrize("path", [TREE, f"{TREE}/11"])
async def test_the_default_depth_is_the_whole_tree(two: aiohttp.ClientSession, path: str) -> None:
    """The answer is the same, down to its tag."""
    without, named = await ask(two, path), await ask(two, f"{path}?depth=districts")

    assert named.body == without.body
    assert named.own_headers == without.own_headers


@pytest.mark.parametrize("query", ["", "?depth=states", "?depth=cities", "?depth=districts"])
async def test_no_depth_of_the_tree_needs_its_route(
    two: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    """The answer is ready, and goes around FastAPI; it is what the route would answer."""
    routed = await ask(two, f"{TREE}{query or '?'}&")
    monkeypatch.delattr(states_controller, "answer_tree")
    ready = await ask(two, f"{TREE}{query}")

    assert (ready.status, ready.body) == (200, routed.body)
    assert ready.own_headers == routed.own_headers


async def test_all_states_are_a_small_answer() -> None:
    """All 27 of them take less than 2 kB, without any coding."""
    down = {0: DOWN}
    async with service(FakeUpstream((), errors=down), snapshot_bundled=True) as session:
        answer = await ask(session, f"{TREE}?depth=states")

    assert len(answer.json) == 27
    assert len(answer.body) < 2_000


@pytest.mark.parametrize(
    ("path", "file", "columns", "ids"),
    [
        (f"{TREE}?depth=states", "estados.csv", 4, ["11", "53"]),
        (f"{TREE}?depth=cities", "cidades.csv", 7, ["1100015", "1100023", "5300108"]),
        (f"{TREE}/53?depth=states", "estados-DF.csv", 4, ["53"]),
        (f"{TREE}/ro?depth=cities", "cidades-RO.csv", 7, ["1100015", "1100023"]),
        (f"{TREE}/DF", "estados-e-cidades-DF.csv", 9, ["530010805"]),
    ],
)
async def test_a_file_has_the_columns_of_its_depth(
    two: aiohttp.ClientSession, path: str, file: str, columns: int, ids: list[str]
) -> None:
    """It has a line for each place of the lowest level; its name says what is in it."""
    answer = await ask(two, path, {"Accept": CSV})

    header, *rows = csv.reader(io.StringIO(answer.body.decode("utf-8-sig"), newline=""))
    lowest = {4: 0, 7: 3, 9: 5}[columns]
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{file}"'
    assert header in CSV_HEADERS.values()
    assert {len(row) for row in rows} == {columns}
    assert [row[lowest] for row in rows] == ids


@pytest.mark.parametrize("separator", [";", "%3B"])
@pytest.mark.parametrize("path", [f"{TREE}?depth=cities", f"{TREE}/RO?depth=cities"])
async def test_a_file_may_have_semicolons(
    two: aiohttp.ClientSession, path: str, separator: str
) -> None:
    """It has the same cells and the same name; other formats have no separator."""
    semicolons = await ask(two, f"{path}&separator={separator}", {"Accept": CSV})
    commas = await ask(two, path, {"Accept": CSV})
    as_usual, in_json = await ask(two, path), await ask(two, f"{path}&separator={separator}")

    text = semicolons.body.decode()
    assert text.startswith("\ufeffestado_id;estado_sigla;estado_nome;cidade_id;cidade_nome;")
    assert text.replace(";", ",").encode() == commas.body
    assert semicolons.headers["ETag"] != commas.headers["ETag"]
    disposition = "Content-Disposition"
    assert semicolons.headers[disposition] == commas.headers[disposition]
    assert (in_json.body, in_json.own_headers) == (as_usual.body, as_usual.own_headers)


@pytest.mark.parametrize("region", ["N", "n", "1"])
@pytest.mark.parametrize(("query", "depth"), [("", "districts"), ("&depth=states", "states")])
async def test_the_tree_may_have_one_region_only(
    two: aiohttp.ClientSession, region: str, query: str, depth: str
) -> None:
    """By its sigla in either case, or its id; the states are as they are in the tree."""
    some = await ask(two, f"{TREE}?regiao={region}{query}")
    line = await ask(two, f"{TREE}?regiao={region}{query}", {"Accept": NDJSON})
    table = await ask(two, f"{TREE}?regiao={region}{query}", {"Accept": CSV})

    whole = await ask(two, f"{TREE}?depth={depth}")
    assert some.json == whole.json[:1]
    assert line.body == some.body[1:-1] + b"\n"
    assert table.body == as_csv([RONDONIA], Depth(depth))
    assert some.headers["ETag"] != whole.headers["ETag"]


async def test_a_region_without_states_is_an_empty_list(two: aiohttp.ClientSession) -> None:
    """A source may know fewer states than there are."""
    assert (await ask(two, f"{TREE}?regiao=SE")).body == b"[]"


async def test_all_paths_agree(two: aiohttp.ClientSession) -> None:
    """A state, its cities and a city's districts are the tree's own bytes."""
    tree = await ask(two, TREE)
    assert tree.body == as_json(TWO_STATES)

    for state in TWO_STATES:
        alone = await ask(two, f"{TREE}/{state.sigla}")
        cities = await ask(two, f"{TREE}/{state.id}/cities")
        assert alone.body in tree.body
        assert cities.body in alone.body
        assert cities.json == alone.json["cidades"]
        for city in alone.json["cidades"]:
            districts = await ask(two, f"/api/v1/cities/{city['id']}/districts")
            one = await ask(two, f"/api/v1/cities/{city['id']}")
            assert districts.body in cities.body
            assert districts.json == city["distritos"] == one.json["distritos"]
            for district in districts.json:
                answer = await ask(two, f"/api/v1/districts/{district['id']}")
                assert answer.json["nome"] == district["nome"]
                assert answer.json["cidade"] == {"id": city["id"], "nome": city["nome"]}


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("text/html,application/xhtml+xml,*/*;q=0.8", JSON),
        (JSON, JSON),
        (NDJSON, NDJSON),
        ("application/ndjson", "application/ndjson"),
        ("application/jsonl;q=0.3, text/csv;q=0.2", "application/jsonl"),
        ("application/*;q=0.5, application/json;q=0", NDJSON),
        (CSV, f"{CSV}; charset=utf-8"),
        ("text/*", f"{CSV}; charset=utf-8"),
        ("text/csv;q=0.9, application/x-ndjson;q=0.8", f"{CSV}; charset=utf-8"),
    ],
)
async def test_the_tree_comes_in_the_format_that_the_client_prefers(
    two: aiohttp.ClientSession, accept: str, media_type: str
) -> None:
    """The places are the same in each format; Vary says that it depends on the request."""
    answer = await ask(two, TREE, {"Accept": accept})

    bodies = {JSON: as_json, CSV: as_csv}
    assert answer.headers["Content-Type"] == media_type
    assert answer.headers["Vary"] == "Accept, Accept-Encoding"
    assert answer.body == bodies.get(media_type.partition(";")[0], as_ndjson)(TWO_STATES)


async def test_a_spreadsheet_gets_a_file(two: aiohttp.ClientSession) -> None:
    """It has a name, a UTF-8 byte order mark, and a line for each district."""
    answer = await ask(two, TREE, {"Accept": CSV})

    header, *rows = csv.reader(io.StringIO(answer.body.decode("utf-8-sig"), newline=""))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="estados-e-cidades.csv"'
    assert answer.body.startswith(b"\xef\xbb\xbf")
    assert header == CSV_HEADERS[Depth.DISTRICTS]
    assert [row[5] for row in rows] == ["110001505", "110001515", "110002305", "530010805"]


@each_resource
async def test_head_is_get_without_the_body(
    two: aiohttp.ClientSession, path: str, accept: str
) -> None:
    """The headers are the same, including the length."""
    await check_head(two, path, accept)


@each_resource
async def test_a_current_copy_gets_a_304(
    two: aiohttp.ClientSession, path: str, accept: str
) -> None:
    """A tag (alone, in a list or weak), `*` or a date proves it (RFC 9110, section 13.1)."""
    await check_conditions(two, path, accept, NOON)


@pytest.mark.parametrize(("path", "accept"), CODED)
async def test_each_coding_has_its_own_tag(
    two: aiohttp.ClientSession, path: str, accept: str
) -> None:
    """It carries the same bytes; a copy in one coding is good for that coding only."""
    await check_codings(two, path, accept)


async def test_a_small_answer_is_compressed_only_if_the_client_refuses_it_plain(
    two: aiohttp.ClientSession,
) -> None:
    """Compression would hardly make it smaller."""
    path = "/api/v1/districts/110001505"
    plain = await ask(two, path, {"Accept-Encoding": "br, gzip"})
    coded = await ask(two, path, {"Accept-Encoding": "gzip, identity;q=0"})

    assert "Content-Encoding" not in plain.headers
    assert coded.headers["Content-Encoding"] == "gzip"
    assert decoded(coded) == plain.body
    assert coded.headers["ETag"] != plain.headers["ETag"]


async def test_every_worker_answers_the_same_bytes(two: aiohttp.ClientSession) -> None:
    """Another service with the same data gives the same tags, so copies stay good."""
    async with service(FakeUpstream(TWO_STATES, divisions=DIVISIONS)) as other:
        await all_codings(other, LAST_COMPRESSED)
        for path, accept in DATA:
            for coding in ("identity", "gzip", "zstd", "br"):
                headers = {"Accept": accept, "Accept-Encoding": coding}
                one, another = await ask(two, path, headers), await ask(other, path, headers)
                assert one.status == 200
                assert one.body == another.body
                assert one.own_headers == another.own_headers


@each_resource
async def test_unknown_query_parameters_are_ignored(
    two: aiohttp.ClientSession, path: str, accept: str
) -> None:
    """The answer is the same, and links do not repeat them."""
    await check_unknown_parameters(two, path, accept)


async def test_unknown_districts_are_null_everywhere() -> None:
    """This holds for each resource and format; CSV has empty cells."""
    async with service(FakeUpstream(TWO_STATES, errors={ALTA_FLORESTA.id: DOWN})) as session:
        city = await ask(session, "/api/v1/cities/1100015")
        districts = await ask(session, "/api/v1/cities/1100015/districts")
        lines = (await ask(session, TREE, {"Accept": NDJSON})).body.splitlines()
        table = (await ask(session, TREE, {"Accept": CSV})).body.decode().splitlines()
        district = await ask(session, "/api/v1/districts/110001505")

    assert city.json["distritos"] is None
    assert (districts.status, districts.body) == (200, b"null")
    assert districts.headers["X-Snapshot-Missing"] == "1"
    assert msgspec.json.decode(lines[0])["cidades"][0]["distritos"] is None
    assert table[1] == "11,RO,Rondônia,1100015,Alta Floresta D'Oeste,,,N,110001"
    assert district.status == 404


async def test_a_state_without_known_cities_is_a_state() -> None:
    """Its cities are an empty list, never null; a spreadsheet has a line for it."""
    async with service(FakeUpstream(TWO_STATES, errors={RONDONIA.id: DOWN})) as session:
        state = await ask(session, "/api/v1/states/ro")
        cities = await ask(session, "/api/v1/states/ro/cities")
        table = (await ask(session, TREE, {"Accept": CSV})).body.decode().splitlines()

    assert state.json == {"id": 11, "sigla": "RO", "nome": "Rondônia", "cidades": []}
    assert (cities.status, cities.body) == (200, b"[]")
    assert table[1] == "11,RO,Rondônia,,,,,N,"


async def test_many_requests_at_once_get_the_same_answer(two: aiohttp.ClientSession) -> None:
    """They come while it is being made for the first of them."""
    async with service(FakeUpstream(TWO_STATES)) as session:
        answers = await asyncio.gather(
            *(ask(session, f"{TREE}/ro", {"Accept-Encoding": "br"}) for _ in range(10))
        )

    assert {answer.status for answer in answers} == {200}
    assert len({answer.body for answer in answers}) == 1
