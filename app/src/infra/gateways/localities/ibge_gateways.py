"""Read the states, cities and districts from IBGE's API."""

from collections.abc import Coroutine
from functools import partial
from typing import Any

from src.application.localities.gateways import (
    CitiesGateway,
    CitiesOfState,
    DistrictsGateway,
    Level,
    StatesGateway,
)
from src.domain.localities.territory import City, District, State, require_own_siglas
from src.infra.gateways.localities.region_rows import regional_divisions
from src.infra.gateways.localities.rows import CITIES, DISTRICTS, STATES
from src.infra.gateways.retrying_client import RetryingClient

# The longest answer about one city's districts, in bytes: five times what São Paulo's take.
MAX_CITY_BYTES = 512 * 1024


class _OverClient:
    def __init__(self, client: RetryingClient) -> None:
        self._client = client


class IbgeStatesGateway(_OverClient, StatesGateway):
    """`/estados`: one row a state."""

    async def all(self) -> tuple[State, ...]:
        return await self._client.get("/estados", _states, level=Level.STATES, first=True)


def _states(body: bytes) -> tuple[State, ...]:
    states = STATES.read(body)
    require_own_siglas(states)
    return states


class IbgeCitiesGateway(_OverClient, CitiesGateway):
    """`/estados/{id}/municipios`: one row a city."""

    async def of_state(self, state: State) -> CitiesOfState:
        path = f"/estados/{state.id}/municipios"
        read = partial(_cities, state=state)
        # Hundreds of requests for districts wait already, and this one brings as many more.
        return await self._client.get(
            path, read, level=Level.CITIES, parent=state.id, root=state.id, first=True
        )


def _cities(body: bytes, state: State) -> CitiesOfState:
    return CitiesOfState(CITIES.read(body, owner=state), regional_divisions(body))


class IbgeDistrictsGateway(_OverClient, DistrictsGateway):
    """`/municipios/{id}/distritos` and `/estados/{id}/distritos`: one row a district."""

    # No coroutine of its own around the client's, and no `partial`: 5,571 of each wait at a time,
    # and take 1.5 and 0.8 MB more.
    def of_city(self, city: City) -> Coroutine[Any, Any, tuple[District, ...]]:
        path = f"/municipios/{city.id}/distritos"
        return self._client.get(
            path,
            lambda body: DISTRICTS.read(body, owner=city),
            level=Level.DISTRICTS,
            parent=city.id,
            root=city.state_id,
            max_bytes=MAX_CITY_BYTES,
        )

    async def of_state(self, state: State) -> tuple[District, ...]:
        path = f"/estados/{state.id}/distritos"
        read = partial(DISTRICTS.read, owner=state)
        return await self._client.get(
            path, read, level=Level.DISTRICTS, parent=state.id, root=state.id, first=True
        )
