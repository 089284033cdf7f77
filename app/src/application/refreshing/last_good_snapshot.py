"""The last good snapshot: in memory, and in the store that others share."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Generic, Literal

from src.application.ports.snapshot_store import (
    DamagedSnapshotError,
    SnapshotStore,
    SnapshotStoreError,
)
from src.domain.snapshot import S, Snapshot

log = logging.getLogger(__name__)

# How often a process looks whether another one has stored something newer, in seconds: the promise
# is two, for the look, the reading and the writing out.
LOOK_EVERY_S = 0.5

Call = Literal["load", "save", "turn"]


class LastGoodSnapshot(Generic[S]):
    """Keeps the last good snapshot, with or without the help of the store.

    If the store fails, snapshots are neither stored nor shared, but none is lost: memory keeps it,
    the trouble is logged once, not at each attempt, and what was missed is stored later: after
    `save_again_s` seconds at the earliest.
    """

    def __init__(self, store: SnapshotStore[S], *, save_again_s: float = 30.0) -> None:
        self._store = store
        self._retry_s = save_again_s
        self._version: str | None = None
        self._is_stored = True
        self._save_again_at = 0.0
        self._failing: set[Call] = set()
        self._one_at_a_time = asyncio.Lock()
        self.snapshot: S | None = None

    async def take_over(self) -> S | None:
        """Take what another process has stored since; None if there is nothing newer.

        If the store lacks the snapshot known here, it is saved again.
        """
        async with self._one_at_a_time:
            try:
                version = await self._store.version()
                stored = await self._store.load() if version not in {None, self._version} else None
            except DamagedSnapshotError as error:
                self._version = error.version
                log.warning("Os dados armazenados foram ignorados: %s", error)
                await self._save_again()
                return None
            except SnapshotStoreError as error:
                self._failed("load", error)
                return None
            if "load" in self._failing:
                # The store is back: save at once what it missed, and trust its turns again.
                self._save_again_at = 0.0
                self._worked("load", "turn")
            if stored is not None:
                self._version = stored.version
                if self._is_stored or self._is_newer(stored.snapshot):
                    self.snapshot = stored.snapshot
                    self._is_stored = True
                    return stored.snapshot
            if version is None or not self._is_stored:
                await self._save_again()
            return None

    async def put(self, snapshot: S) -> None:
        """Put the snapshot in the place of the last one."""
        async with self._one_at_a_time:
            self.snapshot = snapshot
            self._is_stored = False

    async def save(self) -> None:
        """Store what was put, for the others and for the next start."""
        async with self._one_at_a_time:
            await self._save()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[bool]:
        """Whether this process may refresh while the block runs.

        If the store cannot tell, it may: two collections are better than none.
        """
        async with AsyncExitStack() as stack:
            is_ours = True
            if "load" not in self._failing:  # a store that hangs is asked once, not again and again
                try:
                    is_ours = await stack.enter_async_context(self._store.turn())
                except SnapshotStoreError as error:
                    self._failed("turn", error)
                else:
                    self._worked("turn")
            yield is_ours

    def _is_newer(self, stored: Snapshot) -> bool:
        return self.snapshot is None or self.snapshot.collected_at <= stored.collected_at

    async def _save_again(self) -> None:
        now = asyncio.get_running_loop().time()
        if self.snapshot is not None and now >= self._save_again_at:
            await self._save()

    async def _save(self) -> None:
        assert self.snapshot is not None
        try:
            self._version = await self._store.save(self.snapshot)
        except SnapshotStoreError as error:
            self._save_again_at = asyncio.get_running_loop().time() + self._retry_s
            self._failed("save", error)
        else:
            self._is_stored = True
            self._worked("save")

    def _failed(self, call: Call, error: SnapshotStoreError) -> None:
        if not self._failing:
            log.warning("Sem o armazenamento, o serviço continua com os dados que tem: %s", error)
        self._failing.add(call)

    def _worked(self, *calls: Call) -> None:
        if self._failing and self._failing.issubset(calls):
            log.info("O armazenamento voltou")
        self._failing.difference_update(calls)
