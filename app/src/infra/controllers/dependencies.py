"""What the lifespan gives to the controllers, and how they ask for it."""

from __future__ import annotations

from typing import Annotated, TypedDict, cast

from fastapi import Depends, Request

from src.application.freshness import Freshness
from src.application.states_so_far import StatesSoFar
from src.infra.controllers.edition import Edition


class LifespanState(TypedDict):
    """What the lifespan opens and every request finds in `request.state`."""

    freshness: Freshness[Edition]
    so_far: StatesSoFar


async def _freshness(request: Request) -> Freshness[Edition]:
    # async, though it waits for nothing: FastAPI would run a plain function in a thread, and a
    # request would take four times as long (211 µs in place of 53).
    return cast("Freshness[Edition]", request.state.freshness)


async def _so_far(request: Request) -> StatesSoFar:
    return cast("StatesSoFar", request.state.so_far)


CurrentStatesSoFar = Annotated[StatesSoFar, Depends(_so_far)]
CurrentFreshness = Annotated[Freshness[Edition], Depends(_freshness)]
