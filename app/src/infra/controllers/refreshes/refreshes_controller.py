"""`/api/v1/refreshes`, or below a feature: ask for a refresh, and watch how it goes."""

import inspect
import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, suppress
from dataclasses import replace
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from src.application.ports.refresh_journal import RefreshJournalError
from src.application.refreshing.ask_for_refresh import NotBegunError, TooSoonError
from src.application.telling.refreshes import UnknownRefreshError
from src.application.telling.room_for_followers import TooManyFollowersError
from src.infra.controllers.callers_right import NotAuthenticatedError, NotPermittedError
from src.infra.controllers.documented_responses import responses
from src.infra.controllers.errors import (
    INVALID_ANY_CHANGE,
    INVALID_REFRESH,
    NOT_AUTHENTICATED,
    NOT_BEGUN,
    NOT_PERMITTED,
    SERVICE_ENDS,
    TOO_MANY_FOLLOWERS,
    TOO_SOON,
    UNKNOWN_REFRESH,
    UNREADABLE_JOURNAL,
)
from src.infra.controllers.refreshes.dependencies import (
    AnyChange,
    CurrentRefreshes,
    LastEventId,
    OpenedRefreshes,
    RefreshId,
)
from src.infra.controllers.refreshes.experiment_controller import add_experiment
from src.infra.controllers.refreshes.refresh_json import refresh_answer
from src.infra.controllers.refreshes.refresh_schemas import RefreshList
from src.infra.controllers.refreshes.refresh_words import IN_LIST, RefreshWords
from src.infra.http.event_stream import EventStream
from src.infra.http.local_users import is_loopback
from src.infra.http.media_types import EVENTS, JSON

# What the documentation says of every stream of events.
_FOLLOWING = (
    ". Cada evento `andamento` traz a coleta como em `{path}/{{refresh_id}}` e, em "
    "`tentativas`, as que terminaram desde o evento anterior: `[requisição, tipo ({levels}), "
    "{part}, tentativa, na fila em, enviada em, respondida em, lida em, desfecho (0 respondida, "
    "1 repetida, 2 abandonada), {root}]`, com os tempos em ms desde o início. Com `EventSource`, "
    "feche a conexão ao receber o fim; senão o navegador reconecta"
)

# What the events' ids look like: the refresh, and the number of the event.
_EVENT_ID = re.compile(r"([0-9a-f]{20})-([0-9]{1,9})")


def refreshes_router(words: RefreshWords) -> APIRouter:
    """The resources that tell of a feature's refreshes, in its words."""
    refreshes = {JSON: {"example": words.list_example}}
    refresh = {JSON: {"example": words.example}}
    events = {EVENTS: {"schema": {"type": "string"}, "example": words.event_example}}
    following = _FOLLOWING.format(
        path=words.path,
        part=words.part.singular,
        root=words.roots.singular,
        levels=", ".join(f"{number} {level.plural}" for number, level in enumerate(words.levels)),
    )
    answers = partial(responses, at=words.path)
    schema = words.schema
    # As this feature's callers meet them.
    too_soon = replace(TOO_SOON, example=TooSoonError(42, words.upstream))
    unknown = replace(UNKNOWN_REFRESH, example=UnknownRefreshError(words.path))
    not_begun = replace(NOT_BEGUN, example=NotBegunError(words.path))
    too_many = replace(TOO_MANY_FOLLOWERS, example=TooManyFollowersError(words.path))

    def described(endpoint: Callable[..., object]) -> str:
        return inspect.cleandoc(endpoint.__doc__ or "").replace("{path}", words.path)

    router = APIRouter(prefix=words.path, tags=["Coletas"])
    router.add_api_route(
        "",
        list_refreshes,
        operation_id=f"listRefreshes{words.suffix}",
        summary="As últimas coletas, e se você pode pedir outra",
        response_model=RefreshList,
        responses=answers(
            "As últimas coletas, a mais nova primeiro", refreshes, UNREADABLE_JOURNAL
        ),
    )
    router.add_api_route(
        "",
        ask_for_refresh,
        methods=["POST"],
        operation_id=f"askForRefresh{words.suffix}",
        summary="Pede uma nova coleta",
        status_code=202,
        response_model=schema,
        openapi_extra={"security": [{"token": []}, {}]},
        responses=answers(
            "A coleta em andamento",
            refresh,
            *(NOT_AUTHENTICATED, NOT_PERMITTED, INVALID_ANY_CHANGE, too_soon),
            *(UNREADABLE_JOURNAL, not_begun, SERVICE_ENDS),
            status=202,
            headers=["Location"],
        ),
    )
    router.add_api_route(
        "/current",
        get_current_refresh,
        operation_id=f"getCurrentRefresh{words.suffix}",
        summary="A coleta em andamento, ou a última",
        response_model=schema,
        responses=answers("A coleta", refresh, unknown, UNREADABLE_JOURNAL),
    )
    router.add_api_route(
        "/current/events",
        follow_current_refresh,
        operation_id=f"followCurrentRefresh{words.suffix}",
        summary="A coleta em andamento e as seguintes, ao vivo",
        description=described(follow_current_refresh),
        response_class=EventStream,
        responses=answers(
            "Um evento a cada mudança, sem fim" + following,
            events,
            *(INVALID_REFRESH, UNREADABLE_JOURNAL, too_many),
            headers=["X-Accel-Buffering"],
        ),
    )
    add_experiment(router)  # before the next, whose address would be its own, too
    router.add_api_route(
        "/{refresh_id}",
        get_refresh,
        operation_id=f"getRefresh{words.suffix}",
        summary="Uma coleta, em andamento ou terminada",
        response_model=schema,
        responses=answers("A coleta", refresh, unknown, INVALID_REFRESH, UNREADABLE_JOURNAL),
    )
    router.add_api_route(
        "/{refresh_id}/events",
        follow_refresh,
        operation_id=f"followRefresh{words.suffix}",
        summary="Uma coleta, ao vivo",
        description=described(follow_refresh),
        response_class=EventStream,
        responses=answers(
            "Um evento a cada mudança, até o fim da coleta" + following,
            events,
            *(unknown, INVALID_REFRESH, UNREADABLE_JOURNAL, too_many),
            headers=["X-Accel-Buffering"],
        ),
    )
    return router


