"""The gateways to the upstream, as the use case sees them: one for each level of the territory."""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Protocol

from src.domain.localities.regional_divisions import RegionalDivisions
from src.domain.localities.territory import City, District, State


class Level(IntEnum):
    """Which places a request asks the upstream for."""

    STATES = 0
    CITIES = 1  # of a state
    DISTRICTS = 2  # of a city, or of a state


class StatesGateway(Protocol):
    """Reads the states."""

    async def all(self) -> tuple[State, ...]:
        """Every state, without its cities, in any order. Raises UpstreamError."""


@dataclass(frozen=True, slots=True)
class CitiesOfState:
    """The cities of a state, without districts, in any order, and the regions that they lie in."""

    cities: tuple[City, ...]
    divisions: RegionalDivisions = field(default_factory=RegionalDivisions)


class CitiesGateway(Protocol):
    """Reads the cities of a state."""

    async def of_state(self, state: State) -> CitiesOfState:
        """The state's cities, one at least, with their regions as far as those can be read.

        Raises UpstreamError.
        """


class DistrictsGateway(Protocol):
    """Reads the districts of a city, or of all cities of a state."""

    async def of_city(self, city: City) -> tuple[District, ...]:
        """The city's districts, one at least, in any order. Raises UpstreamError."""

    async def of_state(self, state: State) -> tuple[District, ...]:
        """All districts of the state's cities, one at least, in any order. Raises UpstreamError."""
