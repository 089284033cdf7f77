"""What the lifespan gives to the controllers, and how they ask for it."""

from __future__ import annotations

from typing import Annotated, TypedDict, cast

from fastapi import Depends, Request

from src.application.localities.states_so_far import StatesSoFar
from src.application.refreshing.ask_for_refresh import AskForRefresh
from src.application.refreshing.freshness import Freshness
from src.application.telling.refreshes import Refreshes
from src.infra.controllers.refreshes.refresh_right import RefreshRight
from src.infra.editions.edition import Edition


class LifespanState(TypedDict):
    """What the lifespan opens and every request finds in `request.state`."""

    freshness: Freshness[Edition]
    so_far: StatesSoFar
    refreshes: Refreshes
    ask_for_refresh: AskForRefresh
    refresh_right: RefreshRight


async def _freshness(request: Request) -> Freshness[Edition]:
    # async, though it waits for nothing: FastAPI would run a plain function in a thread, and a
    # request would take four times as long (211 µs in place of 53).
    return cast("Freshness[Edition]", request.state.freshness)


async def _so_far(request: Request) -> StatesSoFar:
    return cast("StatesSoFar", request.state.so_far)


async def _refreshes(request: Request) -> Refreshes:
    return cast("Refreshes", request.state.refreshes)


async def _ask_for_refresh(request: Request) -> AskForRefresh:
    return cast("AskForRefresh", request.state.ask_for_refresh)


async def _refresh_right(request: Request) -> RefreshRight:
    return cast("RefreshRight", request.state.refresh_right)


CurrentRefreshes = Annotated[Refreshes, Depends(_refreshes)]
CurrentAskForRefresh = Annotated[AskForRefresh, Depends(_ask_for_refresh)]
CurrentRefreshRight = Annotated[RefreshRight, Depends(_refresh_right)]
CurrentStatesSoFar = Annotated[StatesSoFar, Depends(_so_far)]
CurrentFreshness = Annotated[Freshness[Edition], Depends(_freshness)]
