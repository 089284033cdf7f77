"""Bounds for what one client's connection may cost: uvicorn's protocol for httptools has none."""

import asyncio
import contextlib
import logging
from typing import ClassVar

from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from src.infra.http.episodes import Episodes
from src.infra.http.problem import problem, problem_response
from src.infra.process.ended_by_closing import ended_by_closing
from src.infra.process.open_connections import connections_of_callers

log = logging.getLogger(__name__)

# The largest head of a request, in bytes: nginx takes as much by default.
LARGEST_HEAD = 32 * 1024

# How many requests may wait behind the one that is answered. (RFC 9112, section 9.3.2, lets clients
# send them without waiting; a server reads them faster than it answers.)
MOST_WAITING = 100

# The parser gets this many bytes at a time, so that a head is found too large soon after it is.
_SLICE = 16 * 1024

# A client that takes fewer bytes than this between two looks at it counts as one that has stopped.
_LEAST_TAKEN = 64 * 1024

# For how long a refused client may still read the answer, in seconds. To close at once, while
# more of its bytes are on the way, could reset the connection before the answer is read.
_LINGER_S = 1.0

_UNREADABLE = (
    "A requisição não segue o HTTP/1.1: confira o método, o cabeçalho Host (um só) e o endereço, "
    "em que letras acentuadas vão escapadas (é é %C3%A9)."
)
_TOO_LARGE = f"O cabeçalho e o endereço podem ter juntos no máximo {LARGEST_HEAD} bytes."


class BoundedConnection(HttpToolsProtocol):
    """A client's connection that closes if the client holds it without using it.

    The head of each request has LARGEST_HEAD bytes at most, and is there `head_s` seconds after
    the connection or the head began. MOST_WAITING requests may wait for the answers to those before
    them; if there are more, the last of them ends the connection. A client that stops reading its
    answers is cut off after one to two times `sending_s` seconds.
    """

    head_s: ClassVar[float] = 5.0
    sending_s: ClassVar[float] = 30.0
    episodes: ClassVar[Episodes] = Episodes()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Begins to wait for the first head."""
        super().connection_made(transport)
        self._head_bytes = 0  # of what is neither a whole head nor a body
        self._is_refused = False
        self._answered: RequestResponseCycle | None = None  # or is being answered, the last one
        self._head_timer: asyncio.TimerHandle | None = None
        self._sending_timer: asyncio.TimerHandle | None = None
        self._has_moved = False  # whether anything was answered or taken since the last look
        self._begin_to_expect_head()
        if len(self.connections) > (most := connections_of_callers()):
            self._make_room(most)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stops all waiting."""
        self._stop_expecting()
        if self._sending_timer is not None:
            self._sending_timer.cancel()
        super().connection_lost(exc)
        if self._answered is not None:  # uvicorn tells only the last request that was read
            self._answered.disconnected = True
            self._answered.message_event.set()

    # Receiving.

    def data_received(self, data: bytes) -> None:
        """Gives the parser what has come, unless the client has sent too much."""
        for start in range(0, len(data), _SLICE):
            if self._is_refused or self.transport.is_closing():
                return
            part = data[start : start + _SLICE]
            self._head_bytes += len(part)
            super().data_received(part)
            if self._head_bytes > LARGEST_HEAD:
                self._log_once(logging.WARNING, "um cabeçalho passou de %d bytes", LARGEST_HEAD)
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
            self._log_once(logging.WARNING, "mais de %d requisições esperavam nela", MOST_WAITING)
            self._is_refused = True
            self.cycle.keep_alive = False
            return
        self._refuse(400, _UNREADABLE)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._answered = cycle
        if cycle.scope["http_version"] == "1.0":
            app = ended_by_closing(app, cycle)
        super()._start_asgi_task(cycle, app)

    @property
    def _is_at_work(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    @property
    def _has_most_waiting(self) -> bool:
        return len(self.pipeline) >= MOST_WAITING

    def _make_room(self, most: int) -> None:
        others: list[BoundedConnection] = [
            each
            for each in self.connections - {self}
            if isinstance(each, BoundedConnection) and not each.transport.is_closing()
        ]
        heads = [each for each in others if each.is_without_head]
        idle = [each for each in others if each.is_idle]
        # Of the kind that leaves no room for the other; several at a time, so that in a flood not
        # every new connection means a look at all.
        kind = sorted(heads if len(heads) >= len(idle) else idle, key=lambda each: each.head_began)
        for oldest in kind[: max(1, len(kind) // 32)]:
            oldest.give_way(most)

    @property
    def is_without_head(self) -> bool:
        """Whether a head is expected: none has come, or not all of one."""
        return self._head_timer is not None

    @property
    def is_idle(self) -> bool:
        """Whether it is only kept alive: the client has taken all answers, and asks for nothing."""
        is_used = self.is_without_head or self._is_at_work
        return not is_used and not self.transport.get_write_buffer_size()

    def give_way(self, most: int) -> None:
        """Closes it to make room for another, since more than `most` are open."""
        why = "com mais de %d abertas, ela ainda esperava por um pedido inteiro"
        self._log_once(logging.WARNING, why, most)
        self.transport.abort()

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
        self._log_once(level, "nenhum pedido chegou inteiro em %g s", self.head_s)
        self.transport.close()

    def _refuse(self, status: int, detail: str) -> None:
        self._is_refused = True
        self._stop_expecting()
        if self._is_at_work:  # in the middle of another answer there is no room for this one
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

    # Sending.

    def pause_writing(self) -> None:
        """The client takes its answers more slowly than they are made."""
        super().pause_writing()
        self._look_at_sending_later()

    def resume_writing(self) -> None:
        """The client has taken most of what it was sent."""
        super().resume_writing()
        self._look_at_sending_later()

    def on_response_complete(self) -> None:
        """An answer is made, and sent as the client takes it."""
        super().on_response_complete()
        self._look_at_sending_later()

    def _look_at_sending_later(self) -> None:
        self._has_moved = True
        if self._sending_timer is None:
            self._look_at_sending(before=0)

    def _look_at_sending(self, before: int) -> None:
        self._sending_timer = None
        left = self.transport.get_write_buffer_size()
        if left and not self._has_moved and left > before - _LEAST_TAKEN:
            self._log_once(
                logging.WARNING, "o cliente parou de ler a resposta por %g s", self.sending_s
            )
            self.transport.abort()
        elif left:
            self._has_moved = False
            self._sending_timer = self.loop.call_later(self.sending_s, self._look_at_sending, left)

    def _log_once(self, level: int, why: str, figure: float) -> None:
        if self.episodes.begins((level, why)):
            client = self.client[0] if self.client else "?"
            log.log(level, "Conexão de %s fechada: %s", client, why % figure)


def bound_connections() -> None:
    """Makes each connection of every server in this process a BoundedConnection.

    uvicorn chooses its protocol before it loads the application, and its command line cannot be
    told from here; hence the class it chooses makes objects of this one.
    """

    def bounded(cls: type[HttpToolsProtocol], *_: object, **__: object) -> HttpToolsProtocol:
        return object.__new__(BoundedConnection if cls is HttpToolsProtocol else cls)

    setattr(HttpToolsProtocol, "__new__", bounded)  # noqa: B010  # mypy sees a method
