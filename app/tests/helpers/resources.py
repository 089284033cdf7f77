"""What holds for every resource: refusals, conditional requests, codings and headers."""

import asyncio
import zlib
from datetime import datetime, timedelta
from email.utils import format_datetime

import aiohttp
import brotli

from tests.helpers.services import Answer, ask

JSON, NDJSON = "application/json", "application/x-ndjson"

ORIGIN = {"Origin": "https://exemplo.br"}

METHODS = ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"]
UNACCEPTABLE = [
    {"Accept": "text/html"},
    {"Accept": "image/*, application/json;q=0"},
    {"Accept": "*/*;q=0"},
    {"Accept-Encoding": "identity;q=0, deflate"},
    {"Accept-Encoding": "*;q=0"},
]
HOSTS = ["[", "a b", "[::1", "x" * 300, "é"]


async def all_codings(session: aiohttp.ClientSession, tree: str) -> None:
    """Waits until every coding of the tree is made; brotli's is the last."""
    while (await ask(session, tree, {"Accept-Encoding": "br"})).headers.get(
        "Content-Encoding"
    ) != "br":
        await asyncio.sleep(0.01)


def decoded(answer: Answer) -> bytes:
    """The body without its coding."""
    match answer.headers.get("Content-Encoding"):
        case "gzip":
            return zlib.decompress(answer.body, wbits=31)
        case "br":
            body: bytes = brotli.decompress(answer.body)
            return body
        case "zstd":
            return aiohttp.compression_utils.ZSTDDecompressor().decompress_sync(answer.body)
    return answer.body


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


async def check_head(session: aiohttp.ClientSession, path: str, accept: str) -> None:
    """The headers are the same, including the length."""
    for coding in ("identity", "gzip"):
        headers = {"Accept": accept, "Accept-Encoding": coding}
        get = await ask(session, path, headers)
        head = await ask(session, path, headers, method="HEAD")

        assert (head.status, head.body) == (200, b"")
        assert head.own_headers == get.own_headers
        assert head.headers["Content-Length"] == str(len(get.body))


async def check_conditions(
    session: aiohttp.ClientSession, path: str, accept: str, modified: datetime
) -> None:
    """A tag (alone, in a list or weak), `*` or a date proves it (RFC 9110, section 13.1)."""
    whole = await ask(session, path, {"Accept": accept})
    etag = whole.headers["ETag"]
    before, now, later = (
        format_datetime(modified + timedelta(seconds=each), usegmt=True) for each in (-1, 0, 86_400)
    )
    conditions = [
        ("If-None-Match", etag, 304),
        ("If-None-Match", f'"outra", {etag}', 304),
        ("If-None-Match", f"W/{etag}", 304),
        ("If-None-Match", "*", 304),
        ("If-None-Match", '"outra"', 200),
        ("If-None-Match", "", 200),
        ("If-Modified-Since", now, 304),
        ("If-Modified-Since", later, 304),
        ("If-Modified-Since", before, 200),
        ("If-Modified-Since", "ontem", 200),
    ]

    for name, value, status in conditions:
        answer = await ask(session, path, {"Accept": accept, name: value})
        assert (name, value, answer.status) == (name, value, status)
        assert answer.body == (whole.body if status == 200 else b"")
        assert answer.headers["ETag"] == etag
        assert answer.headers["Vary"] == "Accept, Accept-Encoding"
    both = {
        "If-None-Match": '"outra"',
        "If-Modified-Since": later,
    }
    assert (await ask(session, path, {"Accept": accept, **both})).status == 200


