"""Reads the states from the upstream."""

from src.application.localities.gateways import Level, StatesGateway
from src.domain.localities.territory import State
from src.infra.gateways.localities.rows import STATES
from src.infra.gateways.upstream_client import UpstreamClient


class IbgeStatesGateway(StatesGateway):
    """`/estados`: one row a state."""

    def __init__(self, client: UpstreamClient) -> None:
        self._client = client

    async def all(self) -> tuple[State, ...]:
        return await self._client.get("/estados", STATES.read, level=Level.STATES, first=True)
