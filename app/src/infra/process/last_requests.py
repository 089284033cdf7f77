"""The end of a connection that is kept alive, when the server ends."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# For this many seconds, an idle connection still takes a request after the server has begun to
# end. uvicorn waits longer anyway before it looks whether all connections are closed.
_LAST_REQUEST_S = 0.08


class LastRequests(HttpToolsProtocol):
    """A connection that is not closed in the face of a request that is already on its way.

    uvicorn closes idle connections at once. A proxy that keeps some open and sends requests all the
    time would lose several of them whenever a worker is replaced.
    """

    _takes_last_request = False

    def shutdown(self) -> None:
        """Closes it after the next response, or soon if no request comes."""
        if self.cycle is None or self.cycle.response_complete:
            self._takes_last_request = True
            # In two steps: after the event loop has stood still, what has come is read first.
            half_s = _LAST_REQUEST_S / 2
            self.loop.call_later(half_s, self.loop.call_later, half_s, super().shutdown)
        else:
            super().shutdown()

    def on_headers_complete(self) -> None:
        """Tells the client of the last request that no other can follow."""
        super().on_headers_complete()
        if self._takes_last_request:
            self.cycle.keep_alive = False
