"""Server-sent events, with bytes that are made once for all clients."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from fastapi.responses import StreamingResponse
from starlette.types import Send

from src.infra.http.media_types import EVENTS

# A comment, which clients pass over (HTML, section 9.2.7): proxies close what is silent for long.
STILL_THERE = b": ping\n\n"


class EventStream(StreamingResponse):
    """Sends `events` as they come, each of them one event or several; a comment where one is empty.

    FastAPI's own streams make the text of each event for each client, and take two tasks and two
    queues to pass it on: a thousand clients would cost several times as much.
    """

    media_type = EVENTS

    # FastAPI documents the default status.
    def __init__(self, events: AsyncGenerator[bytes, None], status_code: int = 200) -> None:
        self._events = events
        # For nginx not to buffer it.
        headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
        super().__init__(self._without_silence(), status_code, headers)

    async def stream_response(self, send: Send) -> None:
        """Sends it all, and ends the events even if the client leaves sooner."""
        async with aclosing(self._events):
            await super().stream_response(send)

    async def _without_silence(self) -> AsyncIterator[bytes]:
        async for events in self._events:
            yield events or STILL_THERE
            await asyncio.sleep(0)  # what is ready is sent without a wait; a client may have left
