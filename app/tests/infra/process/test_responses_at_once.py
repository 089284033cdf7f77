"""Whole responses look the same, however they are sent, over real sockets."""

import asyncio
import gc
import logging
import os
import re
import ssl
import weakref
from pathlib import Path

import pytest
import trustme
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from src.infra.http.ready_response import AT_ONCE, ReadyResponse
from src.infra.process.bounded_connections import bound_connections
from tests.helpers.memory_files import needs_memory_files
from tests.helpers.serving import client, served

SMALL, LARGE, EMPTY = b"pequena", b"grande " * 40_000, b""

BODIES = {
    "/small": ReadyResponse(SMALL, headers={"X-Letters": "ã".encode().decode("latin-1")}),
    "/large": ReadyResponse(LARGE, headers={}, media_type="text/plain"),
    "/unmodified": ReadyResponse(status_code=304, headers={"ETag": '"a"'}),
}

# Whole requests, each on a connection of its own.
REQUESTS = {
    "kept alive": "GET {path} HTTP/1.1\r\nHost: a\r\n\r\nGET {path} HTTP/1.1\r\nHost: a\r\n",
    "closed": "GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n",
    "HTTP/1.0": "GET {path} HTTP/1.0\r\n",
    "only the head": "HEAD {path} HTTP/1.1\r\nHost: a\r\n",
    "asked for leave": "GET {path} HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n",
}


@pytest.fixture
def no_access_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """No access log of uvicorn is written."""
    monkeypatch.setattr(logging.getLogger("uvicorn.access"), "hasHandlers", lambda: False)


async def ready(scope: Scope, receive: Receive, send: Send) -> None:
    """An application with the responses of BODIES."""
    if scope["type"] == "lifespan":
        for phase in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{phase}.complete"})
        return
    await BODIES[scope["path"]](scope, receive, send)


def watched(app: ASGIApp, seen: list[Message]) -> ASGIApp:
    """The application, with somebody who looks at each message."""

    async def watching(scope: Scope, receive: Receive, send: Send) -> None:
        async def look(message: Message) -> None:
            if message["type"].startswith("http"):
                seen.append(message)
            await send(message)

        await app(scope, receive, look)

    return watching


async def sent_by(app: ASGIApp, request: str) -> bytes:
    """All that a client gets that ends its side behind the request."""
    bound_connections()
    async with served(app) as url:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
        writer.write(request.encode() + b"\r\n")
        async with asyncio.timeout(20):
            sent = b""
            while sent.count(b"HTTP/1.1") < request.count("HTTP/1.") or not sent.endswith(
                (SMALL, LARGE, b"\r\n\r\n")
            ):
                part = await reader.read(1 << 20)
                sent += part
                if not part:
                    break
        writer.close()
        await writer.wait_closed()
    return re.sub(rb"date: [^\r]*", b"date: -", sent)


@pytest.mark.usefixtures("no_access_log")
@pytest.mark.parametrize("path", BODIES)
@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
async def test_the_same_bytes_are_sent_either_way(path: str, request_: str) -> None:
    """A client cannot tell whether somebody looks at the messages."""
    messages: list[Message] = []
    request = request_.format(path=path)

    at_once = await sent_by(ready, request)
    in_messages = await sent_by(watched(ready, messages), request)

    assert at_once == in_messages
    assert len(messages) == 2 * request.count("HTTP/1.")


@pytest.mark.usefixtures("no_access_log")
async def test_one_that_nobody_looks_at_is_sent_without_messages() -> None:
    """The server's own way is taken, once the server offers it."""
    offered = []

    async def noting(scope: Scope, receive: Receive, send: Send) -> None:
        at_once = scope.get("extensions", {}).get(AT_ONCE)

        def taken(*response: object) -> bool:
            offered.append(at_once(*response))
            return bool(offered[-1])

        scope["extensions"] = {AT_ONCE: taken}
        await ready(scope, receive, send)

    await sent_by(noting, REQUESTS["closed"].format(path="/small"))
    await sent_by(noting, REQUESTS["only the head"].format(path="/small"))

    assert offered == [True, False]


@needs_memory_files
@pytest.mark.usefixtures("no_access_log")
async def test_a_large_one_is_handed_to_the_kernel_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Head and body in one call: a process that is killed leaves no half of it."""
    asked, sendfile = [], os.sendfile

    def noting(to: int, file: int, offset: int, size: int) -> int:
        asked.append(size)
        return sendfile(to, file, offset, size)

    monkeypatch.setattr(os, "sendfile", noting)

    await sent_by(ready, REQUESTS["kept alive"].format(path="/large"))

    assert [size > len(LARGE) for size in asked] == [True, True]


@needs_memory_files
@pytest.mark.usefixtures("no_access_log")
@pytest.mark.parametrize("room", [0, 10, 10_000])
async def test_what_the_kernel_has_no_room_for_is_sent_later(
    room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client gets all of it, in order, wherever the first part ends."""
    sendfile = os.sendfile

    def with_room(to: int, file: int, offset: int, size: int) -> int:
        if not room:
            raise BlockingIOError
        return sendfile(to, file, offset, min(size, room))

    request = REQUESTS["kept alive"].format(path="/large")
    whole = await sent_by(ready, request)
    monkeypatch.setattr(os, "sendfile", with_room)

    assert await sent_by(ready, request) == whole


@pytest.mark.usefixtures("no_access_log")
async def test_an_encrypted_connection_encrypts_it(tmp_path: Path) -> None:
    """Nothing goes past TLS."""
    bound_connections()
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    issued.cert_chain_pems[0].write_to_path(certificate)
    issued.private_key_pem.write_to_path(key)
    trust = ssl.create_default_context()
    authority.configure_trust(trust)

    async with served(ready, ssl_certfile=certificate, ssl_keyfile=key) as url:
        address = url.replace("http:", "https:") + "/large"
        async with client() as session, session.get(address, ssl=trust) as answer:
            body = await answer.read()

    assert body == LARGE


@pytest.mark.usefixtures("no_access_log")
async def test_a_request_leaves_nothing_for_the_garbage_collector() -> None:
    """What it has taken is free as soon as the next one comes."""
    cycles: list[weakref.ref[RequestResponseCycle]] = []

    async def noting(scope: Scope, receive: Receive, send: Send) -> None:
        cycle = getattr(send, "__self__", None)
        if isinstance(cycle, RequestResponseCycle):
            cycles.append(weakref.ref(cycle))
        await ready(scope, receive, send)

    gc.disable()
    try:
        await sent_by(noting, REQUESTS["kept alive"].format(path="/small"))
        living = [each() is not None for each in cycles]
    finally:
        gc.enable()

    assert len(living) == 2
    assert not living[0]


async def test_the_servers_own_access_log_has_a_line_for_each(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Where uvicorn writes one, it sees the response."""
    with caplog.at_level(logging.INFO, logger="uvicorn.access"):
        await sent_by(ready, REQUESTS["closed"].format(path="/small"))

    assert ['"GET /small HTTP/1.1" 200' in line for line in caplog.messages] == [True]
