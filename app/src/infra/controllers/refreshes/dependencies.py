"""What the controllers of refreshes find open, and how they ask for it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from src.application.refreshing.ask_for_refresh import AskForRefresh
from src.application.telling.refreshes import Refreshes
from src.infra.controllers.refreshes.refresh_right import RefreshRight
from src.infra.controllers.refreshes.refresh_words import RefreshWords


@dataclass(frozen=True, slots=True)
class OpenedRefreshes:
    """What the lifespan opens, and every request finds in `request.state.refreshes`."""

    refreshes: Refreshes
    ask_for_refresh: AskForRefresh
    right: RefreshRight
    words: RefreshWords


# async, though it waits for nothing: FastAPI would run a plain function in a thread.
async def _opened(request: Request) -> OpenedRefreshes:
    opened: OpenedRefreshes = request.state.refreshes
    return opened


CurrentRefreshes = Annotated[OpenedRefreshes, Depends(_opened)]
