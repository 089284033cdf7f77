"""Reads the states from the upstream."""

from __future__ import annotations

from src.application.ports.upstream import StatesGateway
from src.application.progress import Level
from src.domain.territory import State
from src.infra.gateways.ibge_client import IbgeClient
from src.infra.gateways.rows import states_from


class IbgeStatesGateway(StatesGateway):
    """`/estados`: one row a state."""

    def __init__(self, client: IbgeClient) -> None:
        self._client = client

    async def all(self) -> tuple[State, ...]:
        return await self._client.get("/estados", states_from, level=Level.STATES, first=True)
