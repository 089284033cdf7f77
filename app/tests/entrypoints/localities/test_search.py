"""Search by name as callers use it, over a real socket and with all of Brazil."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any
from unicodedata import normalize
from urllib.parse import urljoin

import aiohttp
import pytest
import pytest_asyncio
from yarl import URL

from src.application.finding.name_index import Found, NameIndex
from src.domain.localities.territory import State
from src.domain.searchable_names import searchable
from src.infra.process.clock import utc_now
from tests.helpers.localities.services import service
from tests.helpers.localities.upstream import FakeUpstream
from tests.helpers.services import Answer, ask

# One service for all tests of this module: collecting all of Brazil takes a second.
pytestmark = pytest.mark.asyncio(loop_scope="module")

CITIES, DISTRICTS = "/api/v1/cities", "/api/v1/districts"
each_kind = pytest.mark.parametrize("path", [CITIES, DISTRICTS])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def all_brazil(brazil: tuple[State, ...]) -> AsyncIterator[aiohttp.ClientSession]:
    """A service with every place there is, which it does not collect again."""
    async with service(FakeUpstream(brazil), now=utc_now) as session:
        yield session


def ids(answer: Answer) -> list[int]:
    """The codes of the places found, in order."""
    assert answer.status == 200
    return [place["id"] for place in answer.json]


def total(answer: Answer) -> int:
    """The number of places found in all."""
    return int(answer.headers["X-Total-Count"])


def links(answer: Answer) -> dict[str, str]:
    """The links to other pages."""
    found: list[tuple[str, str]] = re.findall(r'<([^>]*)>; rel="([a-z]+)"', answer.headers["Link"])
    return {rel: url for url, rel in found}


SAO_PAULO = {"id": 3550308, "nome": "São Paulo", "uf": "SP", "capital": True}
BRASILIA = {"id": 5300108, "nome": "Brasília", "uf": "DF", "capital": True}
FLORIANOPOLIS = {"id": 4205407, "nome": "Florianópolis", "uf": "SC", "capital": True}


@pytest.mark.parametrize(
    ("path", "query", "first"),
    [
        (CITIES, "São Paulo", SAO_PAULO),
        (CITIES, "sao paulo", SAO_PAULO),
        (CITIES, "SÃO  PAULO ", SAO_PAULO),
        (CITIES, "sao\0paulo", SAO_PAULO),
        (CITIES, "brasilia", BRASILIA),
        (CITIES, "brazilia", BRASILIA),
        (CITIES, "florianopolis", FLORIANOPOLIS),
        (CITIES, "ariquemes", {"id": 1100023, "nome": "Ariquemes", "uf": "RO", "capital": False}),
        (
            DISTRICTS,
            "FILADELFIA D OESTE",
            {
                "id": 110001515,
                "nome": "Filadélfia d'Oeste",
                "cidade": {"id": 1100015, "nome": "Alta Floresta D'Oeste"},
                "uf": "RO",
            },
        ),
    ],
)
async def test_the_place_that_is_meant_comes_first(
    all_brazil: aiohttp.ClientSession, path: str, query: str, first: dict[str, Any]
) -> None:
    """The query may be misspelled a little; the result has what tells namesakes apart."""
    answer = await ask(all_brazil, path, q=query)

    assert answer.status == 200
    assert answer.json[0] == first
    assert list(answer.json[0]) == list(first)


@each_kind
@pytest.mark.parametrize(
    "spellings",
    [
        ["d'oeste", "d’oeste", "d oeste", "D´OESTE", "d-oeste", " d'oeste ", "d'\0oeste"],
        ["conceição", "conceicao", "CONCEIÇÃO", normalize("NFD", "conceição"), "ｃonceição"],
    ],
)
async def test_all_spellings_of_a_name_find_the_same_places(
    all_brazil: aiohttp.ClientSession, path: str, spellings: list[str]
) -> None:
    """Accents, case, punctuation, blanks and composition do not count."""
    answers = [await ask(all_brazil, path, q=spelling) for spelling in spellings]

    assert total(answers[0]) > 5
    assert {answer.body for answer in answers} == {answers[0].body}
    for answer in answers:
        assert searchable(spellings[0]) in searchable(answer.json[0]["nome"])


@each_kind
@pytest.mark.parametrize(
    "query",
    ["\0", "🙂", "🙂" * 100, "مرحبا", "\u202eolbap oas", "東京", "!!!", "x" * 100, "\ud7ff"],
)
async def test_a_text_that_is_no_name_finds_nothing(
    all_brazil: aiohttp.ClientSession, path: str, query: str
) -> None:
    """The answer is an empty list, and no error."""
    answer = await ask(all_brazil, path, q=query)

    assert (answer.status, answer.json, total(answer)) == (200, [], 0)
    assert set(links(answer)) == {"first", "last"}


@each_kind
@pytest.mark.parametrize(
    ("query", "status"), [("x" * 101, 422), ("é" * 101, 422), ("x" * 5_000, 414)]
)
async def test_an_absurdly_long_query_is_refused(
    all_brazil: aiohttp.ClientSession, path: str, query: str, status: int
) -> None:
    """No name is nearly as long."""
    answer = await ask(all_brazil, path, q=query)

    assert answer.status == status
    assert query not in answer.body.decode()


@each_kind
@pytest.mark.parametrize("query", ["Sert%E3o", "%FF%FE", "%E3%81", "%ED%A0%80", "s%e3o+paulo"])
async def test_bytes_that_are_no_utf_8_are_refused(
    all_brazil: aiohttp.ClientSession, path: str, query: str
) -> None:
    """Programs that send Windows-1252 hear of it; the bytes are no blanks between words."""
    async with all_brazil.get(URL(f"{path}?q={query}", encoded=True)) as answer:
        assert answer.status == 422
        assert "UTF-8" in (await answer.json(content_type=None))["detail"]


async def test_a_percent_sign_alone_finds_nothing(all_brazil: aiohttp.ClientSession) -> None:
    """It escapes nothing, and no name has one."""
    async with all_brazil.get(URL(f"{CITIES}?q=%", encoded=True)) as answer:
        assert (answer.status, await answer.json()) == (200, [])


@each_kind
@pytest.mark.parametrize(
    "query", ["Feira de Santana - BA", "feira de santana/ba", "feira de sant, Bahia"]
)
async def test_the_state_may_be_typed_beside_the_name(
    all_brazil: aiohttp.ClientSession, path: str, query: str
) -> None:
    """All results are there, and pages link to the query as it was typed."""
    answer = await ask(all_brazil, path, q=query, limit=1)

    assert answer.json[0]["nome"] == "Feira de Santana"
    assert answer.json[0]["uf"] == "BA"
    last = await ask(all_brazil, links(answer)["last"])
    assert {place["uf"] for place in last.json} == {"BA"}
    assert total(last) == total(answer)


@each_kind
async def test_without_a_query_all_places_come_in_order_of_name(
    all_brazil: aiohttp.ClientSession, path: str
) -> None:
    """A page has 20; an empty or blank query counts as no query."""
    answer = await ask(all_brazil, path)

    names = [searchable(place["nome"]) for place in answer.json]
    assert len(names) == 20
    assert names == sorted(names)
    for blank in ("", " ", "\t"):
        assert (await ask(all_brazil, path, q=blank)).body == answer.body
    assert total(answer) >= 5_570


@each_kind
async def test_only_the_places_of_one_state_are_found(
    all_brazil: aiohttp.ClientSession, path: str
) -> None:
    """It is named by sigla in either case or by id."""
    everywhere = await ask(all_brazil, path, q="santa", limit=100)
    answers = [
        await ask(all_brazil, path, q="santa", uf=uf, limit=100) for uf in ("SC", "sc", "Sc", "42")
    ]

    assert len({answer.body for answer in answers}) == 1
    assert {place["uf"] for place in answers[0].json} == {"SC"}
    assert 0 < total(answers[0]) < total(everywhere)
    assert total(await ask(all_brazil, CITIES, uf="DF")) == 1


@each_kind
async def test_only_the_places_of_one_region_are_found(
    all_brazil: aiohttp.ClientSession, path: str
) -> None:
    """It is named by sigla in either case or by id; links to other pages repeat it."""
    answers = [
        await ask(all_brazil, path, q="santa", regiao=region, limit=50)
        for region in ("S", "s", "4")
    ]

    assert len({answer.body for answer in answers}) == 1
    last = await ask(all_brazil, links(answers[0])["last"])
    found = {place["uf"] for answer in (answers[0], last) for place in answer.json}
    assert found == {"PR", "SC", "RS"}
    of_states = [await ask(all_brazil, path, q="santa", uf=uf) for uf in ("PR", "SC", "RS")]
    assert total(answers[0]) == sum(map(total, of_states))


@each_kind
async def test_a_state_and_a_region_find_the_places_in_both(
    all_brazil: aiohttp.ClientSession, path: str
) -> None:
    """A state of another region has none, with a query or without."""
    state = await ask(all_brazil, path, q="santa", uf="SC")

    assert (await ask(all_brazil, path, q="santa", uf="SC", regiao="S")).body == state.body
    for query in ("santa", "santa - SC", ""):
        assert total(await ask(all_brazil, path, q=query, uf="SC", regiao="NE")) == 0


@each_kind
async def test_following_the_links_visits_every_place(
    all_brazil: aiohttp.ClientSession, path: str
) -> None:
    """Each place comes once, in the order of one long page, up to the last."""
    whole = await ask(all_brazil, path, q="d'água", limit=100)
    page = await ask(all_brazil, path, q="d'água", limit=7)
    found, url = ids(page), path
    while "next" in links(page):
        url = urljoin(path, links(page)["next"])
        page = await ask(all_brazil, url)
        found += ids(page)
        assert total(page) == total(whole)

    assert 7 < len(found) == total(whole) <= 100
    assert found == ids(whole)
    assert url == links(page)["last"]
    assert (await ask(all_brazil, links(page)["first"])).json == whole.json[:7]


@each_kind
async def test_links_fit_into_what_proxies_take_however_long_the_query_is(
    all_brazil: aiohttp.ClientSession, path: str
) -> None:
    """99 emoji made 4,958 bytes of them; the next page is linked to always."""
    answer = await ask(all_brazil, path, q="a" + "🙂" * 99, limit=1, offset=1)

    assert sum(len(name) + len(value) + 4 for name, value in answer.headers.items()) < 4_000
    assert {"next", "prev"} == set(links(answer))


@each_kind
@pytest.mark.parametrize(("limit", "offset"), [(1, 0), (100, 0), (1, 100_000)])
async def test_the_extremes_of_limit_and_offset_are_allowed(
    all_brazil: aiohttp.ClientSession, path: str, limit: int, offset: int
) -> None:
    """Beyond the last place, a page is empty and still has the total."""
    answer = await ask(all_brazil, path, limit=limit, offset=offset)

    assert len(ids(answer)) == (limit if offset == 0 else 0)
    assert total(answer) >= 5_570
    assert ("prev" in links(answer)) == (offset > 0)


@each_kind
@pytest.mark.parametrize("query", ["sao jose", "zzz", "bom jezus", "a"])
async def test_every_place_found_exists(
    all_brazil: aiohttp.ClientSession, path: str, query: str
) -> None:
    """Each can be looked up, and is the same there."""
    found = await ask(all_brazil, path, q=query, limit=5)

    for place in found.json:
        answer = await ask(all_brazil, f"{path}/{place['id']}")
        assert answer.json["nome"] == place["nome"]
        assert answer.json["estado"]["sigla"] == place["uf"]
        assert answer.json.get("cidade") == place.get("cidade")


async def test_a_large_page_is_compressed(all_brazil: aiohttp.ClientSession) -> None:
    """It has its own tag, which is good for repeats."""
    plain = await ask(all_brazil, DISTRICTS, limit=100)
    asked = {"Accept-Encoding": "br"}
    coded = await ask(all_brazil, DISTRICTS, asked, limit=100)
    copy = {**asked, "If-None-Match": coded.headers["ETag"]}

    assert coded.headers["Content-Encoding"] == "br"
    assert len(coded.body) < len(plain.body) / 3
    assert coded.headers["ETag"] != plain.headers["ETag"]
    assert coded.headers["Link"] == plain.headers["Link"]
    assert (await ask(all_brazil, DISTRICTS, copy, limit=100)).status == 304


async def test_fifty_searches_at_once_leave_room_for_others(
    all_brazil: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between any two searches the event loop serves whatever else has come."""
    turn, searched_in = 0, []
    search = NameIndex.search

    def noted(index: NameIndex[Any], *args: Any, **kwargs: Any) -> Found[Any]:
        searched_in.append(turn)
        return search(index, *args, **kwargs)

    async def count_turns() -> None:
        nonlocal turn
        while True:
            await asyncio.sleep(0)
            turn += 1

    monkeypatch.setattr(NameIndex, "search", noted)
    counting = asyncio.create_task(count_turns())
    queries = ("a", "doeste", "florinaopolis", "zzz", "sao jose") * 10
    answers = await asyncio.gather(*(ask(all_brazil, DISTRICTS, q=each) for each in queries))
    counting.cancel()

    assert {answer.status for answer in answers} == {200}
    assert len(set(searched_in)) == len(searched_in) == 50


