"""Refusals, and the headers of every answer, over a real socket."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from src.entrypoints.api import create_api
from src.entrypoints.features import Settings
from src.infra.controllers import errors
from src.infra.controllers.localities import parameters as localities_parameters
from tests.helpers.localities.places import TWO_STATES
from tests.helpers.localities.services import features_over, service
from tests.helpers.localities.upstream import FakeUpstream
from tests.helpers.services import Answer, ask
from tests.helpers.serving import client, served

# One service for all tests of this module, so that each test costs only a few requests.
pytestmark = pytest.mark.asyncio(loop_scope="module")

ALLOWED = {**errors.ALLOWED, **localities_parameters.ALLOWED}

TREE = "/api/v1/states"
RESOURCES = [
    TREE,
    "/api/v1/states/RO",
    "/api/v1/states/RO/cities",
    "/api/v1/cities",
    "/api/v1/cities/1100015",
    "/api/v1/cities/1100015/districts",
    "/api/v1/districts",
    "/api/v1/districts/110001505",
]
each_resource = pytest.mark.parametrize("path", RESOURCES)

ORIGIN = {"Origin": "https://exemplo.br"}


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


def detail_of(answer: Answer, status: int, path: str) -> str:
    """Checks that a problem document is well-formed and has no internals; returns its detail."""
    assert answer.status == answer.json["status"] == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert set(answer.json) == {"type", "title", "status", "detail", "instance"}
    assert answer.json["instance"] == path.partition("?")[0]
    text = answer.body.decode()
    for inside in ("Traceback", "Error", "Exception", "pydantic", "pattern", "src.", ".py"):
        assert inside not in text
    detail: str = answer.json["detail"]
    return detail


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
        ("/nada", "veja os recursos em /docs"),
        ("/api/v1/states/RO/nada", "veja os recursos em /docs"),
        ("/nada%3Fx%23y%20z", "veja os recursos em /docs"),
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
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"])
async def test_another_method_is_405_with_the_allowed_ones(
    two: aiohttp.ClientSession, path: str, method: str
) -> None:
    """HEAD is one of them: every resource answers it."""
    answer = await ask(two, path, method=method)

    assert answer.headers["Allow"] == "GET, HEAD"
    assert "Allow" in detail_of(answer, 405, path)


@each_resource
@pytest.mark.parametrize(
    "headers",
    [
        {"Accept": "text/html"},
        {"Accept": "image/*, application/json;q=0"},
        {"Accept": "*/*;q=0"},
        {"Accept-Encoding": "identity;q=0, deflate"},
        {"Accept-Encoding": "*;q=0"},
    ],
)
async def test_a_resource_without_an_acceptable_form_is_406(
    two: aiohttp.ClientSession, path: str, headers: dict[str, str]
) -> None:
    """The answer names the media types and codings that there are."""
    detail = detail_of(await ask(two, path, headers), 406, path)

    assert "application/json" in detail
    assert "br, zstd, gzip e identity" in detail


@pytest.mark.parametrize("path", RESOURCES[1:])
async def test_only_the_tree_comes_in_other_formats(two: aiohttp.ClientSession, path: str) -> None:
    """All other resources are JSON only."""
    for accept in ("text/csv", "application/x-ndjson"):
        detail_of(await ask(two, path, {"Accept": accept}), 406, path)


@each_resource
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_an_absurdly_long_address_is_414(
    two: aiohttp.ClientSession, path: str, method: str
) -> None:
    """An address of exactly the longest length is answered."""
    longest = f"{path}?x={'a' * (2_000 - len(path) - 2)}"
    answer = await ask(two, f"{longest}a", method=method)

    assert (await ask(two, longest, method=method)).status == 200
    assert answer.status == 414
    if method == "GET":
        assert "2000 caracteres" in detail_of(answer, 414, path)


async def test_a_long_unknown_address_is_414(two: aiohttp.ClientSession) -> None:
    """It need not exist to be refused."""
    path = "/" + "a" * 3_000

    detail_of(await ask(two, path), 414, path)


async def test_a_long_code_is_414(two: aiohttp.ClientSession) -> None:
    """The path counts as the query does."""
    path = f"/api/v1/states/{'a' * 5_000}"

    detail_of(await ask(two, path), 414, path)


@pytest.mark.parametrize("host", ["[", "a b", "[::1", "x" * 300, "é"])
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
    """Browsers must not guess types, frame an answer, or run anything in what is no page."""
    answer = await ask(two, path)

    policy = answer.headers.getall("Content-Security-Policy")
    assert answer.status == status
    assert answer.headers.getall("X-Content-Type-Options") == ["nosniff"]
    assert len(policy) == 1
    assert "frame-ancestors 'none'" in policy[0]
    assert policy[0].startswith(
        "default-src 'self'" if path in {"/docs", "/redoc"} else "default-src 'none'"
    )
    assert "://" not in policy[0]


async def test_a_fault_of_ours_has_the_same_headers() -> None:
    """It is answered outside all other middleware."""
    upstream = FakeUpstream(TWO_STATES)
    api = create_api(Settings(snapshot_bundled=False), features=features_over(upstream))

    @api.get("/falha")
    async def fail() -> None:
        raise ZeroDivisionError

    async with served(api) as url, client(url) as session:
        answer = await ask(session, "/falha")
        head = await ask(session, "/falha", method="HEAD")

    assert (answer.status, head.status, head.body) == (500, 500, b"")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("path", [TREE, "/api/v1/states/RO", "/nada"])
async def test_no_other_origin_may_read_by_default(two: aiohttp.ClientSession, path: str) -> None:
    """No header mentions other origins, and a preflight is refused like any other method."""
    answer = await ask(two, path, ORIGIN)

    assert not [name for name in answer.headers if name.lower().startswith("access-control")]
    preflight = {**ORIGIN, "Access-Control-Request-Method": "GET"}
    assert (await ask(two, path, preflight, method="OPTIONS")).status in {404, 405}


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
    answer = await ask(open_to_one, path, {**headers, "Origin": origin})

    assert answer.status == status
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert answer.headers["Access-Control-Expose-Headers"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    vary = ", ".join(answer.headers.getall("Vary"))
    assert "Origin" in vary
    assert ("Accept, Accept-Encoding" in vary) == (status < 400)


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
    async with service(FakeUpstream(TWO_STATES), cors_origins="*") as session:
        for path in (TREE, "/api/v1/states/RO"):
            answer = await ask(session, path, ORIGIN)
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
