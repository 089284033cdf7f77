"""The service as its callers reach it, over the test's own data."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiohttp
import msgspec
from multidict import CIMultiDictProxy
from starlette.types import ASGIApp

from main import create_app
from src.entrypoints.feature import Feature
from src.entrypoints.features import Settings
from tests.helpers.fakes import Clock
from tests.helpers.serving import client, served
from tests.sample_feature.feature import shelves
from tests.sample_feature.upstream import FakeUpstream

# Complete, whatever the developer's own environment says: a module's service is made before that is
# cleared for the first test.
_SETTINGS: dict[str, Any] = {
    "_env_file": None,
    "snapshot_store": "memory:",
    "snapshot_ttl_s": 86_400,
    "snapshot_wait_s": 300,
    "cors_origins": "",
    "log_level": "INFO",
    "log_format": "text",
}


@dataclass(frozen=True)
class Answer:
    """A whole answer; `body` is as it was sent, compressed or not."""

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes

    @property
    def json(self) -> Any:
        """The decoded body."""
        return msgspec.json.decode(self.body)

    @property
    def own_headers(self) -> dict[str, str]:
        """The headers without the date."""
        return {name: value for name, value in self.headers.items() if name.lower() != "date"}


@asynccontextmanager
async def service(
    upstream: FakeUpstream, *, now: Callable[[], datetime] | None = None, **settings: Any
) -> AsyncIterator[aiohttp.ClientSession]:
    """A session with a service that collects from this upstream, at its base address."""
    app = application(features_over(upstream, now=now), **settings)
    async with served(app) as url, client(url) as session:
        yield session


def application(features: Sequence[Feature[Settings]], **settings: Any) -> ASGIApp:
    """The service itself with these features, to be served."""
    return create_app(Settings(**_SETTINGS | settings), features=features)


def features_over(
    upstream: FakeUpstream, *, now: Callable[[], datetime] | None = None
) -> list[Feature[Settings]]:
    """The sample feature over a fake upstream; `now` dates what it collects, by default long ago.

    Data dated long ago is stale at once, so a second collection follows the first.
    """
    return [shelves("http://127.0.0.1:9", client=upstream, now=now or Clock())]


async def ask(
    session: aiohttp.ClientSession,
    path: str,
    headers: dict[str, str] | None = None,
    *,
    method: str = "GET",
    **query: str | int,
) -> Answer:
    """The service's answer; a redirect is an answer, too."""
    async with session.request(
        method, path, params=query, headers=headers, allow_redirects=False, auto_decompress=False
    ) as answer:
        return Answer(answer.status, answer.headers, await answer.read())


async def ended(session: aiohttp.ClientSession, address: str) -> dict[str, Any]:
    """The refresh at this address, once it has ended."""
    async with asyncio.timeout(50):
        while True:
            answer = await ask(session, address)
            if answer.status == 200 and answer.json["situacao"] != "em_andamento":
                progress: dict[str, Any] = answer.json
                return progress
            await asyncio.sleep(0.01)
