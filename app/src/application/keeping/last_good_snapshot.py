"""The last good snapshot: in memory, and in the store that others share."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Generic

from src.application.keeping.fallible_store import FallibleStore
from src.application.keeping.stored_succession import StoredSuccession
from src.application.ports.snapshot_store import (
    DamagedSnapshotError,
    ForeignSnapshotError,
    SnapshotStoreError,
)
from src.domain.snapshot import S

# How often a process looks whether another one has stored something newer, in seconds: the promise
# is two, for the look, the reading and the writing out.
LOOK_EVERY_S = 0.5


class LastGoodSnapshot(Generic[S]):
    """Keeps the last good snapshot, with or without the help of the store.

    What is stored follows the same rule as what is collected (`succession`): the newer one counts.
    What another process has stored and does not count is replaced.

    If the store fails, memory keeps the snapshot, and it is stored later. A save is repeated for
    `insist_s` seconds; then again after `save_again_s` at the earliest. Processes that disagree
    about what is stored replace it every `disagree_s` at most. `standstills` counts those of this
    process.
    """

    def __init__(
        self,
        store: FallibleStore[S],
        *,
        succession: StoredSuccession[S] | None = None,
        standstills: Callable[[], int] = lambda: 0,
        insist_s: float = 1.0,
        save_again_s: float = 30.0,
        disagree_s: float = 5.0,
    ) -> None:
        self._store = store
        self._succession = succession or StoredSuccession()
        self._standstills = standstills
        self._standstills_seen = standstills()
        self._insist_s = insist_s
        self._retry_s = save_again_s
        self._disagree_s = disagree_s
        self._version: str | None = None
        self._is_stored = True
        self._is_foreign = False
        self._save_again_at = 0.0
        self._one_at_a_time = asyncio.Lock()
        self.snapshot: S | None = None

    async def take_over(self) -> S | None:
        """Take what another process has stored since; None if there is nothing newer.

        If the store lacks the snapshot known here, it is saved again.
        """
        async with self._one_at_a_time:
            # One during this look counts for it, which may have read before or after, and the next.
            standstills = self._standstills()
            was_out_of_reach = self._store.is_out_of_reach
            try:
                version, stored = await self._store.load(known=self._version)
            except DamagedSnapshotError as error:
                self._version = error.version
                self._is_foreign = isinstance(error, ForeignSnapshotError)
                await self._replace()
                return None
            except SnapshotStoreError:
                return None
            stood_still = self._standstills() > self._standstills_seen
            self._standstills_seen = standstills
            if was_out_of_reach:
                self._save_again_at = 0.0  # the store is back: save at once what it missed
            is_same = version is not None and version == self._version
            if version != self._version:
                self._is_foreign = False
            if stored is not None:
                self._version = stored.version
                return await self._succeeded_by(stored.snapshot, stood_still=stood_still)
            if not is_same or not self._is_stored:
                await self._save_again()
            return None

    async def look_closely(self) -> S | None:
        """Hold against the bundled data what was taken at a glance; what replaces it, if any.

        The next look stores it, unless it finds something newer.
        """
        async with self._one_at_a_time:
            if self.snapshot is None:
                return None
            completed = await self._succession.look_closely(self.snapshot)
            if completed is self.snapshot:
                return None
            self.snapshot = completed
            self._is_stored = False
            return completed

    async def put(self, snapshot: S) -> None:
        """Put the snapshot in the place of the last one."""
        async with self._one_at_a_time:
            self.snapshot = snapshot
            self._is_stored = False

    async def save(self) -> None:
        """Store what was put, for the others and for the next start."""
        until = asyncio.get_running_loop().time() + self._insist_s
        async with self._one_at_a_time:
            await self._save(until=until)

    async def save_at_the_end(self, *, within_s: float) -> None:
        """Store what is not stored yet, within this many seconds: the process is about to end."""
        if self.snapshot is None or self._is_stored:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self.take_over()  # something newer, if the process was frozen up to now
                if not self._is_stored:
                    await self.save()

    async def _succeeded_by(self, stored: S, *, stood_still: bool) -> S | None:
        """Take what comes of this; None if it is older."""
        taken = await self._succession.of(self.snapshot, stored, stood_still=stood_still)
        if taken is None:
            await self._replace()
            return None
        self.snapshot = taken
        self._is_stored = True
        # Another process has written: the store works again.
        self._store.worked("save", "turn")
        if taken is not stored:
            await self._replace()
        return taken

    async def _replace(self) -> None:
        """Store what is known here in place of what is stored, unless that was done just now."""
        self._is_stored = False
        if await self._save_again():
            self._save_again_at = asyncio.get_running_loop().time() + self._disagree_s

    async def _save_again(self) -> bool:
        """Store what is known, unless that failed just now; whether it is stored."""
        now = asyncio.get_running_loop().time()
        if self.snapshot is None or now < self._save_again_at:
            return False
        return await self._save(until=now)

    async def _save(self, *, until: float) -> bool:
        """Store what is known, unless another release's is there; False if the store refuses it."""
        assert self.snapshot is not None
        if self._is_foreign:
            return True
        version = await self._store.save(self.snapshot, until=until)
        if version is None:
            self._save_again_at = asyncio.get_running_loop().time() + self._retry_s
            return False
        self._version = version
        self._is_stored = True
        await self._store.try_turns_again()
        return True
