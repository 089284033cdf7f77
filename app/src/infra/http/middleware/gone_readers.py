"""Streams that nobody reads any more."""

from anyio import BrokenResourceError
from starlette.types import ASGIApp, Receive, Scope, Send


class GoneReaders:
    """Lets `app` end in silence if nobody is left to take what it streams.

    FastAPI's streams of events raise it if the client leaves while an event waits to be sent; each
    slow reader would log an error with its traceback.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request, as ASGI has it."""
        try:
            await self._app(scope, receive, send)
        except* BrokenResourceError:
            pass
