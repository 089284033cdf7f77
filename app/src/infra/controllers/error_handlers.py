"""Answers errors as their rows say."""

import logging
from collections.abc import Iterable
from uuid import uuid4

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.routing import Match

from src.infra.controllers.errors import ErrorRow
from src.infra.http.episodes import Episodes
from src.infra.http.middleware.url_limit import UrlLimit
from src.infra.http.problem import instance_of, problem, problem_response

log = logging.getLogger(__name__)

# What FastAPI and Starlette raise themselves, by status.
_DETAILS = {
    400: "A requisição não pôde ser entendida.",
    404: "Não há nada neste endereço; veja os recursos em /docs.",
    405: "Este recurso não aceita o método usado; os aceitos estão no cabeçalho Allow.",
}


def add_error_handlers(app: FastAPI, rows: Iterable[ErrorRow]) -> None:
    """Makes every error of `app` a problem document; one without a row is an internal error."""
    by_error = {row.error: row for row in rows}
    episodes = Episodes()

    async def answered(request: Request, error: Exception) -> Response:
        if isinstance(error, HTTPException):
            return _raised_by_the_framework(request, error)
        row = next(by_error[kind] for kind in type(error).__mro__ if kind in by_error)
        instance, occurrence = instance_of(request.scope), None
        if row.status >= 500:
            occurrence = uuid4().hex
            # The traceback of a fault is logged by the server, to which Starlette raises it again.
            is_fault = row.status == 500
            # A client may cause thousands of the others in a second.
            if is_fault or episodes.begins(row.error.__name__):
                level = logging.ERROR if is_fault else logging.WARNING
                why = row.log_detail(error)
                log.log(level, "%d em %s: %s (id %s)", row.status, instance, why, occurrence)
        document = problem(row.status, row.detail(error), instance, occurrence)
        return problem_response(document, row.headers(error))

    for error in (*by_error, HTTPException):
        app.add_exception_handler(error, answered)
    app.add_middleware(UrlLimit, refused=answered)


def _raised_by_the_framework(request: Request, error: HTTPException) -> Response:
    headers = dict(error.headers or {})
    if "Allow" in headers:
        headers["Allow"] = ", ".join(_methods(request))
    detail = _DETAILS.get(error.status_code, "A requisição não pôde ser atendida.")
    return problem_response(problem(error.status_code, detail, instance_of(request.scope)), headers)


def _methods(request: Request) -> list[str]:
    """What this address takes: the route that was found knows its own method only."""
    scope = request.scope
    taken = [
        method
        for method in ("GET", "POST", "PUT", "DELETE")
        for route in request.app.routes
        if route.matches({**scope, "method": method})[0] is Match.FULL
    ]
    return ["GET", "HEAD", *taken[1:]] if "GET" in taken else taken  # see HeadAsGet
