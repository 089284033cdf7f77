"""`/health/*`: what a supervisor asks before it restarts the service or sends it requests."""

from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from src.infra.controllers.documented_responses import responses
from src.infra.controllers.errors import NO_SNAPSHOT

router = APIRouter(prefix="/health", tags=["Monitoramento"])

_NO_STORE = {"Cache-Control": "no-store"}
_OK = {"application/json": {"example": {"status": "ok"}}}


class Health(BaseModel):
    """A situação do serviço."""

    status: Literal["ok"] = Field(description="O serviço pode atender")


@router.get(
    "/live",
    operation_id="checkLive",
    summary="Verifica se o processo atende",
    response_model=Health,
    responses=responses("O processo atende", _OK, at="/health/ready"),
)
async def live() -> JSONResponse:
    """Retorna 200 enquanto o processo atende, com ou sem dados."""
    return JSONResponse({"status": "ok"}, headers=_NO_STORE)


@router.get(
    "/ready",
    operation_id="checkReady",
    summary="Verifica se já há dados",
    response_model=Health,
    responses=responses("Há dados", _OK, NO_SNAPSHOT, at="/health/ready"),
)
async def ready(request: Request) -> JSONResponse:
    """Retorna 200 assim que há dados, sejam coletados ou os que acompanham o código."""
    for require_data in request.state.ready:
        require_data()
    return JSONResponse({"status": "ok"}, headers=_NO_STORE)
