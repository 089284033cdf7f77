"""Bodies without a known length for clients of HTTP/1.0, which knows no chunks."""

from uvicorn._types import (
    ASGI3Application,
    ASGIReceiveCallable,
    ASGISendCallable,
    ASGISendEvent,
    Scope,
)
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle


def ended_by_closing(app: ASGI3Application, cycle: RequestResponseCycle) -> ASGI3Application:
    """`app` with an answer that is not chunked in this cycle.

    If it names no length, its body ends where the connection does (RFC 9112, section 6.3): uvicorn
    closes that after every answer to HTTP/1.0. Its protocol for h11 does all this by itself.
    """

    async def answering(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        has_length = False

        async def send_plain(message: ASGISendEvent) -> None:
            nonlocal has_length
            if message["type"] == "http.response.start":
                has_length = b"content-length" in dict(message.get("headers", ()))
                if not has_length:
                    cycle.chunked_encoding = False
            elif message["type"] == "http.response.body" and not has_length:
                cycle.expected_content_length = len(message.get("body", b""))
            await send(message)

        await app(scope, receive, send_plain)

    return answering
