"""A store that forgets with its process, and shares with nobody."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from src.application.ports.snapshot_store import SnapshotStore, Stored
from src.domain.snapshot import S


class MemoryStore(SnapshotStore[S]):
    """`memory:`: for tests, and for services that write nothing."""

    def __init__(self) -> None:
        self._stored: Stored[S] | None = None
        self._saved = 0
        self._refreshing = asyncio.Lock()

    async def version(self) -> str | None:
        return self._stored.version if self._stored is not None else None

    async def load(self) -> Stored[S] | None:
        return self._stored

    async def save(self, snapshot: S) -> str:
        self._saved += 1
        self._stored = Stored(snapshot, version=str(self._saved))
        return self._stored.version

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[bool]:
        if self._refreshing.locked():
            yield False
        else:
            async with self._refreshing:
                yield True
