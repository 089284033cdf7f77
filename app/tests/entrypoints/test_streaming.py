"""The first collection, followed line by line."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import aiohttp
import msgspec

from src.application.ports.upstream_errors import UpstreamConnectionError
from tests.helpers import services
from tests.helpers.shelves import BOOKS, HIGH, TWO_SHELVES
from tests.sample_feature.feature import TREE
from tests.sample_feature.shelves import Level
from tests.sample_feature.upstream import SHELVES_PATH, FakeUpstream, items_path

NDJSON = {"Accept": "application/x-ndjson"}

T = TypeVar("T")


class HeldItems(FakeUpstream):
    """Holds back the items of the first shelf until `let_go` is set."""

    let_go: asyncio.Event

    async def get(
        self,
        path: str,
        read: Callable[[bytes], T],
        *,
        level: int,
        parent: int = 0,
        root: int = 0,
    ) -> T:
        if (level, root) == (Level.ITEMS, HIGH.id):
            await self.let_go.wait()
        return await super().get(path, read, level=level, parent=parent, root=root)


@asynccontextmanager
async def service(
    upstream: HeldItems, **settings: Any
) -> AsyncIterator[tuple[aiohttp.ClientSession, asyncio.Event]]:
    """A session with a service that waits for the items of the first shelf."""
    upstream.let_go = asyncio.Event()
    async with services.service(upstream, **settings) as session:
        yield session, upstream.let_go


async def test_each_root_is_sent_when_it_is_ready() -> None:
    """The second shelf comes at once, although the first takes its time."""
    async with service(HeldItems(TWO_SHELVES)) as (session, let_go):
        async with session.get(TREE, headers=NDJSON) as answer:
            first = msgspec.json.decode(await answer.content.readline())
            assert not let_go.is_set()
            let_go.set()
            second = msgspec.json.decode(await answer.content.readline())
            rest = await answer.read()

        async with session.get(TREE) as whole:
            assert sorted([first, second], key=lambda shelf: shelf["id"]) == await whole.json()

    assert answer.headers["Content-Type"] == "application/x-ndjson"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers
    assert (first["letra"], second["letra"], rest) == ("B", "A", b"")


async def test_lines_come_under_each_name_of_their_format() -> None:
    """The first collection is streamed as what the client calls it."""
    async with service(HeldItems(TWO_SHELVES)) as (session, let_go):
        async with session.get(TREE, headers={"Accept": "application/jsonl"}) as answer:
            assert not let_go.is_set()
            let_go.set()
            lines = (await answer.read()).splitlines()

    assert answer.headers["Content-Type"] == "application/jsonl"
    assert len(lines) == 2


async def test_a_root_that_could_not_be_read_whole_comes_last() -> None:
    """It is sent once it is decided what is answered in its place."""
    down = UpstreamConnectionError("sem conexão")
    upstream = HeldItems(TWO_SHELVES, errors={items_path(HIGH, BOOKS): down})
    async with service(upstream) as (session, let_go):
        async with session.get(TREE, headers=NDJSON) as answer:
            let_go.set()
            lines = (await answer.read()).splitlines()

    shelves = [msgspec.json.decode(line) for line in lines]
    assert [shelf["letra"] for shelf in shelves] == ["B", "A"]
    assert shelves[1]["caixas"][0]["itens"] is None


async def test_a_client_that_hangs_up_does_not_disturb_the_collection() -> None:
    """The next client gets the whole."""
    async with service(HeldItems(TWO_SHELVES)) as (session, let_go):
        async with session.get(TREE, headers=NDJSON) as answer:
            await answer.content.readline()
            answer.close()
        let_go.set()
        async with session.get(TREE, headers=NDJSON) as again:
            assert len((await again.read()).splitlines()) == 2


async def test_without_any_root_the_answer_is_an_error() -> None:
    """A collection that fails at once does not make an empty stream."""
    upstream = HeldItems((), errors={SHELVES_PATH: UpstreamConnectionError("sem conexão")})
    async with service(upstream) as (session, _):
        async with session.get(TREE, headers=NDJSON) as answer:
            assert answer.status == 503
            assert answer.headers["Content-Type"] == "application/problem+json"


async def test_a_client_of_lines_waits_no_longer_than_others() -> None:
    """If no root is ready in time, it gets what there is: here nothing, so a 503."""
    upstream = HeldItems(TWO_SHELVES)
    upstream.held_level = Level.BOXES
    async with service(upstream, snapshot_wait_s=0.3) as (session, _):
        async with session.get(TREE, headers=NDJSON) as answer:
            assert answer.status == 503
