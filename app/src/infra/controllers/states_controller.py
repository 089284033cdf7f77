"""`/api/v1/states`: the whole territory in one answer."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response
from starlette.datastructures import Headers

from src.application.freshness import Freshness
from src.infra.controllers.dependencies import CurrentFreshness
from src.infra.controllers.edition import Edition
from src.infra.controllers.problems import NO_DATA_RESPONSE, NOT_ACCEPTABLE_RESPONSE
from src.infra.controllers.schemas import STATES_EXAMPLE, State

PATH = "/api/v1/states"

router = APIRouter(tags=["Localidades"])

_HEADERS = {
    "ETag": "Muda só quando o conteúdo muda; igual em todas as instâncias, outra por codificação",
    "Content-Encoding": "`br`, `zstd` ou `gzip`, conforme `Accept-Encoding`",
    "Vary": "De que cabeçalhos da requisição a resposta depende",
    "Last-Modified": "Quando os dados foram coletados",
    "Cache-Control": "Por quanto tempo a resposta pode ser guardada",
    "X-Snapshot-Source": "`live`: coletado do IBGE; `bundled`: dados que acompanham o código",
    "X-Snapshot-Missing": "Quantos estados e cidades estão com algo por conhecer",
    "X-Snapshot-Filled": "Quantos estados e cidades vêm de uma coleta anterior",
}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Os estados em ordem de código",
        "headers": {
            name: {"description": what, "schema": {"type": "string"}}
            for name, what in _HEADERS.items()
        },
        "content": {"application/json": {"example": STATES_EXAMPLE}},
    },
    304: {"description": "A cópia do cliente ainda vale"},
    406: NOT_ACCEPTABLE_RESPONSE,
    503: NO_DATA_RESPONSE,
}


@router.get(
    PATH,
    operation_id="listStates",
    summary="Todos os estados, com cidades e distritos",
    response_model=list[State],
    responses=_RESPONSES,
)
async def list_states(request: Request, freshness: CurrentFreshness) -> Response:
    """Responde a árvore inteira: 27 estados, suas cidades e os distritos de cada uma."""
    edition = await freshness.edition()
    answer = edition.answer(request.headers)
    if answer is None:
        raise HTTPException(406)
    return answer


def states_at_hand(freshness: Freshness[Edition], request: Headers) -> Response | None:
    """What `list_states` would answer without waiting; None where it waits, or refuses."""
    edition = freshness.at_hand()
    return edition.answer(request) if edition is not None else None
