"""What one client's connection may cost the others, over real sockets."""

import asyncio
import contextlib
import itertools
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Self

import msgspec
import pytest
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from src.infra.http.episodes import Episodes
from src.infra.process.bounded_connections import BoundedConnection, bound_connections
from src.infra.process.bounded_requests import LARGEST_HEAD, MOST_WAITING
from tests.helpers.services import application, ask, features_over
from tests.helpers.serving import client, served
from tests.helpers.shelves import TWO_SHELVES
from tests.sample_feature.feature import TREE, WORDS
from tests.sample_feature.upstream import FakeUpstream

HOST = b"Host: localhost\r\n"
LIVE = b"GET /health/live HTTP/1.1\r\n" + HOST + b"\r\n"
STREAM = f"GET {WORDS.path}/current/events HTTP/1.1\r\n".encode() + HOST
KIB = b"a" * 1024

# What a client may begin and never end.
ENDLESS = {
    "a header": (b"GET / HTTP/1.1\r\n" + HOST + b"X: ", KIB),
    "the name of a header": (b"GET / HTTP/1.1\r\n" + HOST, KIB),
    "many headers": (b"GET / HTTP/1.1\r\n" + HOST, b"X: a\r\n" * 200),
    "an address": (b"GET /", KIB),
    "a query": (b"GET /?q=", KIB),
    "blank lines": (b"", b"\r\n" * 500),
}
BESIDE_AN_ANSWER = {
    "a head beside a stream": (STREAM + b"\r\nGET / HTTP/1.1\r\nX: ", KIB),
    "trailers": (STREAM + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X: a\r\n" * 200),
}


@pytest.fixture(autouse=True)
def fresh_episodes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What other tests have logged does not count."""
    monkeypatch.setattr("src.infra.process.closed_connections.episodes", Episodes())


@asynccontextmanager
async def service() -> AsyncIterator[str]:
    """The address of a service with two shelves."""
    async with served(application(features_over(FakeUpstream(TWO_SHELVES)))) as url:
        yield url


class Raw:
    """A connection that sends and reads bytes as the test says."""

    def __init__(self, url: str, **of_socket: int) -> None:
        self._port = int(url.rpartition(":")[2])
        self._of_socket = of_socket

    async def __aenter__(self) -> Self:
        sock = socket.socket()
        for name, value in self._of_socket.items():
            sock.setsockopt(socket.SOL_SOCKET, getattr(socket, name), value)
        sock.settimeout(0)
        await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", self._port))
        self.reader, self.writer = await asyncio.open_connection(sock=sock)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.close()
        with contextlib.suppress(ConnectionError):
            await self.writer.wait_closed()

    async def send(self, *parts: bytes) -> None:
        """Sends these bytes."""
        for part in parts:
            self.writer.write(part)
            await self.writer.drain()

    async def rest(self) -> bytes:
        """What comes until the service closes the connection."""
        async with asyncio.timeout(20):
            read = bytearray()
            with contextlib.suppress(ConnectionError):
                while part := await self.reader.read(65_536):
                    read += part
            return bytes(read)


async def sent_to(url: str, *parts: bytes) -> bytes:
    """What the service answers to these bytes until it closes the connection."""
    async with Raw(url) as raw:
        await raw.send(*parts)
        return await raw.rest()


def status_of(answer: bytes) -> int:
    """The status of the first answer in these bytes; 0 if there is none."""
    return int(answer.split(b" ", 2)[1]) if answer else 0


def problem_of(answer: bytes) -> Any:
    """The problem document of an answer."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in head.lower()
    assert b"connection: close" in head.lower()
    return msgspec.json.decode(body)


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was logged as a warning of connections."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.levelno == logging.WARNING and "Conexão" in record.getMessage()
    ]


async def is_alive(url: str) -> bool:
    """Whether others are served."""
    async with client(url) as session:
        return (await ask(session, "/health/live")).status == 200


# Heads without end.


