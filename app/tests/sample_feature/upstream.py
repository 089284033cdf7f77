"""The upstream of the shelves: its lists, a server of them, and a fake without a socket."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import msgspec
from aiohttp import web

from tests.sample_feature.shelves import Box, Level, Shelf

T = TypeVar("T")

# The rows that each path answers.
Lists = dict[str, list[dict[str, Any]]]

SHELVES_PATH = "/shelves"


def boxes_path(shelf: Shelf) -> str:
    """Where the boxes of a shelf are asked for."""
    return f"{SHELVES_PATH}/{shelf.id}/boxes"


def items_path(shelf: Shelf, box: Box) -> str:
    """Where the items in a box are asked for."""
    return f"{boxes_path(shelf)}/{box.id}/items"


def lists_of(shelves: Iterable[Shelf]) -> Lists:
    """The lists from which these shelves are collected.

    They are in descending order of id, because nobody may rely on order.
    """
    lists: Lists = {SHELVES_PATH: []}
    for shelf in shelves:
        lists[SHELVES_PATH].insert(0, _row(shelf))
        lists[boxes_path(shelf)] = []
        for box in shelf.caixas or ():
            lists[boxes_path(shelf)].insert(0, _row(box))
            lists[items_path(shelf, box)] = [_row(item) for item in reversed(box.itens or ())]
    return lists


def _row(part: Any) -> dict[str, Any]:
    row: dict[str, Any] = msgspec.to_builtins(part)
    return {name: value for name, value in row.items() if name not in {"caixas", "itens"}}


class FakeUpstream:
    """Answers as a client of the upstream does, from a tree, and fails if a test says so.

    `errors` maps a path to the error that asking for it raises. While `held_level` is set, requests
    for parts of that level are held for ever.
    """

    def __init__(
        self, shelves: Iterable[Shelf], *, errors: Mapping[str, BaseException] | None = None
    ) -> None:
        self.lists = lists_of(shelves)
        self.errors = dict(errors or {})
        self.asked: Counter[str] = Counter()
        self.held_level: Level | None = None

    async def get(
        self,
        path: str,
        read: Callable[[bytes], T],
        *,
        level: int,
        parent: int = 0,
        root: int = 0,
    ) -> T:
        """What `read` makes of the rows at this path."""
        self.asked[path] += 1
        await asyncio.sleep(0)
        if level == self.held_level:
            await asyncio.Event().wait()
        if path in self.errors:
            raise self.errors[path]
        return read(msgspec.json.encode(self.lists[path]))


@asynccontextmanager
async def serving(lists: Lists) -> AsyncIterator[str]:
    """The address of a server that answers these lists, and 500 to everything else."""

    async def answer(request: web.Request) -> web.Response:
        rows = lists.get(request.path)
        return web.json_response(rows, status=200 if rows is not None else 500)

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
