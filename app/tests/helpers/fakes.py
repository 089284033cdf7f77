"""Fakes of the ports: real classes that answer from a tree, and fail if a test says so."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from src.application.localities.gateways import CitiesGateway, DistrictsGateway, StatesGateway
from src.application.ports.refresh_journal import RefreshJournal
from src.application.ports.snapshot_store import (
    DamagedSnapshotError,
    SnapshotStore,
    SnapshotStoreError,
    Stored,
)
from src.application.telling.fan_out_counts import FanOutCounts
from src.application.telling.refresh_recorder import RefreshRecorder, pause_s
from src.domain.localities.territory import City, District, State
from src.domain.localities.territory_snapshot import TerritorySnapshot
from src.domain.snapshot import Source
from src.infra.storage.memory_journal import MemoryJournal

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


class FakeUpstream:
    """What the three fake gateways share: the tree, the errors, and the counts.

    `errors` maps the id of a state or city to the error that asking below it raises; the id 0 is
    the list of states, and a state's negative id the list of all its districts. Answers come in
    descending order of id, because nobody may rely on order.
    """

    def __init__(
        self, states: tuple[State, ...], *, errors: Mapping[int, BaseException] | None = None
    ) -> None:
        self.by_state = {state.id: state for state in states}
        self.by_city = {city.id: city for state in states for city in state.cidades}
        self.errors = dict(errors or {})
        self.asked: Counter[int] = Counter()
        self.now: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self.cancelled = 0
        self.held_level: str | None = None

    async def answer(self, level: str, place_id: int) -> None:
        """Counts one exchange; holds it for ever, or fails it, if the test says so."""
        self.asked[place_id] += 1
        self.now[level] += 1
        self.most[level] = max(self.most[level], self.now[level])
        try:
            await asyncio.sleep(0)
            if level == self.held_level:
                await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.now[level] -= 1
        if place_id in self.errors:
            raise self.errors[place_id]


class FakeStatesGateway(StatesGateway):
    """The states of the fake upstream."""

    def __init__(self, upstream: FakeUpstream) -> None:
        self._upstream = upstream

    async def all(self) -> tuple[State, ...]:
        await self._upstream.answer("states", 0)
        return tuple(
            replace(state, cidades=()) for state in reversed(self._upstream.by_state.values())
        )


class FakeCitiesGateway(CitiesGateway):
    """The cities of the fake upstream."""

    def __init__(self, upstream: FakeUpstream) -> None:
        self._upstream = upstream

    async def of_state(self, state: State) -> tuple[City, ...]:
        await self._upstream.answer("cities", state.id)
        cities = self._upstream.by_state[state.id].cidades
        return tuple(replace(city, distritos=None) for city in reversed(cities))


class FakeDistrictsGateway(DistrictsGateway):
    """The districts of the fake upstream."""

    def __init__(self, upstream: FakeUpstream) -> None:
        self._upstream = upstream

    async def of_city(self, city: City) -> tuple[District, ...]:
        await self._upstream.answer("districts", city.id)
        districts = self._upstream.by_city[city.id].distritos
        assert districts is not None
        return tuple(reversed(districts))

    async def of_state(self, state: State) -> tuple[District, ...]:
        await self._upstream.answer("districts", -state.id)
        cities = self._upstream.by_state[state.id].cidades
        return tuple(
            district
            for city in cities
            for district in self._upstream.by_city[city.id].distritos or ()
        )


class FakeStore(SnapshotStore[TerritorySnapshot]):
    """A store in memory, which several users may share as processes do.

    Every call raises `trouble` while it is set, and the next load raises `damage` once; `is_taken`
    means that somebody else refreshes.
    """

    def __init__(self) -> None:
        self.stored: Stored[TerritorySnapshot] | None = None
        self.trouble: SnapshotStoreError | None = None
        self.damage: DamagedSnapshotError | None = None
        self.is_taken = False
        self.calls: Counter[str] = Counter()

    def put(self, snapshot: TerritorySnapshot) -> None:
        """Stores a snapshot as another process does."""
        self.calls["put"] += 1
        self.stored = Stored(snapshot, version=str(self.calls["put"]))

    async def version(self) -> str | None:
        self._call("version")
        return self.stored.version if self.stored is not None else None

    async def load(self) -> Stored[TerritorySnapshot] | None:
        self._call("load")
        if self.damage is not None:
            damage, self.damage = self.damage, None
            raise damage
        return self.stored

    async def save(self, snapshot: TerritorySnapshot) -> str:
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


def live(states: tuple[State, ...], collected_at: datetime = NOON) -> TerritorySnapshot:
    """A whole live snapshot of these states."""
    return TerritorySnapshot(states=states, collected_at=collected_at, source=Source.LIVE)


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
        plan="city",
        now=now,
        pause_s=pause_s,
    )


class FakeCollection:
    """Collections with the outcomes that the test gives: in turn, the last one again and again.

    Each snapshot has the clock's time. While `held` is set, collections wait for it. `begun_at` has
    the event loop's time at the beginning of each, in seconds.
    """

    def __init__(self, clock: Clock, *outcomes: TerritorySnapshot | Exception) -> None:
        self.clock = clock
        self.outcomes = list(outcomes)
        self.begun_at: list[float] = []
        self.waiting = 0
        self.held: asyncio.Event | None = None

    @property
    def count(self) -> int:
        """How many collections have begun."""
        return len(self.begun_at)

    async def __call__(self) -> TerritorySnapshot:
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
