"""Whole responses, without the messages of ASGI in between."""

import os
from contextlib import suppress
from typing import Any

from starlette.types import Send
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from src.infra.http.memory_file import LEAST, FileOfResponses, MemoryFile
from src.infra.http.ready_response import AT_ONCE


class ResponsesAtOnce(HttpToolsProtocol):
    """A connection that offers the ASGI extension AT_ONCE."""

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        scope: dict[str, Any] = cycle.scope  # type: ignore[assignment]  # its types know no such one
        # Bound to the connection: bound to the cycle, which has the scope, each request would leave
        # a reference cycle for the garbage collector.
        scope["extensions"] = {AT_ONCE: self._send_at_once}
        super()._start_asgi_task(cycle, app)

    def _send_at_once(
        self, send: Send, status: int, head: bytes, body: bytes, files: FileOfResponses | None
    ) -> bool:
        """As a cycle's own `send` does it, for a response with these parts.

        Whatever that has to wait for, tell or leave out, is left to it.
        """
        cycle = getattr(send, "__self__", None)
        if not isinstance(cycle, RequestResponseCycle):
            return False  # somebody looks at the messages
        has_to_wait = self.flow.write_paused or cycle.disconnected
        if cycle.access_log or has_to_wait or cycle.scope["method"] == "HEAD":
            return False
        default_head = [b"%b: %b\r\n" % header for header in cycle.default_headers]
        end = b"\r\n" if cycle.keep_alive else b"connection: close\r\n\r\n"
        start = b"".join([STATUS_LINE[status], *default_head, head, end])
        if len(body) < LEAST:  # quicker to copy behind its head
            self.transport.write(start + body)
        else:
            file = files.with_head(start) if files is not None and cycle.keep_alive else None
            self._send_large(start, body, file)
        cycle.response_started = cycle.response_complete = True
        cycle.message_event.set()
        if not cycle.keep_alive:
            self.transport.close()
        cycle.on_response()
        return True

    def _send_large(self, start: bytes, body: bytes, file: MemoryFile | None) -> None:
        sent = self._send_by_file(file) if file is not None else 0
        if sent < len(start):
            self.transport.writelines([start[sent:], body])
        elif sent < len(start) + len(body):
            self.transport.write(memoryview(body)[sent - len(start) :])

    def _send_by_file(self, file: MemoryFile) -> int:
        """Sends as much of it as the connection takes now; returns how many bytes that is.

        The transport does not see them. So none are sent if it has to encrypt them, or if what it
        still keeps goes first; and nothing else happens in between, such as an end of the
        connection, after which its number could be another one's.
        """
        is_encrypted = self.scheme == "https"
        if is_encrypted or self.transport.get_write_buffer_size() or self.transport.is_closing():
            return 0
        connection = self.transport.get_extra_info("socket").fileno()
        with suppress(OSError):  # it takes nothing now, or has ended, which the transport will find
            return os.sendfile(connection, file.number, 0, file.size)
        return 0
