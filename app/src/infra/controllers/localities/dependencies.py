"""What the controllers of places find open, and how they ask for it."""

from typing import Annotated, TypeAlias

from fastapi import Depends, Request

from src.application.localities.place_lookup import Places
from src.domain.localities.territory_snapshot import TerritorySnapshot
from src.infra.controllers.tree_controller import OpenedTree

OpenedLocalities: TypeAlias = OpenedTree[TerritorySnapshot, Places]


async def _opened(request: Request) -> OpenedLocalities:
    # async, though it waits for nothing: FastAPI would run a plain function in a thread, and a
    # request would take four times as long (211 µs in place of 53).
    opened: OpenedLocalities = request.state.localities
    return opened


CurrentLocalities = Annotated[OpenedLocalities, Depends(_opened)]
