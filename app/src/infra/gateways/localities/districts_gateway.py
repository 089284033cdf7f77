"""Reads the districts of a city from the upstream."""

from collections.abc import Coroutine
from functools import partial
from typing import Any

from src.application.localities.gateways import DistrictsGateway, Level
from src.domain.localities.territory import City, District, State
from src.infra.gateways.localities.rows import DISTRICTS
from src.infra.gateways.upstream_client import UpstreamClient


class IbgeDistrictsGateway(DistrictsGateway):
    """`/municipios/{id}/distritos` and `/estados/{id}/distritos`: one row a district."""

    def __init__(self, client: UpstreamClient) -> None:
        self._client = client

    # No coroutine of its own around the client's: 5,571 of them wait at a time, and take 1.5 MB.
    def of_city(self, city: City) -> Coroutine[Any, Any, tuple[District, ...]]:
        path = f"/municipios/{city.id}/distritos"
        read = partial(DISTRICTS.read, owner=city)
        return self._client.get(
            path, read, level=Level.DISTRICTS, parent=city.id, root=city.state_id
        )

    async def of_state(self, state: State) -> tuple[District, ...]:
        path = f"/estados/{state.id}/distritos"
        read = partial(DISTRICTS.read, owner=state)
        return await self._client.get(
            path, read, level=Level.DISTRICTS, parent=state.id, root=state.id, first=True
        )
