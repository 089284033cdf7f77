"""Errors as RFC 9457 problem details, in Portuguese, and nothing of our insides in them."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from pydantic.json_schema import SkipJsonSchema
from starlette.exceptions import HTTPException

from src.application.freshness import NoSnapshotError
from src.application.places import UnknownPlaceError
from src.domain.territory import State
from src.infra.controllers.edition import NotAcceptableError
from src.infra.controllers.parameters import ALLOWED
from src.infra.controllers.security_headers import SECURITY_HEADERS
from src.infra.controllers.url_length import LONGEST_URL, UrlTooLongError, is_too_long

log = logging.getLogger(__name__)

PROBLEM_TYPE = "application/problem+json"

# Which status stands for which error. FastAPI's own, HTTPException, has its status itself.
STATUSES: dict[type[Exception], int] = {
    UnknownPlaceError: 404,
    NotAcceptableError: 406,
    UrlTooLongError: 414,
    RequestValidationError: 422,
    NoSnapshotError: 503,
    Exception: 500,
}

_TITLES = {
    400: "Requisição inválida",
    404: "Não encontrado",
    405: "Método não permitido",
    406: "Formato não disponível",
    414: "Endereço longo demais",
    422: "Parâmetro inválido",
    500: "Erro interno",
    503: "Dados indisponíveis",
}
_DETAILS = {
    400: "A requisição não pôde ser entendida.",
    404: "Não há nada neste endereço; veja os recursos em /docs.",
    405: "Este recurso não aceita o método pedido; o cabeçalho Allow diz quais aceita.",
    406: (
        "Nada do que é aceito existe aqui. Há application/json (em /api/v1/states também "
        "application/x-ndjson e text/csv), nas codificações br, zstd, gzip e identity."
    ),
    414: f"O endereço pode ter até {LONGEST_URL} caracteres.",
    500: "A falha foi registrada; ao relatá-la, informe o id.",
}


class Problem(BaseModel):
    """Um erro, como descrito na RFC 9457."""

    type: str = Field(description="Identifica o tipo de problema", examples=["about:blank"])
    title: str = Field(description="O problema em poucas palavras")
    status: int = Field(description="O status HTTP desta resposta")
    detail: str = Field(description="O que houve, e o que fazer")
    instance: str = Field(description="O endereço pedido", examples=["/api/v1/states"])
    id: str | SkipJsonSchema[None] = Field(
        default=None, description="Só em erros 5xx: identifica a ocorrência nos registros"
    )


def add_problem_handlers(app: FastAPI) -> None:
    """Makes every error of `app` an answer of type application/problem+json."""
    for error in STATUSES:
        app.add_exception_handler(error, _problem_of)
    app.add_exception_handler(HTTPException, _problem_of)


async def _problem_of(request: Request, exc: Exception) -> Response:
    if is_too_long(request.scope):
        exc = UrlTooLongError()  # where it has no route, nothing else refuses it
    match exc:
        case HTTPException():
            status, headers = exc.status_code, dict(exc.headers or {})
        case NoSnapshotError():
            status, headers = _status(exc), {"Retry-After": str(exc.retry_after_s)}
        case _:
            status, headers = _status(exc), {}
    if headers.get("Allow") == "GET":
        headers["Allow"] = "GET, HEAD"  # see HeadAsGet
    more = {}
    if status >= 500:
        more["id"] = uuid4().hex
        # The traceback of a fault is logged by the server, to which Starlette raises it again.
        level = logging.ERROR if status == 500 else logging.WARNING
        log.log(level, "%d em %s: %s (id %s)", status, _instance(request), _named(exc), more["id"])
    return _problem(request, status, _detail(exc, status), headers=headers, **more)


def _status(exc: Exception) -> int:
    return next(STATUSES[kind] for kind in type(exc).__mro__ if kind in STATUSES)


def _named(exc: Exception) -> str:
    return str(exc) if isinstance(exc, NoSnapshotError) else type(exc).__name__


def _detail(exc: Exception, status: int) -> str:
    match exc:
        case UnknownPlaceError():
            return _unknown(exc)
        case RequestValidationError():
            return " ".join(dict.fromkeys(_refused(error) for error in exc.errors()))
        case NoSnapshotError():
            return f"Ainda não há dados coletados; tente de novo em {exc.retry_after_s} s."
    return _DETAILS.get(status, "A requisição não pôde ser atendida.")


# Where to look instead.
_LISTS = {
    "estado": "/api/v1/states",
    "cidade": "/api/v1/cities?q=",
    "distrito": "/api/v1/districts?q=",
}


def _unknown(exc: UnknownPlaceError) -> str:
    if not exc.similar:
        where = "as siglas estão em" if exc.kind == "estado" else "procure por nome em"
        return f"Não há {exc.kind} com o código {exc.code}; {where} {_LISTS[exc.kind]}."
    similar = ", ".join(
        f"{place.sigla if isinstance(place, State) else place.id} ({place.nome})"
        for place in exc.similar
    )
    return f"Não há {exc.kind} com o código {exc.code}. Códigos parecidos: {similar}."


def _refused(error: dict[str, Any]) -> str:
    _, name, *_ = error["loc"]  # where it was sent, and then its name
    allowed = ALLOWED.get(name, "outro valor").replace("`", "")
    return f"O parâmetro {name} não tem um valor aceito; use {allowed}."


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
        "title": _TITLES.get(status, "Erro"),
        "status": status,
        "detail": detail,
        "instance": _instance(request),
        **more,
    }
    return Response(
        msgspec.json.encode(problem),
        status_code=status,
        # A 500 is answered outside of SecurityHeaders.
        headers={"Cache-Control": "no-store", **SECURITY_HEADERS, **(headers or {})},
        media_type=PROBLEM_TYPE,
    )


def _instance(request: Request) -> str:
    # A URI reference (RFC 9457, section 3.1.5); request.url has the path without its escapes.
    return quote(request.scope["path"], safe="/:@!$&'()*+,;=")
