"""The upstream of the shelves: its lists, a fake without a socket, and a server."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import msgspec

from stand_in.content import Content, Row
from stand_in.server import StandIn
from tests.sample_feature.shelves import Box, Item, Level, Shelf

T = TypeVar("T")

# The rows that each path answers.
Lists = dict[str, list[Row]]

SHELVES_PATH = "/shelves"


def boxes_path(shelf: Shelf) -> str:
    """The path of a shelf's boxes."""
    return f"{SHELVES_PATH}/{shelf.id}/boxes"


def items_path(shelf: Shelf, box: Box) -> str:
    """The path of a box's items."""
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


def _row(part: Any) -> Row:
    row: Row = msgspec.to_builtins(part)
    return {name: value for name, value in row.items() if name not in {"caixas", "itens"}}


def many_shelves(count: int, *, boxes: int) -> tuple[Shelf, ...]:
    """This many shelves, each with this many boxes, and an item in each box."""
    return tuple(
        Shelf(shelf, f"N{shelf}", f"Estante {shelf}").with_children(
            Box(box, f"Caixa {box}").with_children([Item(box, f"Item {box}")])
            for box in range(shelf * boxes, (shelf + 1) * boxes)
        )
        for shelf in range(count)
    )


class FakeUpstream:
    """Answers as a client of the upstream does, from a tree, and fails if a test says so.

    `errors` maps a path to the error that asking for it raises. While `held_level` is set, requests
    for parts of that level are held for ever. `asked` counts requests by path; `at_once` and
    `most_at_once` those under way, by level.
    """

    def __init__(
        self, shelves: Iterable[Shelf], *, errors: Mapping[str, BaseException] | None = None
    ) -> None:
        self.lists = lists_of(shelves)
        self.errors = dict(errors or {})
        self.asked: Counter[str] = Counter()
        self.at_once: Counter[int] = Counter()
        self.most_at_once: Counter[int] = Counter()
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
        self.at_once[level] += 1
        self.most_at_once[level] = max(self.most_at_once[level], self.at_once[level])
        try:
            await asyncio.sleep(0)
            if level == self.held_level:
                await asyncio.Event().wait()
        finally:
            self.at_once[level] -= 1
        if path in self.errors:
            raise self.errors[path]
        return read(msgspec.json.encode(self.lists[path]))


class ShelvesContent(Content):
    """What a stand-in answers from these lists, which may change meanwhile."""

    base_path = "/api/storeroom"

    def __init__(self, lists: Lists) -> None:
        self._lists = lists

    def rows(self, path: str) -> list[Row] | None:
        return self._lists.get(path)


class Storeroom(StandIn):
    """Serves these lists, with the options of StandIn; any other path is not found."""

    def __init__(self, lists: Lists, **options: Any) -> None:
        super().__init__(ShelvesContent(lists), **options)

    @property
    def base_url(self) -> str:
        """The address below which the shelves are."""
        return self.url + ShelvesContent.base_path