@pytest.mark.parametrize("what", ENDLESS)
async def test_an_endless_head_is_431_within_tens_of_kilobytes(
    what: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever it is made of: the answer is a problem, one line is logged for all such clients."""
    beginning, more = ENDLESS[what]
    endless = [beginning, *itertools.repeat(more, 2 * LARGEST_HEAD // len(more))]
    async with service() as url:
        answers = await asyncio.gather(*(sent_to(url, *endless) for _ in range(3)))
        assert await is_alive(url)

    for answer in answers:
        assert status_of(answer) == problem_of(answer)["status"] == 431
        assert str(LARGEST_HEAD) in problem_of(answer)["detail"]
    (line,) = warnings(caplog)
    assert "passou de" in line


async def test_a_client_that_goes_on_after_431_is_cut_off() -> None:
    """What it sends is not read any more, and soon the connection closes."""
    async with service() as url, Raw(url) as raw:
        with pytest.raises(ConnectionError):
            async with asyncio.timeout(20):
                await raw.send(b"GET / HTTP/1.1\r\nX: ", *itertools.repeat(KIB, 190 * 1024))


async def test_an_endless_second_head_is_431_too() -> None:
    """On a connection that is kept alive."""
    async with service() as url, Raw(url) as raw:
        await raw.send(LIVE)
        await raw.reader.readuntil(b"}")
        await raw.send(b"GET / HTTP/1.1\r\nX: ", *[KIB] * 64)
        assert problem_of(await raw.rest())["status"] == 431


@pytest.mark.parametrize("what", BESIDE_AN_ANSWER)
async def test_an_endless_head_beside_an_answer_cuts_that_off(
    what: str, caplog: pytest.LogCaptureFixture
) -> None:
    """There is no room for another answer in the middle of a stream."""
    beginning, more = BESIDE_AN_ANSWER[what]
    async with service() as url, Raw(url) as raw:
        async with client(url) as session:
            await ask(session, TREE)  # so that there is something to stream
        with contextlib.suppress(ConnectionError):
            await raw.send(beginning, *itertools.repeat(more, 2 * LARGEST_HEAD // len(more)))
        answer = await raw.rest()

    assert status_of(answer) in {0, 200}
    assert b"HTTP/1.1 4" not in answer
    assert len(warnings(caplog)) == 1


async def test_only_so_many_requests_wait_in_a_connection(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What was read is answered, and the last answer tells the client to ask anew for the rest."""
    async with service() as url:
        answers = await sent_to(url, LIVE * 10_000)

        heads = answers.lower().split(b"http/1.1 200 ok\r\n")[1:]
        assert len(heads) == 1 + MOST_WAITING
        assert [b"connection: close" in head for head in heads] == [False] * MOST_WAITING + [True]
        assert await is_alive(url)
    assert len(warnings(caplog)) == 1


async def test_a_client_that_leaves_while_a_request_waits_is_forgotten() -> None:
    """The request that is being answered hears of it, not only the one that was read last."""
    heard = asyncio.Event()

    async def wait_for_the_end(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            while (await receive())["type"] != "lifespan.shutdown":
                await send({"type": "lifespan.startup.complete"})
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"a", "more_body": True})
        while (await receive())["type"] != "http.disconnect":
            pass
        heard.set()

    bound_connections()
    async with served(wait_for_the_end) as url:
        async with Raw(url) as raw:
            await raw.send(LIVE * 2)
            await raw.reader.readuntil(b"a\r\n")
        async with asyncio.timeout(20):
            await heard.wait()


async def test_requests_that_may_wait_are_all_answered() -> None:
    """The connection stays open for as many again."""
    async with service() as url, Raw(url) as raw:
        for _ in range(3):
            await raw.send(LIVE * (1 + MOST_WAITING))
            for _ in range(1 + MOST_WAITING):
                head = await raw.reader.readuntil(b"\r\n\r\n")
                assert status_of(head) == 200
                await raw.reader.readuntil(b"}")


