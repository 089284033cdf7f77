"""The connections of the service: uvicorn's for httptools, with bounds for what one may cost."""

import asyncio
import logging

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from src.infra.process.bounded_requests import BoundedRequests
from src.infra.process.bounded_responses import BoundedResponses
from src.infra.process.closed_connections import log_closed
from src.infra.process.last_requests import LastRequests, note_servers_that_end
from src.infra.process.open_connections import connections_of_callers
from src.infra.process.responses_at_once import ResponsesAtOnce


class BoundedConnection(BoundedRequests, BoundedResponses, LastRequests, ResponsesAtOnce):
    """A client's connection that closes if the client holds it without using it.

    If callers have more of them than they may, the oldest that wait for a request are closed, but
    none that is being answered.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Makes room for this one if it is one too many."""
        super().connection_made(transport)
        if len(self.connections) > (most := connections_of_callers()):
            self._make_room(most)

    @property
    def is_idle(self) -> bool:
        """Whether it is only kept alive: all responses are taken, and no request has begun."""
        is_used = self.is_without_head or self._is_at_work
        return not is_used and not self.transport.get_write_buffer_size()

    def give_way(self, most: int) -> None:
        """Closes it to make room for another, since more than `most` are open."""
        why = "com mais de %d abertas, ela ainda esperava por um pedido inteiro"
        log_closed(self.client, logging.WARNING, why, most)
        self.transport.abort()

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


def bound_connections() -> None:
    """Makes each connection of every server in this process a BoundedConnection.

    uvicorn chooses its protocol before it loads the application, and its command line cannot be
    told from here; hence the class it chooses makes objects of this one.
    """

    def bounded(cls: type[HttpToolsProtocol], *_: object, **__: object) -> HttpToolsProtocol:
        return object.__new__(BoundedConnection if cls is HttpToolsProtocol else cls)

    note_servers_that_end()
    setattr(HttpToolsProtocol, "__new__", bounded)  # noqa: B010  # mypy sees a method
