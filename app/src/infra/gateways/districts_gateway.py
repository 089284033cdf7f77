"""Reads the districts of a city from the upstream."""

from __future__ import annotations

from functools import partial

from src.application.ports.upstream import DistrictsGateway
from src.domain.territory import City, District, State
from src.infra.gateways.ibge_client import IbgeClient
from src.infra.gateways.rows import districts_from, districts_of_state_from


class IbgeDistrictsGateway(DistrictsGateway):
    """`/municipios/{id}/distritos` and `/estados/{id}/distritos`: one row a district."""

    def __init__(self, client: IbgeClient) -> None:
        self._client = client

    async def of_city(self, city: City) -> tuple[District, ...]:
        path = f"/municipios/{city.id}/distritos"
        return await self._client.get(path, partial(districts_from, city=city))

    async def of_state(self, state: State) -> tuple[District, ...]:
        path = f"/estados/{state.id}/distritos"
        read = partial(districts_of_state_from, state=state)
        return await self._client.get(path, read, first=True)
