"""What the lifespan gives to the controllers, and how they ask for it."""

from __future__ import annotations

from typing import Annotated, TypedDict, cast

from fastapi import Depends, Request

from src.application.freshness import Freshness
from src.infra.controllers.edition import Edition


class LifespanState(TypedDict):
    """What the lifespan opens and every request finds in `request.state`."""

    freshness: Freshness[Edition]


def _freshness(request: Request) -> Freshness[Edition]:
    return cast("Freshness[Edition]", request.state.freshness)


CurrentFreshness = Annotated[Freshness[Edition], Depends(_freshness)]
