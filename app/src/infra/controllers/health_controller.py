"""`/health/*`: what a supervisor asks before it restarts the service or sends it requests."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from src.infra.controllers.dependencies import CurrentFreshness
from src.infra.controllers.descriptions import NO_DATA_RESPONSE, health_responses

router = APIRouter(prefix="/health", tags=["Monitoramento"])

_NO_STORE = {"Cache-Control": "no-store"}


class Health(BaseModel):
    """O estado do serviço."""

    status: Literal["ok"] = Field(description="Está em condições de atender")


@router.get(
    "/live",
    operation_id="checkLive",
    summary="Se o processo atende",
    response_model=Health,
    responses=health_responses("O processo atende"),
)
async def live() -> JSONResponse:
    """Responde 200 enquanto o processo atende, tenha dados ou não."""
    return JSONResponse({"status": "ok"}, headers=_NO_STORE)


@router.get(
    "/ready",
    operation_id="checkReady",
    summary="Se já há dados para responder",
    response_model=Health,
    responses={**health_responses("Há dados"), 503: NO_DATA_RESPONSE},
)
async def ready(freshness: CurrentFreshness) -> JSONResponse:
    """Responde 200 assim que houver dados, ao vivo ou os que acompanham o código."""
    freshness.at_once()
    return JSONResponse({"status": "ok"}, headers=_NO_STORE)
