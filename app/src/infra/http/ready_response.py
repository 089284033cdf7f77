"""Responses that are made once and sent often."""

from collections.abc import Callable, Mapping

from fastapi import Response
from starlette.types import Receive, Scope, Send

from src.infra.http.memory_file import FileOfResponses

# The ASGI extension (of this service's own, see 0013) by which a server sends a whole response.
AT_ONCE = "http.response.at_once"

# Sends status, lines of the head and body of a response, if this `send` is the server's own; False
# if it has to be sent in the two messages of ASGI. If it is sent often, there may be a file for it.
SendAtOnce = Callable[[Send, int, bytes, bytes, FileOfResponses | None], bool]


class ReadyResponse(Response):
    """A response that a server may send as it is, its headers checked and joined already.

    Through ASGI's messages a server looks at each header each time, and writes head and body apart:
    for a small body that takes a quarter longer. A large one is sent by the kernel from a file in
    memory, where there is such.
    """

    def __init__(
        self,
        content: bytes = b"",
        *,
        status_code: int = 200,
        headers: Mapping[str, str],
        media_type: str | None = None,
    ) -> None:
        super().__init__(content, status_code, headers, media_type)
        self._head = b"".join(b"%b: %b\r\n" % header for header in self.raw_headers)
        self._file = FileOfResponses(content)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends it, in one piece if nobody between here and the server looks at the messages."""
        at_once: SendAtOnce | None = scope.get("extensions", {}).get(AT_ONCE)
        parts = self.status_code, self._head, bytes(self.body), self._file
        if at_once is None or not at_once(send, *parts):
            await super().__call__(scope, receive, send)
