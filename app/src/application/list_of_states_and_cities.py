"""The use case: collect every state, city and district of the country."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from src.application.concurrency_limit import ConcurrencyLimit
from src.application.ports.upstream import (
    CitiesGateway,
    DistrictsGateway,
    StatesGateway,
    UpstreamError,
)
from src.domain.snapshot import Gap, Snapshot, Source
from src.domain.territory import City, InvalidTerritoryError, State, in_order

Place = TypeVar("Place", State, City)


class ListOfStatesAndCities:
    """Fans out over the three gateways and assembles what they answer into one tree.

    `states_limit` bounds the states in work, for every execution in the process; how many requests
    are on the wire at once is the gateways' affair. `now` tells the time in UTC.
    """

    def __init__(
        self,
        *,
        states: StatesGateway,
        cities: CitiesGateway,
        districts: DistrictsGateway,
        states_limit: ConcurrencyLimit,
        now: Callable[[], datetime],
    ) -> None:
        self._states = states
        self._cities = cities
        self._districts = districts
        self._states_limit = states_limit
        self._now = now

    async def execute(self) -> Snapshot:
        """Collect the territory: the states, then all states at once, then all cities of each.

        A state or city that fails does not stop the others; it is named in the snapshot's
        `missing`. Cancelling this cancels everything under it.

        Raises UpstreamError or InvalidTerritoryError where the list of states itself cannot be had.
        """
        states = in_order(await self._states.all())
        gaps: list[Gap] = []
        outcomes = await asyncio.gather(
            *(self._with_cities(state, gaps) for state in states), return_exceptions=True
        )
        return Snapshot(
            states=tuple(_settled(states, outcomes, gaps)),
            collected_at=self._now(),
            source=Source.LIVE,
            missing=tuple(sorted(gaps, key=lambda gap: gap.id)),
            failures=int(bool(gaps)),
        )

    async def _with_cities(self, state: State, gaps: list[Gap]) -> State:
        async with self._states_limit.permit():
            # In order, and refused where one appears twice, before anything is asked about them.
            cities = state.with_cities(await self._cities.of_state(state)).cidades
            outcomes = await asyncio.gather(
                *(self._with_districts(city) for city in cities), return_exceptions=True
            )
            return state.with_cities(_settled(cities, outcomes, gaps))

    async def _with_districts(self, city: City) -> City:
        return city.with_districts(await self._districts.of_city(city))


def _settled(
    places: Sequence[Place], outcomes: Sequence[Place | BaseException], gaps: list[Gap]
) -> list[Place]:
    """What became of each place: itself with all below it, or itself alone and a gap noted.

    Only what the upstream does wrong makes a gap; any other exception is a fault of ours, and
    is raised rather than passed off as missing data.
    """
    settled: list[Place] = []
    for place, outcome in zip(places, outcomes, strict=True):
        match outcome:
            case UpstreamError() | InvalidTerritoryError():
                gaps.append(Gap(place.id, place.nome, str(outcome)))
                settled.append(place)
            case BaseException():
                raise outcome
            case _:
                settled.append(outcome)
    return settled