async def test_the_largest_state_is_a_slice_of_the_tree(all_brazil: aiohttp.ClientSession) -> None:
    """It matches byte for byte, with 853 cities."""
    tree = await ask(all_brazil, "/api/v1/states")
    state = await ask(all_brazil, "/api/v1/states/mg")
    cities = await ask(all_brazil, "/api/v1/states/31/cities")

    assert len(cities.json) == 853
    assert state.body in tree.body
    assert cities.body in state.body


async def test_the_capitals_are_found_in_one_request(all_brazil: aiohttp.ClientSession) -> None:
    """There are 27; together with the others they are all cities, and links keep the filter."""
    capitals = await ask(all_brazil, CITIES, capital="true", limit=100)
    others = await ask(all_brazil, CITIES, capital="false")
    of_state = await ask(all_brazil, CITIES, capital="true", uf="SP")

    assert {place["capital"] for place in capitals.json} == {True}
    assert total(capitals) == len({place["uf"] for place in capitals.json}) == 27
    assert total(others) == total(await ask(all_brazil, CITIES)) - 27
    assert "capital=false" in links(others)["next"].lower()
    assert [place["nome"] for place in of_state.json] == ["São Paulo"]
    assert (await ask(all_brazil, CITIES, capital="talvez")).status == 422
