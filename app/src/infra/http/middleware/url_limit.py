"""Addresses of absurd length are refused."""

from collections.abc import Awaitable, Callable

from fastapi import Request, Response
from starlette.types import ASGIApp, Receive, Scope, Send

# The longest that means something here has a fifth of it.
LONGEST_URL = 2_000


class UrlTooLongError(Exception):
    """The path and the query together are longer than LONGEST_URL."""


class UrlLimit:
    """Keeps requests with longer addresses from `app` (RFC 9110, section 15.5.15).

    `refused` answers them; it is called with UrlTooLongError.
    """

    def __init__(
        self, app: ASGIApp, refused: Callable[[Request, Exception], Awaitable[Response]]
    ) -> None:
        self._app = app
        self._refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request, as ASGI has it."""
        answer: ASGIApp = self._app
        if scope["type"] == "http":
            path = scope.get("raw_path") or scope["path"]
            if len(path) + len(scope["query_string"]) > LONGEST_URL:
                answer = await self._refused(Request(scope), UrlTooLongError())
        await answer(scope, receive, send)