async def check_codings(session: aiohttp.ClientSession, path: str, accept: str) -> None:
    """It carries the same bytes; a copy in one coding is good for that coding only."""
    plain = await ask(session, path, {"Accept": accept})
    tags = {plain.headers["ETag"]}
    for coding in ("gzip", "zstd", "br"):
        asked = {"Accept": accept, "Accept-Encoding": f"{coding}, identity;q=0.5"}
        answer = await ask(session, path, asked)
        tag = answer.headers["ETag"]

        assert answer.headers["Content-Encoding"] == coding
        assert decoded(answer) == plain.body
        assert tag not in tags
        assert (await ask(session, path, {**asked, "If-None-Match": tag})).status == 304
        assert (await ask(session, path, {"Accept": accept, "If-None-Match": tag})).status == 200
        tags.add(tag)
    explicit = await ask(session, path, {"Accept": accept, "Accept-Encoding": "identity"})
    assert "Content-Encoding" not in explicit.headers
    assert explicit.headers["ETag"] == plain.headers["ETag"]


async def check_unknown_parameters(session: aiohttp.ClientSession, path: str, accept: str) -> None:
    """The answer is the same, and links do not repeat them."""
    between = "&" if "?" in path else "?"
    plain = await ask(session, path, {"Accept": accept})
    more = await ask(session, f"{path}{between}utm_source=x&_=1&nome=%00", {"Accept": accept})

    assert (more.status, more.body) == (200, plain.body)
    assert more.headers["ETag"] == plain.headers["ETag"]
    assert more.headers.get("Link", "").replace(path, "") == plain.headers.get("Link", "").replace(
        path, ""
    )


async def check_method(session: aiohttp.ClientSession, path: str, method: str) -> None:
    """HEAD is one of them: every resource answers it."""
    answer = await ask(session, path, method=method)

    assert answer.headers["Allow"] == "GET, HEAD"
    assert "Allow" in detail_of(answer, 405, path)


async def check_not_acceptable(
    session: aiohttp.ClientSession, path: str, headers: dict[str, str]
) -> None:
    """The answer names the media types and codings that there are."""
    detail = detail_of(await ask(session, path, headers), 406, path)

    assert "application/json" in detail
    assert "br, zstd, gzip e identity" in detail


async def check_long_address(session: aiohttp.ClientSession, path: str, method: str) -> None:
    """An address of exactly the longest length is answered."""
    longest = f"{path}?x={'a' * (2_000 - len(path) - 2)}"
    answer = await ask(session, f"{longest}a", method=method)

    assert (await ask(session, longest, method=method)).status == 200
    assert answer.status == 414
    if method == "GET":
        assert "2000 caracteres" in detail_of(answer, 414, path)


async def check_security_headers(session: aiohttp.ClientSession, path: str, status: int) -> None:
    """Browsers must not guess types, frame an answer, or run scripts outside pages."""
    answer = await ask(session, path)

    policy = answer.headers.getall("Content-Security-Policy")
    assert answer.status == status
    assert answer.headers.getall("X-Content-Type-Options") == ["nosniff"]
    assert len(policy) == 1
    assert "frame-ancestors 'none'" in policy[0]
    assert policy[0].startswith(
        "default-src 'self'" if path in {"/docs", "/redoc"} else "default-src 'none'"
    )
    assert "://" not in policy[0]


async def check_closed_by_default(session: aiohttp.ClientSession, path: str) -> None:
    """No header mentions other origins, and a preflight is refused like any other method."""
    answer = await ask(session, path, ORIGIN)

    assert not [name for name in answer.headers if name.lower().startswith("access-control")]
    preflight = {**ORIGIN, "Access-Control-Request-Method": "GET"}
    assert (await ask(session, path, preflight, method="OPTIONS")).status in {404, 405}


async def check_open(
    session: aiohttp.ClientSession, path: str, headers: dict[str, str], status: int, origin: str
) -> None:
    """Errors and the fast path are included; all headers are exposed, and Vary has Origin."""
    answer = await ask(session, path, {**headers, "Origin": origin})

    assert answer.status == status
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert answer.headers["Access-Control-Expose-Headers"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    vary = ", ".join(answer.headers.getall("Vary"))
    assert "Origin" in vary
    assert ("Accept, Accept-Encoding" in vary) == (status < 400)
