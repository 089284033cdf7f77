"""HEAD wherever there is GET (RFC 9110, section 9.3.2)."""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class HeadAsGet:
    """Lets `app` answer a HEAD request as it would a GET, and sends the headers alone.

    One place instead of a second route for each resource, which would have to be kept out of
    the API's description.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request, as ASGI has it."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        has_begun = asyncio.Event()

        async def send_without_body(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send(message)
                await send({"type": "http.response.body"})
                has_begun.set()

        async def receive_until_begun() -> Message:
            # A stream without end is to end all the same: the client is gone, as it were.
            await has_begun.wait()
            return {"type": "http.disconnect"}

        get = {**scope, "method": "GET"}
        try:
            await self._app(get, receive_until_begun, send_without_body)
        finally:
            scope["route"] = get.get("route")
