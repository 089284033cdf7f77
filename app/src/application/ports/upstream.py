"""The upstream, as the application sees it: three gateways and the errors they may raise.

UpstreamError
├── UpstreamConnectionError   no connection, or it broke off before the answer was whole
├── UpstreamTimeoutError      no whole answer in time
├── UpstreamStatusError       an answer with another status than 200
└── UpstreamMalformedError    an answer that is not what it should be
"""

from __future__ import annotations

from typing import Protocol

from src.domain.territory import City, District, State


class UpstreamError(Exception):
    """The upstream did not give what was asked of it; the cause is kept in `__cause__`."""


class UpstreamConnectionError(UpstreamError):
    """There was no connection, or it broke off before the answer was whole."""


class UpstreamTimeoutError(UpstreamError):
    """The whole answer did not arrive in time."""


class UpstreamStatusError(UpstreamError):
    """The upstream answered another status than 200."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class UpstreamMalformedError(UpstreamError):
    """The answer is no JSON, or its rows are not the places that were asked for."""


class StatesGateway(Protocol):
    """Reads the states."""

    async def all(self) -> tuple[State, ...]:
        """Every state, without its cities, in any order. Raises UpstreamError."""
        ...


class CitiesGateway(Protocol):
    """Reads the cities of a state."""

    async def of_state(self, state: State) -> tuple[City, ...]:
        """The state's cities, one at least, without districts, in any order.

        Raises UpstreamError.
        """
        ...


class DistrictsGateway(Protocol):
    """Reads the districts of a city."""

    async def of_city(self, city: City) -> tuple[District, ...]:
        """The city's districts, one at least, in any order. Raises UpstreamError."""
        ...
