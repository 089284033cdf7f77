"""Refusals, and the headers of every answer, over a real socket."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from src.entrypoints.api import create_api
from src.entrypoints.features import Settings
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
from tests.helpers.services import ask, features_over, service
from tests.helpers.serving import client, served
from tests.helpers.shelves import TWO_SHELVES
from tests.sample_feature.feature import TREE, WORDS
from tests.sample_feature.upstream import FakeUpstream

# One service for all tests of this module, so that each test costs only a few requests.
pytestmark = pytest.mark.asyncio(loop_scope="module")

ORIGINS = ["https://exemplo.br", "http://localhost:3000"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def two() -> AsyncIterator[aiohttp.ClientSession]:
    """A service with two shelves."""
    async with service(FakeUpstream(TWO_SHELVES)) as session:
        yield session


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def open_to_one() -> AsyncIterator[aiohttp.ClientSession]:
    """The same, open to the pages of one other origin, and of another with a port."""
    origins = ", ".join(ORIGINS)
    async with service(FakeUpstream(TWO_SHELVES), cors_origins=origins) as session:
        yield session


@pytest.mark.parametrize("path", ["/nada", f"{TREE}/nada", "/nada%3Fx%23y%20z"])
async def test_an_unknown_address_is_404_with_a_hint(two: aiohttp.ClientSession, path: str) -> None:
    """It says where to look."""
    assert "veja os recursos em /docs" in detail_of(await ask(two, path), 404, path)


async def test_a_bad_parameter_is_named_with_what_is_allowed(two: aiohttp.ClientSession) -> None:
    """The validator's own words are not shown."""
    path = f"{WORDS.path}/abc"
    answer = await ask(two, path)

    detail = detail_of(answer, 422, path)
    assert "O parâmetro refresh_id " in detail
    assert "use o id de uma das últimas coletas" in detail
    assert answer.json["title"] == "Parâmetro inválido"


@pytest.mark.parametrize("method", METHODS)
async def test_another_method_is_405_with_the_allowed_ones(
    two: aiohttp.ClientSession, method: str
) -> None:
    """HEAD is one of them: every resource answers it."""
    await check_method(two, TREE, method)


@pytest.mark.parametrize("headers", UNACCEPTABLE)
async def test_a_resource_without_an_acceptable_form_is_406(
    two: aiohttp.ClientSession, headers: dict[str, str]
) -> None:
    """The answer names the media types and codings that there are."""
    await check_not_acceptable(two, TREE, headers)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_an_absurdly_long_address_is_414(two: aiohttp.ClientSession, method: str) -> None:
    """An address of exactly the longest length is answered."""
    await check_long_address(two, TREE, method)


async def test_a_long_unknown_address_is_414(two: aiohttp.ClientSession) -> None:
    """It need not exist to be refused."""
    path = "/" + "a" * 3_000

    detail_of(await ask(two, path), 414, path)


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize(
    ("path", "status"), [(TREE, 200), (f"{WORDS.path}/1", 422), ("/nada", 404)]
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
        (TREE, 200),
        ("/health/live", 200),
        ("/health/ready", 200),
        ("/openapi.json", 200),
        ("/docs", 200),
        ("/redoc", 200),
        ("/nada", 404),
        (f"{WORDS.path}/X", 422),
        (f"{TREE}/", 404),
    ],
)
async def test_every_answer_has_security_headers(
    two: aiohttp.ClientSession, path: str, status: int
) -> None:
    """Browsers must not guess types, frame an answer, or run scripts outside pages."""
    await check_security_headers(two, path, status)


async def test_a_fault_of_ours_has_the_same_headers() -> None:
    """It is answered outside all other middleware."""
    upstream = FakeUpstream(TWO_SHELVES)
    api = create_api(Settings(), features=features_over(upstream))

    @api.get("/falha")
    async def fail() -> None:
        raise ZeroDivisionError

    async with served(api) as url, client(url) as session:
        answer = await ask(session, "/falha")
        head = await ask(session, "/falha", method="HEAD")

    assert (answer.status, head.status, head.body) == (500, 500, b"")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("path", [TREE, "/nada"])
async def test_no_other_origin_may_read_by_default(two: aiohttp.ClientSession, path: str) -> None:
    """No header mentions other origins, and a preflight is refused like any other method."""
    await check_closed_by_default(two, path)


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        (TREE, {}, 200),
        (TREE, {"Accept-Encoding": "gzip"}, 200),
        (TREE, {"Accept": "application/x-ndjson"}, 200),
        (TREE, {"If-None-Match": "*"}, 304),
        (TREE, {"Accept": "text/html"}, 406),
        ("/nada", {}, 404),
    ],
)
@pytest.mark.parametrize("origin", ORIGINS)
async def test_configured_origins_may_read(
    open_to_one: aiohttp.ClientSession,
    path: str,
    headers: dict[str, str],
    status: int,
    origin: str,
) -> None:
    """Errors and the fast path are included; all headers are exposed, and Vary has Origin."""
    await check_open(open_to_one, path, headers, status, origin)


@pytest.mark.parametrize(
    "origin", ["https://outro.br", "http://exemplo.br", "https://exemplo.br:444", "null", ""]
)
async def test_other_origins_may_not_read(open_to_one: aiohttp.ClientSession, origin: str) -> None:
    """The answer to one origin leaves no trace in the answer to another."""
    await ask(open_to_one, TREE, ORIGIN)
    answer = await ask(open_to_one, TREE, {"Origin": origin})

    assert answer.status == 200
    assert "Access-Control-Allow-Origin" not in answer.headers


async def test_a_preflight_is_answered(open_to_one: aiohttp.ClientSession) -> None:
    """It allows GET and HEAD, and configured origins only."""
    for method, origin, status in [
        ("GET", "https://exemplo.br", 200),
        ("HEAD", "https://exemplo.br", 200),
        ("DELETE", "https://exemplo.br", 400),
        ("GET", "https://outro.br", 400),
    ]:
        asked = {"Origin": origin, "Access-Control-Request-Method": method}
        answer = await ask(open_to_one, TREE, asked, method="OPTIONS")
        assert (method, origin, answer.status) == (method, origin, status)
        assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD"


async def test_every_origin_may_be_let_in() -> None:
    """The setting for this is `*`."""
    async with service(FakeUpstream(TWO_SHELVES), cors_origins="*") as session:
        answer = await ask(session, TREE, ORIGIN)

    assert answer.headers["Access-Control-Allow-Origin"] == "*"
