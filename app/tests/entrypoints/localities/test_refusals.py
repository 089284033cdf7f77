"""Refusals of the places, and the headers of their answers, over a real socket."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from src.infra.controllers import errors
from src.infra.controllers.localities import parameters as localities_parameters
from tests.helpers.localities.places import TWO_STATES
from tests.helpers.localities.services import service
from tests.helpers.localities.upstream import FakeUpstream
from tests.helpers.resources import (
    HOSTS,
    METHODS,
    ORIGIN,
    UNACCEPTABLE,
    check_closed_by_default,
    check_long_address,
    check_method,
    check_not_acceptable,
    check_open,
    check_security_headers,
    detail_of,
)
from tests.helpers.services import ask

# One service for all tests of this module, so that each test costs only a few requests.
pytestmark = pytest.mark.asyncio(loop_scope="module")

ALLOWED = {**errors.ALLOWED, **localities_parameters.ALLOWED}

TREE, STATE = "/api/v1/states", "/api/v1/states/RO"
RESOURCES = [
    TREE,
    STATE,
    "/api/v1/states/RO/cities",
    "/api/v1/cities",
    "/api/v1/cities/1100015",
    "/api/v1/cities/1100015/districts",
    "/api/v1/districts",
    "/api/v1/districts/110001505",
]
each_resource = pytest.mark.parametrize("path", RESOURCES)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def two() -> AsyncIterator[aiohttp.ClientSession]:
    """A service with two states."""
    async with service(FakeUpstream(TWO_STATES)) as session:
        yield session


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def open_to_one() -> AsyncIterator[aiohttp.ClientSession]:
    """The same, open to the pages of one other origin, and of another with a port."""
    origins = "https://exemplo.br, http://localhost:3000"
    async with service(FakeUpstream(TWO_STATES), cors_origins=origins) as session:
        yield session


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("/api/v1/states/RX", "Códigos parecidos: RO (Rondônia)."),
        ("/api/v1/states/rx/cities", "Códigos parecidos: RO (Rondônia)."),
        ("/api/v1/states/XX", "Não há estado com o código XX; as siglas estão em /api/v1/states."),
        ("/api/v1/states/99", "as siglas estão em /api/v1/states."),
        ("/api/v1/cities/1100016", "Códigos parecidos: 1100015 (Alta Floresta D'Oeste)."),
        ("/api/v1/cities/110003/districts", "110002"),
        ("/api/v1/cities/0110001", "Não há cidade com o código 0110001; procure por nome"),
        ("/api/v1/cities/9999999", "procure por nome em /api/v1/cities?q=."),
        ("/api/v1/districts/110001506", "Códigos parecidos: 110001505 (Alta Floresta D'Oeste)"),
        ("/api/v1/districts/999999999", "procure por nome em /api/v1/districts?q=."),
        ("/api/v1/cities?q=x&uf=RX", "RO (Rondônia)"),
        ("/api/v1/districts?uf=99", "as siglas estão em /api/v1/states"),
        ("/api/v1/states/RO/nada", "veja os recursos em /docs"),
    ],
)
async def test_an_unknown_place_is_404_with_a_hint(
    two: aiohttp.ClientSession, path: str, hint: str
) -> None:
    """The hint has the nearest codes, or says where to look."""
    hint = hint.replace("110002", "1100023 (Ariquemes)")

    assert hint in detail_of(await ask(two, path), 404, path)


@pytest.mark.parametrize(
    ("path", "parameters"),
    [
        *(
            (f"/api/v1/states/{uf}", ["uf"])
            for uf in ("R", "ROX", "R1", "011", "%00", "RO%0A", "é")
        ),
        ("/api/v1/states/R-O/cities", ["uf"]),
        *(
            (f"/api/v1/cities/{code}", ["city_id"])
            for code in ("1", "11000", "11000155", "x", "-1")
        ),
        ("/api/v1/cities/1100015%0A", ["city_id"]),
        ("/api/v1/cities/%EF%BC%91%EF%BC%91%EF%BC%90%EF%BC%90%EF%BC%90%EF%BC%91", ["city_id"]),
        ("/api/v1/cities/nada/districts", ["city_id"]),
        ("/api/v1/districts/11000150", ["district_id"]),
        ("/api/v1/districts/1100015055", ["district_id"]),
        ("/api/v1/cities?limit=0", ["limit"]),
        ("/api/v1/cities?limit=101", ["limit"]),
        ("/api/v1/cities?limit=-1", ["limit"]),
        ("/api/v1/cities?limit=x", ["limit"]),
        ("/api/v1/cities?limit=", ["limit"]),
        ("/api/v1/cities?limit=1e1", ["limit"]),
        ("/api/v1/districts?limit=1.5", ["limit"]),
        ("/api/v1/cities?offset=-1", ["offset"]),
        ("/api/v1/cities?offset=x", ["offset"]),
        ("/api/v1/cities?offset=100001", ["offset"]),
        ("/api/v1/districts?offset=99999999999999999999999", ["offset"]),
        ("/api/v1/cities?uf=ROX", ["uf"]),
        ("/api/v1/districts?uf=", ["uf"]),
        (f"/api/v1/cities?q={'a' * 101}", ["q"]),
        (f"{TREE}?depth=", ["depth"]),
        (f"{TREE}?depth=distritos", ["depth"]),
        (f"{TREE}?depth=States", ["depth"]),
        (f"{STATE}?depth=1", ["depth"]),
        (f"{TREE}?separator=", ["separator"]),
        (f"{TREE}?separator=|&depth=x", ["separator", "depth"]),
        (f"{STATE}?separator=%09", ["separator"]),
        (f"{TREE}?regiao=", ["regiao"]),
        ("/api/v1/cities?regiao=0&uf=1", ["regiao", "uf"]),
        ("/api/v1/districts?regiao=Sul", ["regiao"]),
        (f"{TREE}?regiao=Norte", ["regiao"]),
        (f"{TREE}?regiao=6&depth=x", ["regiao", "depth"]),
        ("/api/v1/cities?limit=0&offset=-1&uf=1", ["limit", "offset", "uf"]),
    ],
)
async def test_a_bad_parameter_is_named_with_what_is_allowed(
    two: aiohttp.ClientSession, path: str, parameters: list[str]
) -> None:
    """Each bad parameter is named, and the validator's own words are not shown."""
    answer = await ask(two, path)

    instance = path.replace("/é", "/%C3%A9")
    detail = detail_of(answer, 422, instance)
    for parameter in parameters:
        assert f"O parâmetro {parameter} " in detail
        assert ALLOWED[parameter].replace("`", "") in detail
    assert answer.json["title"] == "Parâmetro inválido"


