"""The end of a connection that is kept alive, when the server ends."""

import asyncio
import selectors
import socket
from contextlib import suppress
from functools import wraps
from weakref import WeakSet

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from src.infra.http.proxies import names_a_proxy

# For this many seconds, an idle connection still takes a request after the server has begun to
# end. uvicorn waits longer anyway before it looks whether all connections are closed.
_LAST_REQUEST_S = 0.08

# The same for a proxy's, which has to be closed by the proxy: it could send a request at the very
# moment. Those in the folder deploy close theirs once they have been idle for 1 s.
_LAST_REQUEST_OF_A_PROXY_S = 1.5

# How often, and after how many seconds each time, it is looked again whether a request is unread.
# A client that sends without end is closed after the last look.
_MOST_LOOKS = 100
_NEXT_LOOK_S = 0.01

# Of the servers that end now, what all connections of one share.
_ending: WeakSet[ServerState] = WeakSet()


def note_servers_that_end() -> None:
    """Lets the connections of every server in this process know when it has begun to end.

    uvicorn tells those that are there at that moment. uvloop makes a connection one turn after it
    has taken it: one that comes later would be kept alive until the process ends.
    """

    async def shutdown(server: uvicorn.Server, sockets: list[socket.socket] | None = None) -> None:
        _ending.add(server.server_state)
        try:
            await uvicorns(server, sockets)
        finally:
            _ending.discard(server.server_state)

    if not hasattr(uvicorn.Server.shutdown, "__wrapped__"):
        uvicorns = uvicorn.Server.shutdown
        setattr(uvicorn.Server, "shutdown", wraps(uvicorns)(shutdown))  # noqa: B010  # mypy sees a method


class LastRequests(HttpToolsProtocol):
    """A connection that is not closed in the face of a request that is already on its way.

    uvicorn closes idle connections at once. A proxy that keeps some open and sends requests all the
    time would lose several of them whenever a worker is replaced, and may have nobody else to ask.
    """

    _takes_last_request = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Begins to end at once if the server did so after it had taken the connection."""
        super().connection_made(transport)
        if self.server_state in _ending:
            self.shutdown()

    def shutdown(self) -> None:
        """Closes it after the next response, or soon if no request comes."""
        if self.cycle is None or self.cycle.response_complete:
            self._takes_last_request = True
            patience_s = _LAST_REQUEST_OF_A_PROXY_S if self._is_of_a_proxy() else _LAST_REQUEST_S
            self.loop.call_later(patience_s, self._close_unless_asked, _MOST_LOOKS)
        else:
            super().shutdown()

    def on_headers_complete(self) -> None:
        """Tells the client of the last request that no other can follow."""
        super().on_headers_complete()
        if self._takes_last_request and self.cycle is not None:
            self.cycle.keep_alive = False

    def _is_of_a_proxy(self) -> bool:
        before = self.cycle.scope["headers"] if self.cycle is not None else ()
        return names_a_proxy(name.decode("latin-1") for name, _ in before)

    def _close_unless_asked(self, looks: int) -> None:
        if self.transport.is_closing():
            return
        # uvloop looks at its timers first: after it has stood still, a request may be unread.
        if looks and self._has_unread():
            self.loop.call_later(_NEXT_LOOK_S, self._close_unless_asked, looks - 1)
        else:
            super().shutdown()

    def _has_unread(self) -> bool:
        # No file may be left for a selector, or the connection be none any more.
        with suppress(OSError, ValueError), selectors.DefaultSelector() as selector:
            selector.register(self.transport.get_extra_info("socket"), selectors.EVENT_READ)
            return bool(selector.select(timeout=0))
        return False