async def _with_room(request: Request, opened: CurrentRefreshes) -> AsyncIterator[OpenedRefreshes]:
    # Before a stream begins, as all that may be refused; the place is kept until it has ended.
    with opened.room.place(_client(request)):
        yield opened


def _client(request: Request) -> str | None:
    """The client's address; None for the loopback's, at which a proxy may stand for everybody.

    A proxy there that names its client in X-Forwarded-For is believed by uvicorn, and shows here
    as that client.
    """
    if request.client is None or is_loopback(request.client.host):
        return None
    return request.client.host


Room = Annotated[OpenedRefreshes, Depends(_with_room)]


async def list_refreshes(request: Request, opened: CurrentRefreshes) -> Response:
    """Lista as últimas coletas e diz se o cliente pode pedir uma agora."""
    reason = None
    try:
        opened.right.require(request)
    except NotAuthenticatedError as refusal:
        reason = NOT_AUTHENTICATED.detail(refusal)
    except NotPermittedError as refusal:
        reason = str(refusal)
    recent = await opened.refreshes.recent()
    return _json(
        {
            "permitido": reason is None,
            "precisa_de_token": opened.right.needs_token,
            "motivo": reason,
            "espera_s": await opened.ask_for_refresh.seconds_to_wait(),
            "atualizacoes": [
                {name: each[name] for name in IN_LIST}
                for each in (refresh_answer(progress, opened.words) for progress in recent)
            ],
        }
    )


async def ask_for_refresh(
    request: Request,
    opened: CurrentRefreshes,
    any_change: AnyChange = False,  # noqa: FBT002  # a query has no keywords
) -> Response:
    """Inicia uma coleta, ou retorna a que já está em andamento.

    Uma coleta mantém dos dados anteriores o que mudou mais do que é plausível. Se a mudança é
    real, `any_change=true` pede uma coleta que a aceita; enquanto outra está em andamento, aguarde.

    Com `REFRESH_TOKEN` definido, exige `Authorization: Bearer`; sem ele, só aceita pedidos da
    própria máquina, sem proxy. Há um intervalo mínimo entre dois pedidos
    (`REFRESH_MIN_INTERVAL_S`).
    """
    opened.right.require(request)
    progress = await opened.ask_for_refresh.execute(any_change=any_change)
    # Relative to this address, so that it holds behind a path prefix, too.
    _, _, last = opened.words.path.rpartition("/")
    location = f"{last}/{progress.refresh}"
    return _json(refresh_answer(progress, opened.words), status=202, Location=location)


async def get_current_refresh(opened: CurrentRefreshes) -> Response:
    """Retorna a coleta que começou por último, em qualquer processo do serviço."""
    return _json(refresh_answer(await opened.refreshes.newest(), opened.words))


async def follow_current_refresh(opened: Room, last_event_id: LastEventId = "") -> Response:
    """Transmite a coleta em andamento (ou a última) desde o início, e depois as seguintes.

    O Swagger UI só mostra uma resposta quando ela termina, e esta não termina. Para acompanhar:
    `curl -N http://localhost:8001{path}/current/events`
    """
    refresh, number = _event_id(last_event_id)
    return EventStream(_told(opened.followers.follow_newest(refresh=refresh, after=number)))


async def get_refresh(refresh_id: RefreshId, opened: CurrentRefreshes) -> Response:
    """Retorna uma das últimas coletas."""
    return _json(refresh_answer(await opened.refreshes.of(refresh_id), opened.words))


async def _known(refresh_id: RefreshId, opened: CurrentRefreshes) -> str:
    # Before the stream begins: after that it is too late for a 404.
    return (await opened.refreshes.of(refresh_id)).refresh


async def follow_refresh(
    refresh_id: Annotated[str, Depends(_known)], opened: Room, last_event_id: LastEventId = ""
) -> Response:
    """Transmite uma coleta desde o início, até o fim dela.

    O Swagger UI só mostra a resposta quando ela termina. Para acompanhar:
    `curl -N http://localhost:8001{path}/{refresh_id}/events`
    """
    refresh, number = _event_id(last_event_id)
    after = number if refresh == refresh_id else -1
    return EventStream(_told(opened.followers.follow(refresh_id, after=after)))


async def _told(events: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    # What has begun cannot become an error; it ends, and browsers come again by themselves.
    with suppress(RefreshJournalError):
        async with aclosing(events):
            async for each in events:
                yield each


def _event_id(value: str) -> tuple[str | None, int]:
    """The refresh and number of an event's id; of anything else, none and -1."""
    match = _EVENT_ID.fullmatch(value)
    return (match[1], int(match[2])) if match else (None, -1)


def _json(content: dict[str, Any], *, status: int = 200, **headers: str) -> Response:
    headers = {"Cache-Control": "no-store", **headers}
    return JSONResponse(content, status_code=status, headers=headers)
