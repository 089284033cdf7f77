"""Streams that nobody reads any more, over real sockets."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.types import Receive, Scope, Send

from src.infra.http.middleware.gone_readers import GoneReaders
from tests.helpers.serving import served


async def test_a_client_that_leaves_a_full_stream_is_no_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It had stopped reading, so that an event waits to be sent when the connection ends."""
    has_ended = asyncio.Event()
    api = FastAPI()
    api.add_middleware(GoneReaders)

    @api.get("/", response_class=EventSourceResponse)
    async def stream() -> AsyncIterator[ServerSentEvent]:
        while True:
            yield ServerSentEvent(raw_data="a" * 100_000)

    async def watched(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await api(scope, receive, send)
        finally:
            if scope["type"] == "http":
                has_ended.set()

    async with served(watched) as url:
        sock = socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])))
        sock.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await asyncio.sleep(0.5)
        sock.close()
        async with asyncio.timeout(20):
            await has_ended.wait()

    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_other_errors_are_not_hidden() -> None:
    """They are raised as they were."""

    async def fail(*_: object) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        await GoneReaders(fail)({}, None, None)  # type: ignore[arg-type]  # never called