async def test_a_large_head_and_a_large_body_are_let_through() -> None:
    """A body is no head; many small requests on one connection are no large one."""
    large = b"X: " + b"a" * (LARGEST_HEAD - 1_000) + b"\r\n"
    length = 4 * LARGEST_HEAD
    async with service() as url, Raw(url) as raw:
        await raw.send(LIVE[:-2], large, b"\r\n")
        assert status_of(await raw.reader.readuntil(b"}")) == 200
        for _ in range(3 * LARGEST_HEAD // len(LIVE)):
            await raw.send(LIVE)
            await raw.reader.readuntil(b"}")
        await raw.send(LIVE[:-2] + f"Content-Length: {length}\r\n\r\n".encode(), b"a" * length)
        assert status_of(await raw.reader.readuntil(b"}")) == 200
        await raw.send(LIVE)
        assert status_of(await raw.reader.readuntil(b"}")) == 200


# Heads that do not come.


@pytest.mark.parametrize(
    "beginning",
    [
        b"",
        b"GET /",
        b"GET / HTTP/1.1\r\n" + HOST,
        LIVE + b"GET /",
        LIVE[:-2] + b"Content-Length: 9\r\n\r\n",
    ],
    ids=["nothing", "an address", "a half", "a second half", "a body that nobody waits for"],
)
async def test_a_head_that_is_not_there_in_time_is_given_up(
    beginning: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To send a byte now and then is no help."""
    monkeypatch.setattr(BoundedConnection, "head_s", 0.2)
    async with service() as url, Raw(url) as raw:

        async def drip() -> None:
            with contextlib.suppress(ConnectionError):
                while beginning:
                    await raw.send(b"a")
                    await asyncio.sleep(0.01)

        await raw.send(beginning)
        dripping = asyncio.create_task(drip())
        answer = await raw.rest()
        await dripping
        assert await is_alive(url)

    assert status_of(answer) == (200 if beginning.startswith(LIVE[:-2]) else 0)


async def test_510_half_open_heads_are_closed_with_one_line(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Others are served meanwhile; the line is a warning and names a client."""
    monkeypatch.setattr(BoundedConnection, "head_s", 2.0)
    async with service() as url:
        closing = [sent_to(url, b"GET / HTTP/1.1\r\n") for _ in range(510)]
        async with asyncio.TaskGroup() as group:
            answers = [group.create_task(each) for each in closing]
            assert await is_alive(url)

    assert {task.result() for task in answers} == {b""}
    (line,) = warnings(caplog)
    assert "127.0.0.1" in line


async def test_a_head_in_two_parts_is_answered() -> None:
    """The second part may come in another packet."""
    async with service() as url, Raw(url) as raw:
        await raw.send(LIVE[:9])
        await asyncio.sleep(0.01)
        await raw.send(LIVE[9:])
        assert status_of(await raw.reader.readuntil(b"}")) == 200


# Readers that stop.


@pytest.mark.parametrize("ending", [b"", b"Connection: close\r\n"])
async def test_a_client_that_stops_reading_is_cut_off(
    ending: bytes, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Anything large, many small answers, or the end of one: nothing is held for it for ever."""
    monkeypatch.setattr(BoundedConnection, "sending_s", 0.2)
    asked = b"GET /openapi.json HTTP/1.1\r\n" + HOST
    async with service() as url, Raw(url, SO_RCVBUF=1024) as raw:
        raw.writer.transport.pause_reading()  # type: ignore[attr-defined]  # a ReadTransport
        with contextlib.suppress(ConnectionError):
            await raw.send(*[asked + b"\r\n"] * MOST_WAITING, asked + ending + b"\r\n")
        async with asyncio.timeout(20):
            while not warnings(caplog):
                await asyncio.sleep(0.01)
        assert await is_alive(url)

    (line,) = warnings(caplog)
    assert "parou de ler" in line


async def test_a_client_that_reads_slowly_gets_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as it takes some tens of kilobytes between two looks."""
    monkeypatch.setattr(BoundedConnection, "sending_s", 0.3)
    monkeypatch.setattr("src.infra.process.bounded_responses._LEAST_TAKEN", 1)
    asked = b"GET /openapi.json HTTP/1.1\r\n" + HOST
    async with service() as url, Raw(url, SO_RCVBUF=1024) as raw:
        await raw.send(*[asked + b"\r\n"] * 3, asked + b"Connection: close\r\n\r\n")
        read = bytearray()
        while part := await raw.reader.read(4_096):
            read += part
            await asyncio.sleep(0.001)

    assert read.count(b"HTTP/1.1 200 OK") == 4


# More than the system takes for a client that does not read.
LARGE = [bytes(256 * 1024)] * 64


@asynccontextmanager
async def serving_much() -> AsyncIterator[str]:
    """The address of an application with one large answer."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            while (await receive())["type"] != "lifespan.shutdown":
                await send({"type": "lifespan.startup.complete"})
            await send({"type": "lifespan.shutdown.complete"})
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for part in LARGE:
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body"})

    bound_connections()
    async with served(answer) as url:
        yield url


async def test_a_client_that_pauses_gets_all_of_a_large_answer() -> None:
    """The server waits for it, and goes on where it was."""
    async with serving_much() as url, Raw(url) as raw:
        raw.writer.transport.pause_reading()  # type: ignore[attr-defined]  # as above
        await raw.send(b"GET / HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
        await asyncio.sleep(0.2)
        raw.writer.transport.resume_reading()  # type: ignore[attr-defined]  # as above
        read = 0
        while part := await raw.reader.read(1 << 20):
            read += part.count(0)

    assert read == sum(map(len, LARGE))


async def test_a_client_that_leaves_in_the_middle_is_forgotten(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nobody looks later whether it takes the rest."""
    async with serving_much() as url:
        async with Raw(url) as raw:
            await raw.send(b"GET / HTTP/1.1\r\n" + HOST + b"\r\n")
            await raw.reader.readexactly(1)
            raw.writer.transport.abort()
        async with Raw(url) as other:  # the server goes on
            await other.send(b"GET / HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
            assert await other.reader.readexactly(1) == b"H"
            other.writer.transport.abort()

    assert warnings(caplog) == []


# What cannot be read.


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + HOST + b"\r\n",
        b"GET / HTTP/1.0\r\n" + HOST + HOST + b"\r\n",
        "GET /?q=pé HTTP/1.1\r\nHost: localhost\r\n\r\n".encode(),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET http://[ HTTP/1.1\r\n" + HOST + b"\r\n",
    ],
    ids=["no host", "two hosts", "two hosts in 1.0", "an unescaped address", "TLS", "no address"],
)
async def test_what_is_no_request_is_a_problem_in_portuguese(
    request_: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """The answer says what to look at; the log has one line, however often it is sent."""
    async with service() as url:
        answers = [await sent_to(url, request_) for _ in range(3)]

    for answer in answers:
        assert status_of(answer) == problem_of(answer)["status"] == 400
        assert "Host" in problem_of(answer)["detail"]
        assert "%C3%A9" in problem_of(answer)["detail"]
    assert caplog.text.count("Invalid HTTP request") == 1


async def test_http_1_0_needs_no_host() -> None:
    """Simple health checks send none."""
    async with service() as url:
        assert status_of(await sent_to(url, b"GET /health/live HTTP/1.0\r\n\r\n")) == 200


# More connections than callers may have.


@pytest.fixture
def four(monkeypatch: pytest.MonkeyPatch) -> None:
    """Callers may have four connections."""
    where = "src.infra.process.bounded_connections.connections_of_callers"
    monkeypatch.setattr(where, lambda: 4)


async def is_closed(raw: Raw) -> bool:
    """Whether the service has closed a connection; it answers a whole request on any other."""
    try:
        await raw.send(LIVE)
        return not await raw.reader.readuntil(b"}")
    except (ConnectionError, asyncio.IncompleteReadError):
        return True


@pytest.mark.usefixtures("four")
async def test_the_oldest_head_makes_room_for_another(caplog: pytest.LogCaptureFixture) -> None:
    """Not those kept alive, however old they are; one line is logged for all such heads."""
    async with service() as url, AsyncExitStack() as stack:
        kept_alive = await stack.enter_async_context(Raw(url))
        assert not await is_closed(kept_alive)
        heads = []
        for _ in range(6):
            heads.append(await stack.enter_async_context(Raw(url)))
            await heads[-1].send(b"GET /health/live HTTP/1.1\r\n")
            await asyncio.sleep(0.02)  # until the service has seen it
        async with asyncio.timeout(20):
            while not all(raw.reader.at_eof() for raw in heads[:3]):
                await asyncio.sleep(0.01)
        whole = [raw.reader.at_eof() for raw in heads]
        for raw in heads[3:]:
            await raw.send(HOST + b"\r\n")
            assert status_of(await raw.reader.readuntil(b"}")) == 200
        assert not await is_closed(kept_alive)

    assert whole == [True] * 3 + [False] * 3
    (line,) = warnings(caplog)
    assert "mais de 4 abertas" in line


@pytest.mark.usefixtures("four")
async def test_connections_kept_alive_make_room_where_they_are_more() -> None:
    """The oldest first; a head that has just begun may be finished."""
    async with service() as url, AsyncExitStack() as stack:
        idle = [await stack.enter_async_context(Raw(url)) for _ in range(3)]
        for raw in idle:
            assert not await is_closed(raw)
        head = await stack.enter_async_context(Raw(url))
        await head.send(LIVE[:9])
        for _ in range(2):
            assert not await is_closed(await stack.enter_async_context(Raw(url)))
        await head.send(LIVE[9:])
        assert status_of(await head.reader.readuntil(b"}")) == 200

        assert [await is_closed(raw) for raw in idle[:2]] == [True, True]


@pytest.mark.usefixtures("four")
async def test_whoever_is_answered_makes_no_room() -> None:
    """Neither a stream nor an answer that is taken slowly is cut off, and more are served."""
    large = b"GET /openapi.json HTTP/1.1\r\n" + HOST + b"\r\n"
    async with service() as url, AsyncExitStack() as stack:
        async with client(url) as session:
            await ask(session, TREE)  # so that there is something to stream
        stream = await stack.enter_async_context(Raw(url))
        await stream.send(STREAM + b"\r\n")
        assert await stream.reader.readuntil(b"\n\n")
        slow = []
        for _ in range(4):
            raw = await stack.enter_async_context(Raw(url, SO_RCVBUF=1024))
            slow.append(raw)
            await raw.send(large * 100)
            await raw.reader.readexactly(1)
            raw.writer.transport.pause_reading()  # type: ignore[attr-defined]  # as above
        for _ in range(4):
            assert await is_alive(url)
        for raw in slow:
            raw.writer.transport.resume_reading()  # type: ignore[attr-defined]  # as above
            for _ in range(100):
                assert b"200 OK" in await raw.reader.readuntil(b"\r\n\r\n")


def test_another_protocol_is_left_alone() -> None:
    """A class that an operator derives from uvicorn's is made as it is."""

    class Own(HttpToolsProtocol):
        pass

    assert type(Own.__new__(Own)) is Own
