"""`/api/v1/states`: the whole territory in one answer, and each state of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Mapping
from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from starlette.datastructures import Headers

from src.application.refreshing.freshness import Freshness
from src.domain.localities.territory import State
from src.infra.controllers.dependencies import CurrentFreshness, CurrentStatesSoFar
from src.infra.controllers.descriptions import data_responses
from src.infra.controllers.localities import schemas
from src.infra.controllers.localities.errors import LOOK_UP, NOT_ACCEPTABLE
from src.infra.controllers.localities.parameters import Uf
from src.infra.controllers.localities.schemas import CSV_EXAMPLE, NDJSON_EXAMPLE, STATE_EXAMPLE
from src.infra.editions.edition import Edition, tree_format
from src.infra.editions.tree_formats import as_ndjson
from src.infra.http.media_types import CSV, NDJSON

PATH = "/api/v1/states"

router = APIRouter(tags=["Localidades"])


@router.get(
    PATH,
    operation_id="listStates",
    summary="Todos os estados, com cidades e distritos",
    response_model=list[schemas.State],
    responses=data_responses(
        "Os estados em ordem de código",
        [STATE_EXAMPLE],
        NOT_ACCEPTABLE,
        content={
            NDJSON: {"schema": {"type": "string"}, "example": NDJSON_EXAMPLE},
            CSV: {"schema": {"type": "string"}, "example": CSV_EXAMPLE},
        },
        headers=("Content-Disposition",),
    ),
)
async def list_states(
    request: Request, freshness: CurrentFreshness, so_far: CurrentStatesSoFar
) -> Response:
    """Retorna a árvore inteira: os 27 estados, suas cidades e os distritos de cada uma.

    Conforme `Accept`, em JSON, em NDJSON (um estado por linha) ou em CSV (um distrito por linha).
    Durante a primeira coleta, o NDJSON traz cada estado assim que fica pronto; essa resposta vem
    sem `ETag`, `Last-Modified` e `X-Snapshot-*`, e não fica em cache.
    """
    if freshness.waits_for_the_first and tree_format(request.headers) == NDJSON:
        states = so_far.follow()
        first = await _unless_there_is_an_edition(anext(states, None), freshness)
        if first is not None:
            return StreamingResponse(
                _lines(first, states, freshness),
                media_type=NDJSON,
                headers={"Cache-Control": "no-store", "Vary": "Accept, Accept-Encoding"},
            )
    edition = await freshness.edition()
    return await edition.tree(request.headers)


async def _unless_there_is_an_edition(
    first_state: Awaitable[State | None], freshness: Freshness[Edition]
) -> State | None:
    """The first state of the collection; None where the wait for it is over before it is there."""
    state = asyncio.ensure_future(first_state)
    edition = asyncio.ensure_future(freshness.edition())
    try:
        await asyncio.wait({state, edition}, return_when=asyncio.FIRST_COMPLETED)
        return state.result() if state.done() else None
    finally:
        state.cancel()
        edition.cancel()
        await asyncio.gather(state, edition, return_exceptions=True)


async def _lines(
    first: State, others: AsyncIterator[State], freshness: Freshness[Edition]
) -> AsyncIterator[bytes]:
    """A line for each state as it is ready, and then for those that could not be read whole."""
    sent = {first.id}
    yield as_ndjson([first])
    async for state in others:
        sent.add(state.id)
        yield as_ndjson([state])
    edition = await freshness.edition()
    yield as_ndjson([state for state in edition.states if state.id not in sent])


def states_at_hand(opened: Mapping[str, Any], request: Headers) -> Response | None:
    """What `list_states` would answer without waiting; None where it waits, or refuses.

    `opened` is what the lifespan gives (LifespanState).
    """
    freshness: Freshness[Edition] = opened["freshness"]
    edition = freshness.at_hand()
    return edition.tree_at_hand(request) if edition is not None else None


@router.get(
    PATH + "/{uf}",
    operation_id="getState",
    summary="Um estado, com cidades e distritos",
    response_model=schemas.State,
    responses=data_responses(
        "O estado",
        STATE_EXAMPLE,
        *LOOK_UP,
    ),
)
async def get_state(uf: Uf, request: Request, freshness: CurrentFreshness) -> Response:
    """Retorna um estado como ele está na árvore inteira."""
    edition = await freshness.edition()
    state = (await edition.places()).state(uf)
    return await edition.kept(
        request.headers, ("state", state.id), lambda: msgspec.json.encode(state)
    )


@router.get(
    PATH + "/{uf}/cities",
    operation_id="listCitiesOfState",
    summary="As cidades de um estado, com seus distritos",
    response_model=list[schemas.City],
    responses=data_responses(
        "As cidades em ordem de código",
        STATE_EXAMPLE["cidades"],
        *LOOK_UP,
    ),
)
async def list_cities_of_state(uf: Uf, request: Request, freshness: CurrentFreshness) -> Response:
    """Retorna as cidades de um estado como elas estão na árvore inteira."""
    edition = await freshness.edition()
    state = (await edition.places()).state(uf)
    return await edition.kept(
        request.headers, ("cities", state.id), lambda: msgspec.json.encode(state.cidades)
    )
