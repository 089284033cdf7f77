"""`/api/v1/states`: the whole territory in one answer, and each state of it."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response

from src.domain.localities.regions import region_of
from src.domain.localities.territory import City
from src.infra.controllers.documented_responses import data_responses, examples
from src.infra.controllers.localities import schemas
from src.infra.controllers.localities.dependencies import CurrentLocalities
from src.infra.controllers.localities.errors import INVALID_DEPTH, LOOK_UP, NOT_ACCEPTABLE
from src.infra.controllers.localities.parameters import (
    CsvSeparator,
    LowestLevel,
    OnlyRegion,
    Uf,
)
from src.infra.controllers.tree_controller import answer_tree, tree_at_hand
from src.infra.editions.localities import shapes
from src.infra.editions.localities.shapes import Depth, shaped
from src.infra.editions.localities.tree_formats import STATE, TERRITORY, TREE, Separator
from src.infra.editions.presentation import Format, Formats
from src.infra.http.media_types import CSV, JSON, NDJSON_NAMES

PATH = "/api/v1/states"

AT_HAND = {
    PATH: tree_at_hand("localities", TERRITORY.formats),
    **{
        f"{PATH}?depth={depth}": tree_at_hand("localities", TREE[depth][Separator.COMMA])
        for depth in Depth
    },
}

router = APIRouter(tags=["Localidades"])


def _lines(states: Mapping[str, Any]) -> dict[str, Any]:
    """The formats besides JSON, by media type, for the documentation; with one state in each."""
    in_ndjson = {name: msgspec.json.encode(each).decode() + "\n" for name, each in states.items()}
    shown = {**dict.fromkeys(NDJSON_NAMES, in_ndjson), CSV: schemas.CSV_EXAMPLES}
    return {
        media_type: {"schema": {"type": "string"}, "examples": examples(texts)}
        for media_type, texts in shown.items()
    }


_CITIES: Formats[Sequence[City]] = {
    JSON: Format(lambda cities: msgspec.json.encode(shaped(cities, tuple[shapes.City, ...])))
}


@router.get(
    PATH,
    operation_id="listStates",
    summary="Todos os estados, com cidades e distritos",
    response_model=list[schemas.State] | list[schemas.StateWithCities] | list[schemas.StateAlone],
    responses=data_responses(
        "Os estados em ordem de código",
        examples({name: [state] for name, state in schemas.IN_TREE_EXAMPLES.items()}),
        *(NOT_ACCEPTABLE, INVALID_DEPTH),
        at=PATH,
        content=_lines(schemas.IN_TREE_EXAMPLES),
        headers=("Content-Disposition",),
    ),
)
async def list_states(
    request: Request,
    opened: CurrentLocalities,
    depth: LowestLevel = Depth.DISTRICTS,
    separator: CsvSeparator = Separator.COMMA,
    regiao: OnlyRegion = None,
) -> Response:
    """Retorna a árvore inteira: os 27 estados, suas cidades e os distritos de cada uma.

    Com `depth`, a árvore termina antes: `cities` a deixa sem os distritos, e `states` também sem as
    cidades. Conforme `Accept`, vem em JSON, em NDJSON (um estado por linha) ou em CSV (uma linha
    por lugar do último nível). Durante a primeira coleta, o NDJSON traz cada estado assim que fica
    pronto; essa resposta vem sem `ETag`, `Last-Modified` e `X-Snapshot-*`, e não fica em cache.
    Com `regiao`, vêm só os estados dela, em qualquer formato e nível, mas não antes do fim da
    primeira coleta.
    """
    formats = TREE[depth][separator]
    if regiao is None:
        return await answer_tree(request.headers, opened, formats)
    edition = await opened.freshness.edition()
    region = region_of(regiao)
    states = [state for state in edition.snapshot.states if state.region_id == region.id]
    return await edition.kept(request.headers, region.id, formats, states)


@router.get(
    PATH + "/{uf}",
    operation_id="getState",
    summary="Um estado, com cidades e distritos",
    response_model=schemas.State | schemas.OneStateWithCities | schemas.OneStateAlone,
    responses=data_responses(
        "O estado",
        examples(schemas.ONE_STATE_EXAMPLES),
        *LOOK_UP,
        at="/api/v1/states/DF",
        content=_lines(schemas.ONE_STATE_EXAMPLES),
        headers=("Content-Disposition",),
    ),
)
async def get_state(
    uf: Uf,
    request: Request,
    opened: CurrentLocalities,
    depth: LowestLevel = Depth.DISTRICTS,
    separator: CsvSeparator = Separator.COMMA,
) -> Response:
    """Retorna um estado como ele está na árvore inteira, com as mesmas opções.

    Se a árvore termina antes dos distritos, a capital vem junto.
    """
    edition = await opened.freshness.edition()
    state = (await edition.look_up()).state(uf)
    return await edition.kept(request.headers, state.id, STATE[depth][separator], state)


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