@each_resource
@pytest.mark.parametrize("method", METHODS)
async def test_another_method_is_405_with_the_allowed_ones(
    two: aiohttp.ClientSession, path: str, method: str
) -> None:
    """HEAD is one of them: every resource answers it."""
    await check_method(two, path, method)


@each_resource
@pytest.mark.parametrize(
    "headers",
    UNACCEPTABLE,
)
async def test_a_resource_without_an_acceptable_form_is_406(
    two: aiohttp.ClientSession, path: str, headers: dict[str, str]
) -> None:
    """The answer names the media types and codings that there are."""
    await check_not_acceptable(two, path, headers)


@pytest.mark.parametrize("path", [path for path in RESOURCES if path not in {TREE, STATE}])
async def test_only_the_tree_and_its_states_come_in_other_formats(
    two: aiohttp.ClientSession, path: str
) -> None:
    """All other resources are JSON only."""
    for accept in ("text/csv", "application/x-ndjson"):
        detail_of(await ask(two, path, {"Accept": accept}), 406, path)


@each_resource
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_an_absurdly_long_address_is_414(
    two: aiohttp.ClientSession, path: str, method: str
) -> None:
    """An address of exactly the longest length is answered."""
    await check_long_address(two, path, method)


async def test_a_long_code_is_414(two: aiohttp.ClientSession) -> None:
    """The path counts as the query does."""
    path = f"/api/v1/states/{'a' * 5_000}"

    detail_of(await ask(two, path), 414, path)


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize(
    ("path", "status"),
    [(TREE, 200), ("/api/v1/cities?limit=1", 200), ("/api/v1/cities/1", 422), ("/nada", 404)],
)
async def test_an_invalid_host_is_no_fault_of_ours(
    two: aiohttp.ClientSession, host: str, path: str, status: int
) -> None:
    """No answer is made from the Host header."""
    answer = await ask(two, path, {"Host": host})

    assert answer.status == status


@pytest.mark.parametrize(
    ("path", "status"),
    [
        *((path, 200) for path in RESOURCES),
        ("/health/live", 200),
        ("/health/ready", 200),
        ("/openapi.json", 200),
        ("/docs", 200),
        ("/redoc", 200),
        ("/nada", 404),
        ("/api/v1/states/XX", 404),
        ("/api/v1/states/X", 422),
        ("/api/v1/states/", 404),
    ],
)
async def test_every_answer_has_security_headers(
    two: aiohttp.ClientSession, path: str, status: int
) -> None:
    """Browsers must not guess types, frame an answer, or run scripts outside pages."""
    await check_security_headers(two, path, status)


@pytest.mark.parametrize("path", [TREE, "/api/v1/states/RO", "/nada"])
async def test_no_other_origin_may_read_by_default(two: aiohttp.ClientSession, path: str) -> None:
    """No header mentions other origins, and a preflight is refused like any other method."""
    await check_closed_by_default(two, path)


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        (TREE, {}, 200),
        (TREE, {"Accept-Encoding": "gzip"}, 200),
        (TREE, {"Accept": "text/csv"}, 200),
        (TREE, {"If-None-Match": "*"}, 304),
        (TREE, {"Accept": "text/html"}, 406),
        ("/api/v1/states/RO", {}, 200),
        ("/api/v1/cities?q=ari", {}, 200),
        ("/api/v1/states/XX", {}, 404),
    ],
)
@pytest.mark.parametrize("origin", ["https://exemplo.br", "http://localhost:3000"])
async def test_configured_origins_may_read(
    open_to_one: aiohttp.ClientSession,
    path: str,
    headers: dict[str, str],
    status: int,
    origin: str,
) -> None:
    """Errors and the fast path are included; all headers are exposed, and Vary has Origin."""
    await check_open(open_to_one, path, headers, status, origin)


async def test_every_origin_may_be_let_in() -> None:
    """The setting for this is `*`."""
    async with service(FakeUpstream(TWO_STATES), cors_origins="*") as session:
        for path in (TREE, "/api/v1/states/RO"):
            answer = await ask(session, path, ORIGIN)
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
