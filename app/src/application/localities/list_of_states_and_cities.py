"""The use case: collect every state, city and district of the country."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias, TypeVar

from src.application.localities.gateways import CitiesGateway, DistrictsGateway, StatesGateway
from src.application.ports.fan_out_watch import FanOutWatch, Unwatched
from src.application.ports.upstream_errors import UpstreamError, UpstreamMalformedError
from src.domain.localities.territory import City, District, InvalidTerritoryError, State, in_order
from src.domain.localities.territory_snapshot import TerritorySnapshot
from src.domain.snapshot import Gap, Source

Place = TypeVar("Place", State, City)
CityOrError: TypeAlias = City | BaseException


class Plan(StrEnum):
    """How the districts are asked for."""

    CITY = "city"  # one request for each city: the fan-out that this service shows
    STATE = "state"  # one for each state: a hundredth of the requests, for the same tree


class ListOfStatesAndCities:
    """Fans out over the three gateways and assembles what they answer into one tree.

    `states_limit` bounds the states in work, for all executions together: one made inside an
    execution would bound that one alone. How many requests are on the wire at once is the gateways'
    affair. `plan` says how the districts are asked for. `now` tells the time in UTC; `watch` hears
    of each state in work.
    """

    def __init__(
        self,
        *,
        states: StatesGateway,
        cities: CitiesGateway,
        districts: DistrictsGateway,
        states_limit: asyncio.Semaphore,
        plan: Plan,
        now: Callable[[], datetime],
        watch: FanOutWatch | None = None,
    ) -> None:
        self._states = states
        self._cities = cities
        self._districts = districts
        self._states_limit = states_limit
        self._plan = plan
        self._now = now
        self._watch = watch or Unwatched()

    async def execute(
        self, on_state: Callable[[State], None] = lambda _: None
    ) -> TerritorySnapshot:
        """Collect the territory: the states, then all states at once, then all cities of each.

        `on_state` is called with each state as soon as it is whole. A state or city that fails does
        not stop the others; the snapshot's `missing` names it. Cancelling this cancels everything
        under it.

        Raises UpstreamError if the list of states itself cannot be read.
        """
        try:
            states = in_order(await self._states.all())
        except InvalidTerritoryError as error:
            raise UpstreamMalformedError(str(error)) from error
        self._watch.roots_listed(states)
        gaps: list[Gap] = []
        outcomes = await asyncio.gather(
            *(self._with_cities(state, gaps, on_state) for state in states),
            return_exceptions=True,
        )
        return TerritorySnapshot(
            states=tuple(_settled(states, outcomes, gaps)),
            collected_at=self._now(),
            source=Source.LIVE,
            missing=tuple(sorted(gaps, key=lambda gap: gap.key)),
            failures=int(bool(gaps)),
        )

    async def _with_cities(
        self, state: State, gaps: list[Gap], on_state: Callable[[State], None]
    ) -> State:
        async with self._states_limit:
            self._watch.root_begun(state)
            is_whole = False
            try:
                by_plan = self._by_state if self._plan is Plan.STATE else self._by_city
                cities, outcomes = await by_plan(state)
                gaps_before = len(gaps)
                collected = state.with_cities(_settled(cities, outcomes, gaps))
                is_whole = len(gaps) == gaps_before
                if is_whole:
                    on_state(collected)
                return collected
            finally:
                self._watch.root_ended(state, is_whole=is_whole)

    async def _by_city(self, state: State) -> tuple[Sequence[City], Sequence[CityOrError]]:
        """The state's cities, and what became of each when its districts were asked for."""
        cities = _in_order(state, await self._cities.of_state(state))
        answers = await asyncio.gather(
            *(self._districts.of_city(city) for city in cities), return_exceptions=True
        )
        return cities, list(map(_with_its_districts, cities, answers))

    async def _by_state(self, state: State) -> tuple[Sequence[City], Sequence[CityOrError]]:
        """The same, with all districts of the state asked for at once."""
        answers = await asyncio.gather(
            self._cities.of_state(state), self._districts.of_state(state), return_exceptions=True
        )
        rows, districts = answers
        if isinstance(rows, BaseException):
            raise rows
        cities = _in_order(state, rows)
        if isinstance(districts, BaseException):
            return cities, [districts] * len(cities)
        by_city: dict[int, list[District]] = defaultdict(list)
        for district in districts:
            by_city[district.city_id].append(district)
        return cities, [_with_its_districts(city, by_city[city.id]) for city in cities]


def _in_order(state: State, cities: Sequence[City]) -> Sequence[City]:
    """The cities in order; refused if one appears twice, before any request about them."""
    return state.with_cities(cities).cidades


def _with_its_districts(city: City, districts: Sequence[District] | BaseException) -> CityOrError:
    if isinstance(districts, BaseException):
        return districts
    try:
        return city.with_districts(districts)
    except InvalidTerritoryError as error:
        return error


def _settled(
    places: Sequence[Place], outcomes: Sequence[Place | BaseException], gaps: list[Gap]
) -> list[Place]:
    """What became of each place: itself with all below it, or itself alone and a gap noted.

    Only what the upstream does wrong makes a gap; any other exception is an internal error, and
    is raised rather than passed off as missing data.
    """
    settled: list[Place] = []
    for place, outcome in zip(places, outcomes, strict=True):
        match outcome:
            case UpstreamError() | InvalidTerritoryError():
                gaps.append(Gap(place.id, place.nome, str(outcome), int(isinstance(place, City))))
                settled.append(place)
            case BaseException():
                raise outcome
            case _:
                settled.append(outcome)
    return settled
