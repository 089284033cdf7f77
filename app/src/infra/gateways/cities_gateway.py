"""Reads the cities of a state from the upstream."""

from __future__ import annotations

from src.application.ports.upstream import CitiesGateway
from src.application.progress import Level
from src.domain.territory import City, State
from src.infra.gateways.ibge_client import IbgeClient
from src.infra.gateways.rows import cities_from


class IbgeCitiesGateway(CitiesGateway):
    """`/estados/{id}/municipios`: one row a city."""

    def __init__(self, client: IbgeClient) -> None:
        self._client = client

    async def of_state(self, state: State) -> tuple[City, ...]:
        path = f"/estados/{state.id}/municipios"
        # Hundreds of requests for districts wait already, and this one brings as many more.
        return await self._client.get(
            path,
            lambda body: cities_from(body, state),
            level=Level.CITIES,
            place=state.id,
            first=True,
        )
