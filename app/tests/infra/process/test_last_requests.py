"""What happens to connections that are kept alive when the server ends, over real sockets."""

import asyncio
import os
import selectors
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import NoReturn

import pytest

from src.infra.process.bounded_connections import bound_connections
from tests.helpers.services import application, features_over
from tests.helpers.serving import served
from tests.helpers.shelves import TWO_SHELVES
from tests.sample_feature.upstream import FakeUpstream

LIVE = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"


@asynccontextmanager
async def kept_alive() -> AsyncIterator[
    tuple[asyncio.StreamReader, asyncio.StreamWriter, AsyncExitStack]
]:
    """A connection that has had its first answer, and the server behind it, to be closed."""
    bound_connections()
    async with AsyncExitStack() as server:
        url = await server.enter_async_context(
            served(application(features_over(FakeUpstream(TWO_SHELVES))))
        )
        reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
        writer.write(LIVE)
        await reader.readuntil(b'{"status":"ok"}')
        yield reader, writer, server
        writer.close()


async def test_a_request_on_its_way_to_a_server_that_ends_is_answered() -> None:
    """The answer tells that it was the last, and so does the end of the connection."""
    async with kept_alive() as (reader, writer, server):
        ending = asyncio.create_task(server.aclose())
        await asyncio.sleep(0)  # from here on, the server ends
        writer.write(LIVE)
        last = await reader.read()
        await ending

    assert last.startswith(b"HTTP/1.1 200 ")
    assert b"\r\nconnection: close\r\n" in last
    assert last.endswith(b'{"status":"ok"}')


async def test_a_proxys_connection_is_closed_by_the_proxy() -> None:
    """It may be idle for longer, and is answered until then: the proxy may ask at any moment."""
    async with kept_alive() as (reader, writer, server):
        writer.write(LIVE.replace(b"\r\n\r\n", b"\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n"))
        await reader.readuntil(b'{"status":"ok"}')
        ending = asyncio.create_task(server.aclose())
        await asyncio.sleep(0.2)  # by when a client's connection would be closed
        writer.write(LIVE)
        last = await reader.read()
        await ending

    assert last.startswith(b"HTTP/1.1 200 ")


async def test_a_connection_without_another_request_is_closed_when_the_server_ends() -> None:
    """Nobody has to wait for the timeout of connections that are kept alive."""
    async with kept_alive() as (reader, _, server):
        await server.aclose()
        rest = await reader.read()

    assert rest == b""


@pytest.mark.parametrize("has_others", [True, False])
def test_a_connection_that_is_made_while_the_server_ends_has_one_request(
    *, has_others: bool
) -> None:
    """It was taken before, and would be kept alive until the process ends."""
    uvloop = pytest.importorskip("uvloop")  # it takes connections one turn before it makes them

    async def last_answer() -> bytes:
        async with kept_alive() as (_, writer, server):
            address = writer.get_extra_info("peername")
            if not has_others:
                writer.close()
                await asyncio.sleep(0.1)  # the server has seen that
            with socket.create_connection(address) as late:
                ending = asyncio.create_task(server.aclose())
                await asyncio.sleep(0)  # from here on, it is taken, and the server ends
                late.sendall(LIVE)
                await ending
                return late.recv(1 << 16)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        last = runner.run(asyncio.wait_for(last_answer(), 10))

    assert b"\r\nconnection: close\r\n" in last


async def test_a_client_that_sends_without_end_does_not_keep_the_server() -> None:
    """What comes after an early answer is read for a while, and then no longer."""
    upload = b"POST /health/live HTTP/1.1\r\nHost: localhost\r\nContent-Length: 90000000000\r\n\r\n"

    async def send(writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b"a" * 10_000)
            await writer.drain()

    async with kept_alive() as (reader, writer, server), asyncio.timeout(4):
        writer.write(upload)
        await reader.readuntil(b"405")
        sending = asyncio.create_task(send(writer))
        await server.aclose()
        [failure] = await asyncio.gather(sending, return_exceptions=True)

    assert isinstance(failure, ConnectionError)


async def test_a_connection_is_closed_even_if_no_file_may_be_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whether a request is unread cannot be seen then."""

    def full() -> NoReturn:
        raise OSError(24, "Too many open files")

    async with kept_alive() as (reader, _, server):
        monkeypatch.setattr(selectors, "DefaultSelector", full)
        await server.aclose()
        rest = await reader.read()

    assert rest == b""


def test_a_request_that_came_while_the_event_loop_stood_still_is_answered() -> None:
    """What nobody had time to read is read before the connection is closed."""
    uvloop = pytest.importorskip("uvloop")  # it looks at its timers before it reads

    async def last_answer() -> bytes:
        async with kept_alive() as (reader, writer, server):
            ending = asyncio.create_task(server.aclose())
            await asyncio.sleep(0)  # from here on, the server ends
            stand_still_twice(
                then=partial(os.write, writer.get_extra_info("socket").fileno(), LIVE)
            )
            last = await reader.read()
            await ending
        return last

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        last = runner.run(last_answer())

    assert last.startswith(b"HTTP/1.1 200 ")


def stand_still_twice(*, then: Callable[[], object]) -> None:
    """Keeps the event loop from going on while it reads, and calls `then` before it does."""
    loop, (waiting, waking) = asyncio.get_running_loop(), socket.socketpair()
    times = iter([lambda: None, then])

    def stand_still() -> None:
        time.sleep(0.05)
        if (following := next(times, None)) is not None:
            following()
            return
        loop.remove_reader(waiting)
        waiting.close()

    waking.close()  # which makes the other one readable
    loop.add_reader(waiting, stand_still)
