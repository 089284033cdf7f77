"""The exchange itself, over real sockets against the stand-in."""

from __future__ import annotations

import asyncio
import inspect
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

import src.infra.gateways.ibge_client as module
from src.application.ports.upstream import (
    UpstreamConnectionError,
    UpstreamError,
    UpstreamMalformedError,
    UpstreamStatusError,
    UpstreamTimeoutError,
)
from src.infra.gateways.ibge_client import USER_AGENT, IbgeClient, open_session
from src.infra.gateways.rows import states_from
from stand_in.faults import Behaviour, Fault, Kind
from stand_in.server import StandIn
from tests.places import TWO_STATES


@asynccontextmanager
async def client_of(base_url: str, *, timeout_s: float = 5) -> AsyncIterator[IbgeClient]:
    """A client with a session of its own."""
    async with open_session(connections=3, tls=ssl.create_default_context()) as session:
        yield IbgeClient(session, base_url=base_url, timeout_s=timeout_s)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(kind=Kind.STATUS, status=503), UpstreamStatusError),
        (Fault(kind=Kind.GARBAGE), UpstreamMalformedError),
        (Fault(kind=Kind.EMPTY), UpstreamMalformedError),
        (Fault(kind=Kind.WRONG_TYPES), UpstreamMalformedError),
        (Fault(kind=Kind.CUT), UpstreamConnectionError),
        (Fault(kind=Kind.RESET), UpstreamConnectionError),
        (Fault(kind=Kind.SILENCE), UpstreamTimeoutError),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else "",
)
async def test_each_fault_becomes_its_error(fault: Fault, error: type[UpstreamError]) -> None:
    """What goes wrong on the wire reaches the application in its own words, cause kept."""
    behaviour = Behaviour(faults=(fault,))
    async with StandIn(TWO_STATES, behaviour=behaviour) as upstream:
        async with client_of(upstream.base_url, timeout_s=0.3) as client:
            with pytest.raises(error) as caught:
                await client.get("/estados", states_from)
    assert type(caught.value) is error
    assert error is UpstreamStatusError or caught.value.__cause__ is not None
    assert "/estados" in str(caught.value)


async def test_nobody_listening_is_a_connection_error() -> None:
    """A refused connection is told apart from a slow answer."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        async with client_of(f"http://127.0.0.1:{port}") as client:
            with pytest.raises(UpstreamConnectionError, match="sem conexão"):
                await client.get("/estados", bytes)


@asynccontextmanager
async def answering(answer: bytes) -> AsyncIterator[str]:
    """The address of a server that says just this, whatever it is asked, and waits to be left."""
    left = asyncio.Event()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()
        await reader.read()
        writer.close()
        await writer.wait_closed()
        left.set()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        await left.wait()


async def test_the_time_limit_covers_the_body() -> None:
    """An upstream that sends its headers at once and its body never is too slow all the same."""
    async with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[") as base_url:
        async with client_of(base_url, timeout_s=0.2) as client:
            with pytest.raises(UpstreamTimeoutError):
                await client.get("/estados", bytes)


async def test_an_answer_that_is_no_http_is_malformed() -> None:
    """Whatever listens there, its noise becomes an error of ours."""
    async with answering(b"\x00\x01\x02 noise\r\n\r\n") as base_url:
        async with client_of(base_url) as client:
            with pytest.raises(UpstreamMalformedError):
                await client.get("/estados", bytes)


async def test_a_body_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer larger than any real one is not read into memory to its end."""
    monkeypatch.setattr(module, "MAX_BODY_BYTES", 100)
    async with StandIn(TWO_STATES) as upstream, client_of(upstream.base_url) as client:
        with pytest.raises(UpstreamMalformedError, match="grande demais"):
            await client.get("/estados", bytes)


async def test_connections_are_reused_and_the_service_names_itself() -> None:
    """Ten requests in turn need one connection; thirty at once no more than the session allows."""
    async with StandIn(TWO_STATES) as upstream, client_of(upstream.base_url) as client:
        for _ in range(10):
            await client.get("/estados", bytes)
        assert upstream.figures.connections == 1

        await asyncio.gather(*(client.get("/estados", bytes) for _ in range(30)))
        assert upstream.figures.connections <= 3
        assert upstream.figures.user_agents == {USER_AGENT}


def test_every_error_of_aiohttp_has_a_counterpart() -> None:
    """A new error class in aiohttp fails here rather than in production."""
    theirs = [
        kind
        for _, kind in inspect.getmembers(aiohttp, inspect.isclass)
        if issubclass(kind, aiohttp.ClientError)
    ]
    assert len(theirs) > 15

    for kind in theirs:
        error = kind.__new__(kind)
        error.__dict__.update(_os_error=None, _conn_key=None, _ssl=None)
        matches = [ours for their, ours, _ in module._TRANSLATION if isinstance(error, their)]
        assert matches, kind
        expected = UpstreamTimeoutError if issubclass(kind, TimeoutError) else UpstreamError
        assert issubclass(matches[0], expected), kind
