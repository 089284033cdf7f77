"""Errors as RFC 9457 problem details, in Portuguese, and nothing of our insides in them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from pydantic.json_schema import SkipJsonSchema
from starlette.exceptions import HTTPException
from starlette.routing import Match

from src.application.localities.place_lookup import UnknownPlaceError
from src.application.ports.refresh_journal import RefreshJournalError
from src.application.refreshing.ask_for_refresh import (
    NotBegunError,
    ServiceEndsError,
    TooSoonError,
)
from src.application.refreshing.freshness import NoSnapshotError
from src.application.telling.refreshes import TooManyFollowersError, UnknownRefreshError
from src.domain.localities.territory import State
from src.infra.controllers.parameters import ALLOWED
from src.infra.controllers.refresh_right import NotAuthenticatedError, NotPermittedError
from src.infra.editions.edition import NotAcceptableError
from src.infra.http.security_headers import SECURITY_HEADERS
from src.infra.http.url_length import LONGEST_URL, UrlTooLongError, is_too_long

log = logging.getLogger(__name__)

# When to ask again for what is there again soon, in seconds.
RETRY_SOON_S = 5

PROBLEM_TYPE = "application/problem+json"

# Which status stands for which error. FastAPI's own, HTTPException, has its status itself.
STATUSES: dict[type[Exception], int] = {
    NotAuthenticatedError: 401,
    NotPermittedError: 403,
    UnknownPlaceError: 404,
    UnknownRefreshError: 404,
    NotAcceptableError: 406,
    UrlTooLongError: 414,
    RequestValidationError: 422,
    TooSoonError: 429,
    NoSnapshotError: 503,
    NotBegunError: 503,
    RefreshJournalError: 503,
    ServiceEndsError: 503,
    TooManyFollowersError: 503,
    Exception: 500,
}

_TITLES = {
    400: "Requisição inválida",
    401: "Não autenticado",
    403: "Não permitido",
    404: "Não encontrado",
    405: "Método não permitido",
    406: "Formato não disponível",
    414: "Endereço longo demais",
    422: "Parâmetro inválido",
    429: "Aguarde para pedir de novo",
    500: "Erro interno",
    503: "Dados indisponíveis",
}
_DETAILS = {
    400: "A requisição não pôde ser entendida.",
    404: "Não há nada neste endereço; veja os recursos em /docs.",
    405: "Este recurso não aceita o método usado; os aceitos estão no cabeçalho Allow.",
    406: (
        "Nenhum dos formatos aceitos está disponível. Há application/json (em /api/v1/states, "
        "também application/x-ndjson e text/csv), nas codificações br, zstd, gzip e identity."
    ),
    414: f"O endereço pode ter no máximo {LONGEST_URL} caracteres.",
    500: "O erro foi registrado; ao relatá-lo, informe o id.",
}


class Problem(BaseModel):
    """Um erro, no formato da RFC 9457."""

    type: str = Field(description="Identifica o tipo de problema", examples=["about:blank"])
    title: str = Field(description="O problema em poucas palavras")
    status: int = Field(description="O status HTTP desta resposta")
    detail: str = Field(description="O que aconteceu e o que fazer")
    instance: str = Field(description="O endereço da requisição", examples=["/api/v1/states"])
    id: str | SkipJsonSchema[None] = Field(
        default=None, description="Só em erros 5xx: identifica a ocorrência no log do serviço"
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
        case NoSnapshotError() | TooSoonError():
            status, headers = _status(exc), {"Retry-After": str(exc.retry_after_s)}
        case NotBegunError() | RefreshJournalError() | ServiceEndsError() | TooManyFollowersError():
            status, headers = _status(exc), {"Retry-After": str(RETRY_SOON_S)}
        case NotAuthenticatedError():
            # RFC 6750, section 3: what is wrong is named only where there was a token.
            challenge = 'Bearer realm="coletas"'
            if exc.has_token:
                challenge += ', error="invalid_token"'
            status, headers = _status(exc), {"WWW-Authenticate": challenge}
        case _:
            status, headers = _status(exc), {}
    if "Allow" in headers:
        headers["Allow"] = ", ".join(_methods(request))
    more = {}
    if status >= 500:
        more["id"] = uuid4().hex
        # The traceback of a fault is logged by the server, to which Starlette raises it again.
        level = logging.ERROR if status == 500 else logging.WARNING
        log.log(level, "%d em %s: %s (id %s)", status, _instance(request), _named(exc), more["id"])
    return _problem(request, status, detail_of(exc, status), headers=headers, **more)


def _methods(request: Request) -> list[str]:
    """What this address takes: the route that was found knows its own method only."""
    scope = request.scope
    taken = [
        method
        for method in ("GET", "POST")
        for route in request.app.routes
        if route.matches({**scope, "method": method})[0] is Match.FULL
    ]
    return ["GET", "HEAD", *taken[1:]] if "GET" in taken else taken  # see HeadAsGet


def _status(exc: Exception) -> int:
    return next(STATUSES[kind] for kind in type(exc).__mro__ if kind in STATUSES)


def _named(exc: Exception) -> str:
    is_told = isinstance(exc, NoSnapshotError | RefreshJournalError)
    return str(exc) if is_told else type(exc).__name__


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
    return f"O parâmetro {name} tem um valor inválido; use {allowed}."


def _no_right(exc: NotAuthenticatedError) -> str:
    if exc.has_token:
        return "O token não é o deste serviço; confira o valor de REFRESH_TOKEN."
    return (
        "Para pedir uma coleta, envie Authorization: Bearer com o token do serviço (REFRESH_TOKEN)."
    )


# What has happened and what to do next, where that depends on the error and not on its status.
_DETAIL_OF: dict[type[Exception], Callable[[Any], str]] = {
    NotAuthenticatedError: _no_right,
    NotPermittedError: str,
    UnknownPlaceError: _unknown,
    UnknownRefreshError: lambda _: (
        "Não há essa coleta: nenhuma começou ainda, ou ela já foi descartada; as últimas estão em "
        "/api/v1/refreshes."
    ),
    RequestValidationError: lambda exc: " ".join(
        dict.fromkeys(_refused(error) for error in exc.errors())
    ),
    TooSoonError: lambda exc: (
        "Outra coleta foi pedida há pouco tempo, ou o IBGE pediu uma pausa; tente de novo em "
        f"{exc.retry_after_s} s."
    ),
    NoSnapshotError: lambda exc: f"Ainda não há dados; tente de novo em {exc.retry_after_s} s.",
    RefreshJournalError: lambda _: (
        f"Não foi possível ler o andamento; tente de novo em {RETRY_SOON_S} s."
    ),
    NotBegunError: lambda _: (
        "A coleta foi pedida, mas ainda não há notícia dela; consulte /api/v1/refreshes/current em "
        "instantes."
    ),
    TooManyFollowersError: lambda _: (
        "Há clientes demais acompanhando as coletas; tente de novo em instantes ou consulte "
        "/api/v1/refreshes/current."
    ),
    ServiceEndsError: lambda _: (
        f"O serviço está sendo encerrado; tente de novo em {RETRY_SOON_S} s."
    ),
}


def detail_of(exc: Exception, status: int) -> str:
    """What has happened and what to do next, for the client."""
    write = _DETAIL_OF.get(type(exc))
    if write is not None:
        return write(exc)
    return _DETAILS.get(status, "A requisição não pôde ser atendida.")


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
