"""Fakes of the ports and of collections: real classes, which fail if a test says so."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from src.application.ports.refresh_journal import RefreshJournal
from src.application.ports.snapshot_store import (
    DamagedSnapshotError,
    SnapshotStore,
    Stored,
)
from src.application.telling.fan_out_counts import FanOutCounts
from src.application.telling.refresh_recorder import RefreshRecorder, pause_s
from src.domain.snapshot import Source, TreeSnapshot
from src.infra.storage.journals.memory_journal import MemoryJournal
from tests.sample_feature.shelves import Shelf, ShelvesSnapshot

NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)


class Clock:
    """A clock that only the test advances."""

    def __init__(self) -> None:
        self.time = NOON

    def __call__(self) -> datetime:
        return self.time

    def advance(self, seconds: float) -> None:
        """Lets this many seconds pass."""
        self.time += timedelta(seconds=seconds)


class FakeStore(SnapshotStore[ShelvesSnapshot]):
    """A store in memory, which several users may share as processes do.

    Every call raises `trouble` while it is set, and the next load raises `damage` once; `is_taken`
    means that somebody else refreshes.
    """

    def __init__(self) -> None:
        self.stored: Stored[ShelvesSnapshot] | None = None
        self.trouble: Exception | None = None
        self.damage: DamagedSnapshotError | None = None
        self.is_taken = False
        self.calls: Counter[str] = Counter()

    def put(self, snapshot: ShelvesSnapshot) -> None:
        """Stores a snapshot as another process does."""
        self.calls["put"] += 1
        self.stored = Stored(snapshot, version=str(self.calls["put"]))

    async def version(self) -> str | None:
        self._call("version")
        return self.stored.version if self.stored is not None else None

    async def load(self) -> Stored[ShelvesSnapshot] | None:
        self._call("load")
        if self.damage is not None:
            damage, self.damage = self.damage, None
            raise damage
        return self.stored

    async def save(self, snapshot: ShelvesSnapshot) -> str:
        self._call("save")
        self.put(snapshot)
        assert self.stored is not None
        return self.stored.version

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[bool]:
        self._call("turn")
        if self.is_taken:
            yield False
            return
        self.is_taken = True
        try:
            yield True
        finally:
            self.is_taken = False

    def _call(self, name: str) -> None:
        self.calls[name] += 1
        if self.trouble is not None:
            raise self.trouble


def live(shelves: tuple[Shelf, ...], collected_at: datetime = NOON) -> ShelvesSnapshot:
    """A whole live snapshot of these shelves."""
    return TreeSnapshot(tree=shelves, collected_at=collected_at, source=Source.LIVE)


def recorder(
    now: Callable[[], datetime],
    *,
    journal: RefreshJournal | None = None,
    pause_s: Callable[[float], float] = pause_s,
) -> RefreshRecorder:
    """Records refreshes in this journal, or in one that nobody reads."""
    return RefreshRecorder(
        journal=journal or MemoryJournal(),
        fan_out=FanOutCounts(clock=time.monotonic),
        plan="",
        now=now,
        pause_s=pause_s,
    )


class FakeCollection:
    """Collections with the outcomes that the test gives: in turn, the last one again and again.

    Each snapshot has the clock's time. While `held` is set, collections wait for it. `begun_at` has
    the event loop's time at the beginning of each, in seconds.
    """

    def __init__(self, clock: Clock, *outcomes: ShelvesSnapshot | Exception) -> None:
        self.clock = clock
        self.outcomes = list(outcomes)
        self.begun_at: list[float] = []
        self.waiting = 0
        self.held: asyncio.Event | None = None

    @property
    def count(self) -> int:
        """How many collections have begun."""
        return len(self.begun_at)

    async def __call__(self) -> ShelvesSnapshot:
        self.begun_at.append(asyncio.get_running_loop().time())
        if self.held is not None:
            self.waiting += 1
            try:
                await self.held.wait()
            finally:
                self.waiting -= 1
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        if isinstance(outcome, Exception):
            raise outcome
        return replace(outcome, collected_at=self.clock())
