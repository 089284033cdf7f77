"""Tells of each request once it is answered."""

import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from src.infra.traces.current_trace import trace_id

# Hears of a request: its scope, the path of its route ("" if there is none), the status of its
# answer, and the seconds until its end.
Report = Callable[[Scope, str, int, float], object]

# As in nginx: the client has left before there was an answer.
CLIENT_LEFT = 499


class WatchedRequests:
    """Lets `app` answer, and tells of it."""

    def __init__(self, app: ASGIApp, report: Report) -> None:
        self._app = app
        self._report = report

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request, as ASGI has it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = CLIENT_LEFT
        began = time.perf_counter()

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                scope["trace_id"] = trace_id()  # which is over when the request is reported
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception:
            if status == CLIENT_LEFT:
                status = 500  # which the server sends by itself
            raise
        finally:
            route = getattr(scope.get("route"), "path_format", "")
            self._report(scope, route, status, time.perf_counter() - began)
