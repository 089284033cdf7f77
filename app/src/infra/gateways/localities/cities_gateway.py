"""Reads the cities of a state from the upstream."""

from functools import partial

from src.application.localities.gateways import CitiesGateway, Level
from src.domain.localities.territory import City, State
from src.infra.gateways.localities.rows import CITIES
from src.infra.gateways.upstream_client import UpstreamClient


class IbgeCitiesGateway(CitiesGateway):
    """`/estados/{id}/municipios`: one row a city."""

    def __init__(self, client: UpstreamClient) -> None:
        self._client = client

    async def of_state(self, state: State) -> tuple[City, ...]:
        path = f"/estados/{state.id}/municipios"
        # Hundreds of requests for districts wait already, and this one brings as many more.
        return await self._client.get(
            path,
            partial(CITIES.read, owner=state),
            level=Level.CITIES,
            parent=state.id,
            root=state.id,
            first=True,
        )
