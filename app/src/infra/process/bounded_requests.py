"""Bounds for a client's requests: how large their heads are, how long they take, how many wait."""

import asyncio
import contextlib
import logging
from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from src.infra.http.problem import problem, problem_response
from src.infra.process.closed_connections import log_closed

# The largest head of a request, in bytes: nginx takes as much by default.
LARGEST_HEAD = 32 * 1024

# How many requests may wait behind the one that is answered. (RFC 9112, section 9.3.2, lets clients
# send them without waiting; a server reads them faster than it answers.)
MOST_WAITING = 100

# The parser gets this many bytes at a time, so that a head is found too large soon after it is.
_SLICE = 16 * 1024

# For how long a refused client may still read the response, in seconds. To close at once, while
# more of its bytes are on the way, could reset the connection before the response is read.
_LINGER_S = 1.0

_UNREADABLE = (
    "A requisição não segue o HTTP/1.1: confira o método, o cabeçalho Host (um só) e o endereço, "
    "em que letras acentuadas vão escapadas (é é %C3%A9)."
)
_TOO_LARGE = f"O cabeçalho e o endereço podem ter juntos no máximo {LARGEST_HEAD} bytes."


class BoundedRequests(HttpToolsProtocol):
    """A connection that closes if the client sends too much, too slowly or what is no request.

    The head of each request has LARGEST_HEAD bytes at most, and is there `head_s` seconds after
    the connection or the head began. MOST_WAITING requests may wait for the responses to those
    before them; if there are more, the last of them ends the connection.
    """

    head_s: ClassVar[float] = 5.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Begins to wait for the first head."""
        super().connection_made(transport)
        self._head_bytes = 0  # of what is neither a whole head nor a body
        self._is_refused = False
        self._head_timer: asyncio.TimerHandle | None = None
        self._begin_to_expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stops waiting."""
        self._stop_expecting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Gives the parser what has come, unless the client has sent too much."""
        for start in range(0, len(data), _SLICE):
            if self._is_refused or self.transport.is_closing():
                return
            part = data[start : start + _SLICE]
            self._head_bytes += len(part)
            super().data_received(part)
            if self._head_bytes > LARGEST_HEAD:
                why = "um cabeçalho passou de %d bytes"
                log_closed(self.client, logging.WARNING, why, LARGEST_HEAD)
                self._refuse(431, _TOO_LARGE)
        if self._head_timer is None and not self._is_at_work:
            self._begin_to_expect_head()

    def on_message_begin(self) -> None:
        """Raises ValueError for one request more than may wait."""
        if self._has_most_waiting:
            raise ValueError("pipeline")
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Raises ValueError for a head without one single Host (RFC 9112, section 3.2)."""
        hosts = [name for name, _ in self.headers].count(b"host")
        if hosts != 1 and (hosts or self.parser.get_http_version() != "1.0"):
            raise ValueError("Host")
        self._head_bytes = 0
        self._stop_expecting()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A part of a body is no part of a head."""
        self._head_bytes = 0
        super().on_body(body)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  # uvicorn's words, in English
        """Refuses what cannot be read, or ends with the last of the requests that wait."""
        if self._has_most_waiting:
            why = "mais de %d requisições esperavam nela"
            log_closed(self.client, logging.WARNING, why, MOST_WAITING)
            self._is_refused = True
            self.cycle.keep_alive = False
            return
        self._refuse(400, _UNREADABLE)

    @property
    def is_without_head(self) -> bool:
        """Whether a head is expected: none has come, or not all of one."""
        return self._head_timer is not None

    @property
    def _is_at_work(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    @property
    def _has_most_waiting(self) -> bool:
        return len(self.pipeline) >= MOST_WAITING

    def _begin_to_expect_head(self) -> None:
        self.head_began = self.loop.time()  # the last one that had to be waited for
        self._expect_head(looks=2)

    def _expect_head(self, *, looks: int) -> None:
        # In two looks: after the event loop has stood still, what has come meanwhile is read first.
        self._head_timer = self.loop.call_later(self.head_s / 2, self._look_for_head, looks - 1)

    def _stop_expecting(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _look_for_head(self, looks: int) -> None:
        if looks:
            self._expect_head(looks=looks)
            return
        # Browsers open connections in advance, and need them or not.
        level = logging.WARNING if self._head_bytes else logging.INFO
        log_closed(self.client, level, "nenhum pedido chegou inteiro em %g s", self.head_s)
        self.transport.close()

    def _refuse(self, status: int, detail: str) -> None:
        self._is_refused = True
        self._stop_expecting()
        if self._is_at_work:  # in the middle of another response there is no room for this one
            self.transport.close()
            return
        answer = problem_response(problem(status, detail, instance=""), {"Connection": "close"})
        headers = [*self.server_state.default_headers, *answer.raw_headers]
        head = b"".join(b"%s: %s\r\n" % header for header in headers)
        self.transport.write(STATUS_LINE[status] + head + b"\r\n" + bytes(answer.body))
        self.flow.pause_reading()
        with contextlib.suppress(NotImplementedError):  # TLS cannot end one direction alone
            self.transport.write_eof()
        self.loop.call_later(_LINGER_S, self.transport.abort)
