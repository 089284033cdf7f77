"""Streams of events, over real sockets."""

import asyncio
import logging
import socket
from collections.abc import AsyncGenerator

import pytest
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from src.infra.http.event_stream import EventStream
from tests.helpers.serving import client, served


async def test_events_are_sent_as_they_come() -> None:
    """Where there is none for long, a comment is sent, which clients pass over."""
    api = FastAPI()

    @api.get("/")
    async def stream() -> EventStream:
        async def events() -> AsyncGenerator[bytes, None]:
            yield b"data: 1\n\n"
            yield b""
            yield b"data: 2\n\ndata: 3\n\n"

        return EventStream(events())

    async with served(api) as url, client(url) as session, session.get("/") as answer:
        body = await answer.read()

    assert body == b"data: 1\n\n: ping\n\ndata: 2\n\ndata: 3\n\n"
    assert answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["X-Accel-Buffering"] == "no"


async def test_a_client_that_leaves_a_full_stream_is_no_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It had stopped reading, so that an event waits to be sent when the connection ends."""
    has_ended, is_closed = asyncio.Event(), asyncio.Event()
    api = FastAPI()

    @api.get("/")
    async def stream() -> EventStream:
        async def events() -> AsyncGenerator[bytes, None]:
            try:
                while True:
                    yield b"a" * 100_000
            finally:
                is_closed.set()

        return EventStream(events())

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

    assert is_closed.is_set()
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
