"""The fast path answers without FastAPI, and clients cannot tell."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from unittest.mock import Mock

import aiohttp
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from src.entrypoints.api import create_api
from src.entrypoints.features import Settings
from src.infra.controllers.tree_controller import tree_at_hand
from src.infra.editions.tree_formats import WHOLE_TREE
from src.infra.http.middleware.fast_path import FastPath
from tests.helpers.services import features_over
from tests.helpers.serving import client, served
from tests.helpers.shelves import TWO_SHELVES
from tests.sample_feature.feature import TREE
from tests.sample_feature.upstream import FakeUpstream

PATH = TREE
QUERY = "tudo=sim"  # the route ignores it

Answer = tuple[int, dict[str, str], bytes]


class Counting:
    """Counts the requests that reach an application."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.requests = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.requests += scope["type"] == "http"
        await self.app(scope, receive, send)


def api(**settings: Any) -> ASGIApp:
    """The application without its fast path, over two shelves."""
    upstream = FakeUpstream(TWO_SHELVES)
    chosen = Settings(**settings)
    return create_api(chosen, features=features_over(upstream))


def with_fast_path(app: ASGIApp) -> ASGIApp:
    """The application with its fast path, as it is served."""
    at_hand = tree_at_hand("shelves", WHOLE_TREE.formats)
    return FastPath(app, {PATH: at_hand, f"{PATH}?{QUERY}": at_hand})


@asynccontextmanager
async def ready(app: ASGIApp) -> AsyncIterator[aiohttp.ClientSession]:
    """A session with an application that has made all its codings."""
    async with served(app) as url, client(url) as session:
        coding = None
        while coding != "br":  # the last one to be made
            async with session.get(PATH, headers={"Accept-Encoding": "br"}) as answer:
                coding = answer.headers.get("Content-Encoding")
        yield session


async def answer_of(session: aiohttp.ClientSession, headers: dict[str, str]) -> Answer:
    """Status, headers and body, without the date."""
    async with session.get(PATH, headers=headers, auto_decompress=False) as answer:
        kept = {name.lower(): value for name, value in answer.headers.items()}
        del kept["date"]
        return answer.status, kept, await answer.read()


async def test_the_route_and_the_fast_path_answer_the_same() -> None:
    """Status, headers and body are equal in each coding, with or without a client's copy."""
    codings = ["", "gzip", "zstd", "br", "gzip;q=0.5, zstd", "*;q=0, gzip", "deflate"]
    asked: list[dict[str, str]] = [{"Accept-Encoding": coding} for coding in codings]
    behind = Counting(api())
    async with ready(with_fast_path(behind)) as quick, ready(api()) as routed:
        for headers in asked.copy():
            etag = (await answer_of(routed, headers))[1]["etag"]
            asked.append({**headers, "If-None-Match": f'"x", W/{etag}'})
        asked.append({"If-None-Match": "*"})
        asked.append({"If-Modified-Since": "Sun, 01 Jun 2025 12:00:00 GMT"})
        asked.append({"If-Modified-Since": "Sun, 01 Jun 2025 11:59:59 GMT"})
        before = behind.requests

        answers = [await answer_of(quick, headers) for headers in asked]

        assert behind.requests == before
        assert answers == [await answer_of(routed, headers) for headers in asked]
    assert {status for status, _, _ in answers} == {200, 304}


async def test_an_address_may_have_a_query() -> None:
    """It is answered as its route would answer it."""
    behind = Counting(api())
    async with ready(with_fast_path(behind)) as session:
        before = behind.requests
        async with session.get(f"{PATH}?{QUERY}") as answer, session.get(PATH) as other:
            assert answer.status == 200
            assert await answer.read() == await other.read()

        assert behind.requests == before


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/health/ready", {}, 200),
        ("GET", f"{PATH}/", {}, 404),
        ("GET", f"{PATH}?tudo=nao", {}, 200),
        ("GET", f"{PATH}?{QUERY}&{QUERY}", {}, 200),
        ("GET", f"{PATH}%3F{QUERY}", {}, 404),
        ("HEAD", PATH, {}, 200),
        ("POST", PATH, {}, 405),
        ("GET", PATH, {"Accept-Encoding": "*;q=0"}, 406),
    ],
)
async def test_all_other_requests_take_the_route(
    method: str, path: str, headers: dict[str, str], status: int
) -> None:
    """This includes other resources, queries and methods, and requests that are refused."""
    behind = Counting(api())
    async with ready(with_fast_path(behind)) as session:
        before = behind.requests
        async with session.request(method, path, headers=headers) as answer:
            assert answer.status == status

    assert behind.requests > before


async def test_the_fast_path_is_off_if_each_request_collects() -> None:
    """With `SNAPSHOT_TTL_S=0`, the route waits for the collection."""
    behind = Counting(api(snapshot_ttl_s=0))
    async with served(with_fast_path(behind)) as url, client(url) as session:
        for _ in range(2):
            async with session.get(PATH) as answer:
                assert answer.status == 200

    assert behind.requests == 2


async def test_without_a_lifespan_the_application_answers() -> None:
    """It reports the mistake in its own way."""
    asked: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        asked.append(scope)

    scope = {
        "type": "http",
        "method": "GET",
        "path": PATH,
        "query_string": b"",
        "headers": [],
    }
    await with_fast_path(app)(scope, Mock(), Mock())

    assert asked == [scope]


async def test_an_answer_at_hand_is_found_below_a_prefix() -> None:
    """A server that knows the prefix of its proxy puts it before each path."""
    heard = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        heard.append("the route")

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        heard.append("at hand")

    fast = FastPath(
        app,
        {PATH: lambda *_: Mock(side_effect=answer, status_code=200)},
        report=lambda *request: heard.append(request[1]),
    )
    request: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "root_path": "/prefixo",
        "query_string": b"",
        "headers": [],
        "state": {"is_traced": False},
    }

    await fast({**request, "path": f"/prefixo{PATH}"}, Mock(), Mock())
    await fast({**request, "path": f"/outro{PATH}"}, Mock(), Mock())

    assert heard == ["at hand", PATH, "the route"]
