"""Errors as RFC 9457 problem details, in Portuguese, and nothing of our insides in them."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from src.application.freshness import NoSnapshotError

log = logging.getLogger(__name__)

PROBLEM_TYPE = "application/problem+json"

_TITLES = {
    400: "Requisição inválida",
    404: "Não encontrado",
    405: "Método não permitido",
    406: "Formato não disponível",
    422: "Parâmetro inválido",
    500: "Erro interno",
    503: "Dados indisponíveis",
}
_DETAILS = {
    400: "A requisição não pôde ser entendida.",
    404: "Não há nada neste endereço; veja os recursos em /docs.",
    405: "Este recurso não aceita o método pedido; o cabeçalho Allow diz quais aceita.",
    406: "Nenhuma das codificações aceitas existe aqui: há br, zstd, gzip e identity.",
    500: "A falha foi registrada; ao relatá-la, informe o id.",
}


class Problem(BaseModel):
    """Um erro, como descrito na RFC 9457."""

    type: str = Field(description="Identifica o tipo de problema", examples=["about:blank"])
    title: str = Field(description="O problema em poucas palavras")
    status: int = Field(description="O status HTTP desta resposta")
    detail: str = Field(description="O que houve, e o que fazer")
    instance: str = Field(description="O endereço pedido", examples=["/api/v1/states"])
    id: str | None = Field(
        default=None, description="Só em erros 5xx: identifica a ocorrência nos registros"
    )


# The descriptions of a 406 and a 503, for the API's documentation.
NOT_ACCEPTABLE_RESPONSE: dict[str, Any] = {
    "description": "Nenhuma codificação aceita está disponível",
    "content": {PROBLEM_TYPE: {"schema": Problem.model_json_schema()}},
}
NO_DATA_RESPONSE: dict[str, Any] = {
    "description": "Ainda não há dados; tente de novo depois de `Retry-After` segundos",
    "headers": {
        "Retry-After": {"description": "Segundos a esperar", "schema": {"type": "integer"}},
    },
    "content": {PROBLEM_TYPE: {"schema": Problem.model_json_schema()}},
}


def add_problem_handlers(app: FastAPI) -> None:
    """Makes every error of `app` an answer of type application/problem+json."""
    app.add_exception_handler(NoSnapshotError, _no_snapshot)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _bad_parameter)
    app.add_exception_handler(Exception, _internal_error)


async def _no_snapshot(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, NoSnapshotError)
    occurrence = uuid4().hex
    log.warning("503 em %s: %s (id %s)", request.url.path, exc, occurrence)
    detail = f"Ainda não há dados coletados; tente de novo em {exc.retry_after_s} s."
    headers = {"Retry-After": str(exc.retry_after_s)}
    return _problem(request, 503, detail, headers=headers, id=occurrence)


async def _http_error(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, HTTPException)
    detail = _DETAILS.get(exc.status_code, "A requisição não pôde ser atendida.")
    headers = dict(exc.headers or {})
    if headers.get("Allow") == "GET":
        headers["Allow"] = "GET, HEAD"  # see HeadAsGet
    return _problem(request, exc.status_code, detail, headers=headers)


async def _bad_parameter(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, RequestValidationError)
    names = ", ".join(str(error["loc"][-1]) for error in exc.errors())
    return _problem(request, 422, f"Valor não aceito em: {names}.")


async def _internal_error(request: Request, exc: Exception) -> Response:
    # The traceback is logged by the server, to which Starlette raises the error again.
    occurrence = uuid4().hex
    log.error("500 em %s: %s (id %s)", request.url.path, type(exc).__name__, occurrence)
    return _problem(request, 500, _DETAILS[500], id=occurrence)


def _problem(
    request: Request,
    status: int,
    detail: str,
    *,
    headers: dict[str, str] | None = None,
    **more: str,
) -> Response:
    problem = {
        "type": "about:blank",
        "title": _TITLES.get(status) or HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": request.url.path,
        **more,
    }
    return Response(
        msgspec.json.encode(problem),
        status_code=status,
        headers={"Cache-Control": "no-store", **(headers or {})},
        media_type=PROBLEM_TYPE,
    )
