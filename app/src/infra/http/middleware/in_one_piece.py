"""Head and body in one piece."""

import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from src.infra.http.ready_response import AT_ONCE, SendAtOnce

# What no header may hold (RFC 9110, section 5.5). The server refuses it, with a line in its log.
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")

# These say how the connection goes on, which is for the server to read.
_FOR_THE_SERVER = (b"connection", b"transfer-encoding")


class InOnePiece:
    """Keeps the head of a response with a known length until its body is there.

    Otherwise a process that is killed between the two leaves half a response, after which no proxy
    may ask another instance. Streams begin at once, as ever.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request, as ASGI has it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        held: Message | None = None

        async def send_together(message: Message) -> None:
            nonlocal held
            if message["type"] == "http.response.start" and _length(message) is not None:
                held = message
                return
            if held is not None:
                start, held = held, None
                if _is_sent_at_once(scope, send, start, message):
                    return
                await send(start)
            await send(message)

        await self._app(scope, receive, send_together)


def _length(start: Message) -> bytes | None:
    return dict(start["headers"]).get(b"content-length")


def _is_sent_at_once(scope: Scope, send: Send, start: Message, first: Message) -> bool:
    """Sends it whole, if it is, and if the server offers that; otherwise False."""
    at_once: SendAtOnce | None = scope.get("extensions", {}).get(AT_ONCE)
    body: bytes = first.get("body", b"")
    is_whole = not first.get("more_body", False) and _length(start) == b"%d" % len(body)
    if at_once is None or not is_whole:
        return False
    for name, value in start["headers"]:
        if name in _FOR_THE_SERVER or _CONTROL.search(name) or _CONTROL.search(value):
            return False
    head = b"".join(b"%b: %b\r\n" % header for header in start["headers"])
    return at_once(send, start["status"], head, bytes(body), None)
