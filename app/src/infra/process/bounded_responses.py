"""The bound for a client's responses: it has to take them."""

import asyncio
import logging
from typing import ClassVar

from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from src.infra.process.closed_connections import log_closed
from src.infra.process.ended_by_closing import ended_by_closing

# A client that takes fewer bytes than this between two looks counts as one that has stopped.
_LEAST_TAKEN = 64 * 1024


class BoundedResponses(HttpToolsProtocol):
    """A connection that closes if the client stops reading its responses.

    It closes after one to two times `sending_s` seconds.
    """

    sending_s: ClassVar[float] = 30.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Nothing is answered yet."""
        super().connection_made(transport)
        self._answered: RequestResponseCycle | None = None  # or is being answered, the last one
        self._sending_timer: asyncio.TimerHandle | None = None
        self._has_moved = False  # whether anything was answered or taken since the last look

    def connection_lost(self, exc: Exception | None) -> None:
        """Stops looking, and tells the request that is being answered."""
        if self._sending_timer is not None:
            self._sending_timer.cancel()
        super().connection_lost(exc)
        if self._answered is not None:  # uvicorn tells only the last request that was read
            self._answered.disconnected = True
            self._answered.message_event.set()

    def pause_writing(self) -> None:
        """The client takes its responses more slowly than they are made."""
        super().pause_writing()
        self._look_at_sending_later()

    def resume_writing(self) -> None:
        """The client has taken most of what it was sent."""
        super().resume_writing()
        self._look_at_sending_later()

    def on_response_complete(self) -> None:
        """A response is made, and sent as the client takes it."""
        super().on_response_complete()
        self._look_at_sending_later()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._answered = cycle
        if cycle.scope["http_version"] == "1.0":
            app = ended_by_closing(app, cycle)
        super()._start_asgi_task(cycle, app)

    def _look_at_sending_later(self) -> None:
        self._has_moved = True
        if self._sending_timer is None:
            self._look_at_sending(before=0)

    def _look_at_sending(self, before: int) -> None:
        self._sending_timer = None
        left = self.transport.get_write_buffer_size()
        if left and not self._has_moved and left > before - _LEAST_TAKEN:
            why = "o cliente parou de ler a resposta por %g s"
            log_closed(self.client, logging.WARNING, why, self.sending_s)
            self.transport.abort()
        elif left:
            self._has_moved = False
            self._sending_timer = self.loop.call_later(self.sending_s, self._look_at_sending, left)
