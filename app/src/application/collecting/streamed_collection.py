"""Collects, and hands out each root as it is ready to callers that do not wait for the end."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Generic, TypeVar

from src.domain.credible_change import CredibleChange
from src.domain.snapshot import S
from src.domain.succession import is_credible
from src.domain.tree import Leaf

Root = TypeVar("Root", bound=Leaf)


class StreamedCollection(Generic[Root, S]):
    """Collects, and hands out each root as soon as it is whole, whichever is first.

    A root is held back if it is not believed beside what was known before, or was not known: it
    comes with the whole, as far as it is believed.

    Args:
        collect: collects a snapshot, and calls its argument with each root that is whole.
        earlier: the roots as known so far.
        change: how much may change from one collection to the next.
    """

    def __init__(
        self,
        *,
        collect: Callable[[Callable[[Root], None]], Awaitable[S]],
        earlier: Callable[[], Awaitable[Iterable[Root]]],
        change: CredibleChange | None = None,
    ) -> None:
        self._collect = collect
        self._load_earlier = earlier
        self._change = change
        self._earlier: dict[int, Root] = {}
        self._roots: list[Root] = []
        self._news = asyncio.Event()
        self._is_running = False

    async def collect(self) -> S:
        """The whole snapshot; raises what the collection raises."""
        self._earlier = {root.id: root for root in await self._load_earlier()}
        self._roots = []
        self._is_running = True
        self._tell()
        try:
            return await self._collect(self._add)
        finally:
            self._is_running = False
            self._earlier = {}
            self._tell()

    async def follow(self) -> AsyncIterator[Root]:
        """Each root of the collection that runs, or of the next, until it ends."""
        while not self._is_running and not self._roots:
            await self._news.wait()
        roots, followed = self._roots, 0
        while True:
            while followed < len(roots):
                yield roots[followed]
                followed += 1
            if not self._is_running or roots is not self._roots:
                return
            await self._news.wait()

    def _add(self, root: Root) -> None:
        earlier = self._earlier.get(root.id)
        if not self._earlier or (earlier and is_credible(earlier, root, self._change)):
            self._roots.append(root)
            self._tell()

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()
