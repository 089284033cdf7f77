"""The last good snapshot: in memory, and in the store that others share."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Literal

from src.application.ports.snapshot_store import (
    DamagedSnapshotError,
    SnapshotStore,
    SnapshotStoreError,
)
from src.domain.snapshot import Snapshot

log = logging.getLogger(__name__)

Call = Literal["load", "save", "turn"]


class LastGoodSnapshot:
    """Keeps the last good snapshot, with or without the help of the store.

    A store that fails costs the storing and the sharing, never the data: what is in memory stays,
    and the trouble is logged once, not at each attempt.

    `announce` is told of each new snapshot, before it is stored.
    """

    def __init__(
        self, store: SnapshotStore, *, announce: Callable[[Snapshot], Awaitable[None]]
    ) -> None:
        self._store = store
        self._announce = announce
        self._version: str | None = None
        self._is_stored = True
        self._failing: set[Call] = set()
        self._one_at_a_time = asyncio.Lock()
        self.snapshot: Snapshot | None = None

    async def take_over(self) -> bool:
        """Take what another process has stored since; False where there is nothing newer.

        Where the store was out of reach, it is given what it has missed.
        """
        async with self._one_at_a_time:
            was_out_of_reach = "load" in self._failing
            try:
                stored = await self._store.load(known=self._version)
            except DamagedSnapshotError as error:
                self._version = error.version
                log.warning("O que estava guardado foi ignorado: %s", error)
                return False
            except SnapshotStoreError as error:
                self._failed("load", error)
                return False
            self._worked("load", "turn")  # a turn is not asked for often enough to tell by itself
            if stored is not None:
                self._version = stored.version
                if (
                    self.snapshot is None
                    or self.snapshot.collected_at <= stored.snapshot.collected_at
                ):
                    self.snapshot = stored.snapshot
                    self._is_stored = True
                    await self._announce(stored.snapshot)
                    return True
            if was_out_of_reach and not self._is_stored:
                await self._save()
            return False

    async def keep(self, snapshot: Snapshot) -> None:
        """Put the snapshot in the place of the last one, here at once and then in the store."""
        async with self._one_at_a_time:
            self.snapshot = snapshot
            self._is_stored = False
            await self._announce(snapshot)
            await self._save()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[bool]:
        """Whether this process may refresh while the block runs.

        Where the store cannot tell, it may: two collections are better than none.
        """
        async with AsyncExitStack() as stack:
            try:
                is_ours = await stack.enter_async_context(self._store.turn())
            except SnapshotStoreError as error:
                self._failed("turn", error)
                is_ours = True
            else:
                self._worked("turn")
            yield is_ours

    async def _save(self) -> None:
        assert self.snapshot is not None
        try:
            self._version = await self._store.save(self.snapshot)
        except SnapshotStoreError as error:
            self._failed("save", error)
        else:
            self._is_stored = True
            self._worked("save")

    def _failed(self, call: Call, error: SnapshotStoreError) -> None:
        if not self._failing:
            log.warning("Sem o armazenamento, o serviço segue com o que tem: %s", error)
        self._failing.add(call)

    def _worked(self, *calls: Call) -> None:
        if self._failing and self._failing.issubset(calls):
            log.info("O armazenamento voltou")
        self._failing.difference_update(calls)
