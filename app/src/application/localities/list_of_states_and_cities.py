"""The use case: collect every state, city and district of the country."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from src.application.collecting.fan_out import FanOut
from src.application.localities.gateways import (
    CitiesGateway,
    DistrictsGateway,
    StatesGateway,
)
from src.application.ports.fan_out_watch import FanOutWatch
from src.domain.localities.regional_divisions import RegionalDivisions
from src.domain.localities.territory import City, District, State
from src.domain.localities.territory_snapshot import TerritorySnapshot
from src.domain.tree import in_order


class Plan(StrEnum):
    """How the districts are asked for."""

    CITY = "city"  # one request for each city: the fan-out that this service shows
    STATE = "state"  # one for each state: a hundredth of the requests, for the same tree


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOfStatesAndCities:
    """Fans out over the three gateways and assembles what they answer into one tree."""

    states: StatesGateway
    cities: CitiesGateway
    districts: DistrictsGateway
    # Bounds the states in work, for all executions together. How many requests are on the wire at
    # once is the gateways' affair.
    states_limit: asyncio.Semaphore
    plan: Plan  # how the districts are asked for
    now: Callable[[], datetime]  # tells the time, in UTC
    watch: FanOutWatch = field(default_factory=FanOutWatch)  # hears of each state in work

    async def execute(
        self, on_state: Callable[[State], None] = lambda _: None
    ) -> TerritorySnapshot:
        """Collect the territory: the states, then all states at once, then all cities of each.

        `on_state` is called with each state as soon as it is whole. A state or city that fails does
        not stop the others; the snapshot's `missing` names it. Cancelling this cancels everything
        under it.

        Raises UpstreamError if the list of states itself cannot be read.
        """
        states = await self.states.all()
        fan_out = FanOut(roots_limit=self.states_limit, watch=self.watch, on_root=on_state)
        divisions: list[RegionalDivisions] = []
        cities_of = self._cities_by_state if self.plan is Plan.STATE else self._cities_by_city
        collected = await fan_out.roots(states, lambda state: cities_of(state, fan_out, divisions))
        snapshot = TerritorySnapshot.collected(
            collected, at=self.now(), missing=fan_out.gaps(collected)
        )
        return replace(snapshot, divisions=RegionalDivisions.of_country(divisions))

    async def _cities_by_city(
        self, state: State, fan_out: FanOut[State], divisions: list[RegionalDivisions]
    ) -> Sequence[City]:
        """The state's cities, each with the districts that it was asked for.

        Their regions are added to `divisions`.
        """
        read = await self.cities.of_state(state)
        divisions.append(read.divisions)
        return await fan_out.below(read.cities, self.districts.of_city)

    async def _cities_by_state(
        self, state: State, fan_out: FanOut[State], divisions: list[RegionalDivisions]
    ) -> Sequence[City]:
        """The same, with all districts of the state asked for at once."""
        read, districts = await asyncio.gather(
            self.cities.of_state(state), self.districts.of_state(state), return_exceptions=True
        )
        if isinstance(read, BaseException):
            raise read
        divisions.append(read.divisions)
        cities = in_order(read.cities)
        if isinstance(districts, BaseException):
            return fan_out.assemble(cities, [districts] * len(cities))
        by_city: dict[int, list[District]] = defaultdict(list)
        for district in districts:
            by_city[district.city_id].append(district)
        answers = [by_city[city.id] for city in cities]
        return fan_out.assemble(cities, answers)
