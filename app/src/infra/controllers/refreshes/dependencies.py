"""What the controllers of refreshes find open, how they ask for it, and their parameters."""

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Path, Query, Request

from src.application.experimenting.experiment import Experiment
from src.application.refreshing.ask_for_refresh import AskForRefresh
from src.application.telling.followers import Followers
from src.application.telling.refreshes import Refreshes
from src.application.telling.room_for_followers import RoomForFollowers
from src.infra.controllers.callers_right import CallersRight
from src.infra.controllers.refreshes.refresh_words import RefreshWords

_ENDS = re.compile(r"(/current|/experiment|/\{refresh_id\})(/events)?$")


@dataclass(frozen=True, slots=True)
class OpenedRefreshes:
    """What the lifespan opens for one feature, and keeps in `request.state` under its address."""

    refreshes: Refreshes
    followers: Followers
    room: RoomForFollowers
    ask_for_refresh: AskForRefresh
    right: CallersRight
    words: RefreshWords
    experiment: Experiment | None  # None if there are no experiments


# async, though it waits for nothing: FastAPI would run a plain function in a thread.
async def _opened(request: Request) -> OpenedRefreshes:
    # Every route here is the address of the list, or that with one of these ends.
    address = _ENDS.sub("", request.scope["route"].path)
    opened: OpenedRefreshes = request.state[address]
    return opened


CurrentRefreshes = Annotated[OpenedRefreshes, Depends(_opened)]

RefreshId = Annotated[
    str,
    Path(
        pattern="^[0-9a-f]{20}$",
        description="O id da coleta, como veio em `Location`",
        openapi_examples={"id": {"value": "019a8f3c2b7d5e1f6a90"}},
    ),
]
AnyChange = Annotated[
    bool,
    Query(
        description=(
            "Se tudo o que mudou na fonte deve ser aceito, por maior que seja a mudança: "
            "`true` ou `false`"
        ),
        openapi_examples={"padrão": {"value": False}},
    ),
]
LastEventId = Annotated[
    str,
    Header(
        description="O id do último evento recebido; a resposta continua a partir dele",
        max_length=100,
    ),
]
