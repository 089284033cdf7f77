"""What the lifespan gives to the controllers, and how they ask for it."""

from __future__ import annotations

from typing import Annotated, TypedDict, cast

from fastapi import Depends, Request

from src.application.current_snapshot import CurrentSnapshot
from src.infra.controllers.edition import Edition


class LifespanState(TypedDict):
    """What the lifespan opens and every request finds in `request.state`."""

    current_snapshot: CurrentSnapshot[Edition]


def _current_snapshot(request: Request) -> CurrentSnapshot[Edition]:
    return cast("CurrentSnapshot[Edition]", request.state.current_snapshot)


Snapshots = Annotated[CurrentSnapshot[Edition], Depends(_current_snapshot)]
