"""CORS around everything, which answers preflights by itself."""

from collections.abc import Sequence

from fastapi import Response
from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from src.infra.http.middleware.watched_requests import Report, WatchedRequests


class WatchedCORS(CORSMiddleware):
    """Lets pages of `origins` read all there is; `report` hears of each preflight."""

    def __init__(self, app: ASGIApp, *, origins: Sequence[str], report: Report) -> None:
        super().__init__(
            app,
            allow_origins=origins,
            allow_methods=["GET", "HEAD"],
            allow_headers=["If-None-Match", "If-Modified-Since"],
            expose_headers=["*"],
        )
        self._report = report

    def preflight_response(self, request_headers: Headers) -> Response:
        """The answer to a preflight with these headers."""
        return _Watched(super().preflight_response(request_headers), self._report)


class _Watched(Response):
    """Sends this response, and tells of it."""

    def __init__(self, response: Response, report: Report) -> None:
        self._watched = WatchedRequests(response, report)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._watched(scope, receive, send)
