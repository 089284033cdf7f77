"""`/api/v1/states`: the whole territory in one answer, and each state of it."""

from collections.abc import Sequence

import msgspec
from fastapi import APIRouter, Request, Response

from src.domain.localities.territory import City, State
from src.infra.controllers.documented_responses import data_responses
from src.infra.controllers.localities import schemas
from src.infra.controllers.localities.dependencies import CurrentLocalities
from src.infra.controllers.localities.errors import LOOK_UP, NOT_ACCEPTABLE
from src.infra.controllers.localities.parameters import Uf
from src.infra.controllers.tree_controller import answer_tree
from src.infra.editions.localities import shapes
from src.infra.editions.localities.shapes import shaped
from src.infra.editions.localities.tree_formats import TERRITORY
from src.infra.editions.presentation import Format, Formats
from src.infra.http.media_types import CSV, JSON, NDJSON

PATH = "/api/v1/states"

router = APIRouter(tags=["Localidades"])

_STATE: Formats[State] = {
    JSON: Format(lambda state: msgspec.json.encode(shaped(state, shapes.State)))
}
_CITIES: Formats[Sequence[City]] = {
    JSON: Format(lambda cities: msgspec.json.encode(shaped(cities, tuple[shapes.City, ...])))
}


@router.get(
    PATH,
    operation_id="listStates",
    summary="Todos os estados, com cidades e distritos",
    response_model=list[schemas.State],
    responses=data_responses(
        "Os estados em ordem de código",
        [schemas.STATE_EXAMPLE],
        NOT_ACCEPTABLE,
        at="/api/v1/states",
        content={
            NDJSON: {"schema": {"type": "string"}, "example": schemas.NDJSON_EXAMPLE},
            CSV: {"schema": {"type": "string"}, "example": schemas.CSV_EXAMPLE},
        },
        headers=("Content-Disposition",),
    ),
)
async def list_states(request: Request, opened: CurrentLocalities) -> Response:
    """Retorna a árvore inteira: os 27 estados, suas cidades e os distritos de cada uma.

    Conforme `Accept`, em JSON, em NDJSON (um estado por linha) ou em CSV (um distrito por linha).
    Durante a primeira coleta, o NDJSON traz cada estado assim que fica pronto; essa resposta vem
    sem `ETag`, `Last-Modified` e `X-Snapshot-*`, e não fica em cache.
    """
    return await answer_tree(request.headers, opened, TERRITORY.formats)


@router.get(
    PATH + "/{uf}",
    operation_id="getState",
    summary="Um estado, com cidades e distritos",
    response_model=schemas.State,
    responses=data_responses("O estado", schemas.STATE_EXAMPLE, *LOOK_UP, at="/api/v1/states/DF"),
)
async def get_state(uf: Uf, request: Request, opened: CurrentLocalities) -> Response:
    """Retorna um estado como ele está na árvore inteira."""
    edition = await opened.freshness.edition()
    state = (await edition.look_up()).state(uf)
    return await edition.kept(request.headers, state.id, _STATE, state)


@router.get(
    PATH + "/{uf}/cities",
    operation_id="listCitiesOfState",
    summary="As cidades de um estado, com seus distritos",
    response_model=list[schemas.City],
    responses=data_responses(
        "As cidades em ordem de código",
        schemas.STATE_EXAMPLE["cidades"],
        *LOOK_UP,
        at="/api/v1/states/DF/cities",
    ),
)
async def list_cities_of_state(uf: Uf, request: Request, opened: CurrentLocalities) -> Response:
    """Retorna as cidades de um estado como elas estão na árvore inteira."""
    edition = await opened.freshness.edition()
    state = (await edition.look_up()).state(uf)
    return await edition.kept(request.headers, state.id, _CITIES, state.cidades)
