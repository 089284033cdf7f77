"""A fake of the upstream of the places: gateways that answer from a tree, and fail on demand."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from src.application.localities.gateways import (
    CitiesGateway,
    CitiesOfState,
    DistrictsGateway,
    StatesGateway,
)
from src.domain.localities.regional_divisions import RegionalDivisions
from src.domain.localities.territory import City, District, State
from src.domain.localities.territory_snapshot import TerritorySnapshot
from src.domain.snapshot import Source
from tests.helpers.fakes import NOON


def divisions_of(state: State, country: RegionalDivisions) -> RegionalDivisions:
    """The regions that begin with the state's code."""
    return RegionalDivisions(
        tuple(each for each in country.microrregioes if each.id // 1_000 == state.id),
        tuple(each for each in country.regioes_imediatas if each.id // 10_000 == state.id),
    )


class FakeUpstream:
    """What the three fake gateways share: the tree, the errors, and the counts.

    `errors` maps the id of a state or city to the error that asking below it raises; the id 0 is
    the list of states, and a state's negative id the list of all its districts. Answers come in
    descending order of id, because nobody may rely on order. `divisions` has the regions of the
    cities.
    """

    def __init__(
        self,
        states: tuple[State, ...],
        *,
        errors: Mapping[int, BaseException] | None = None,
        divisions: RegionalDivisions | None = None,
    ) -> None:
        self.divisions = divisions or RegionalDivisions()
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

    async def of_state(self, state: State) -> CitiesOfState:
        await self._upstream.answer("cities", state.id)
        cities = self._upstream.by_state[state.id].cidades
        return CitiesOfState(
            tuple(replace(city, distritos=None) for city in reversed(cities)),
            divisions_of(state, self._upstream.divisions),
        )


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


def live(states: tuple[State, ...], collected_at: datetime = NOON) -> TerritorySnapshot:
    """A whole live snapshot of these states."""
    return TerritorySnapshot(states=states, collected_at=collected_at, source=Source.LIVE)
