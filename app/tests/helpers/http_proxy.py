"""A proxy on loopback, as offices have one: for all who ask over it, the only way out."""

import asyncio
import base64
import contextlib
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

# What a proxy shows people in a browser.
PAGE = b"<html><body><h1>Acesso negado</h1></body></html>"


class HttpProxy:
    """Leads each request to one upstream on loopback, whatever its host is called.

    `upstream_url` is the upstream's real address. The proxy opens tunnels (CONNECT) and forwards
    requests in plain HTTP. `credentials` are the user and password that it wants, with a colon
    between; empty for none. With `answers` it answers each request itself, with this status and a
    page.
    """

    def __init__(self, upstream_url: str, *, credentials: str = "", answers: int = 0) -> None:
        address = urlsplit(upstream_url)
        self._upstream = (address.hostname, address.port)
        self._authorization = b"Basic " + base64.b64encode(credentials.encode())
        self._wants_credentials = bool(credentials)
        self.answers = answers
        self._connections: dict[asyncio.StreamWriter, asyncio.Task[None] | None] = {}
        self.heads: list[bytes] = []  # of all requests to it, without what is in tunnels
        self.connections = 0
        self.most_open_connections = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=1024)
        self.address = f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"  # host and port
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.close()
        await self.drop_connections()
        await self._server.wait_closed()

    async def drop_connections(self) -> None:
        """Closes all connections, as a proxy does with those that were idle for long."""
        tasks = [task for task in self._connections.values() if task]
        for writer in tuple(self._connections):
            writer.transport.abort()
        await asyncio.gather(*tasks)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections[writer] = asyncio.current_task()
        self.connections += 1
        self.most_open_connections = max(self.most_open_connections, len(self._connections))
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            self.heads.append(head)
            if status := self._own_answer(head):
                await _answer(writer, status)
            else:
                await self._lead(head, reader, writer)
        writer.transport.abort()
        del self._connections[writer]

    def _own_answer(self, head: bytes) -> int:
        if self._wants_credentials and self._authorization not in head:
            return 407
        return self.answers

    async def _lead(
        self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Between a client and the upstream, until one of them leaves."""
        from_upstream, to_upstream = await asyncio.open_connection(*self._upstream)
        back = asyncio.create_task(_copy(from_upstream, writer))
        try:
            if head.startswith(b"CONNECT "):
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                await _copy(reader, to_upstream)
                return
            while True:
                to_upstream.write(_as_to_the_server(head))
                if b"Content-Length: " in head:
                    length = head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0]
                    to_upstream.write(await reader.readexactly(int(length)))
                head = await reader.readuntil(b"\r\n\r\n")
                self.heads.append(head)
        finally:
            to_upstream.transport.abort()
            await back


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hands all bytes on until one side has left; then the other is left, too."""
    with contextlib.suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.transport.abort()


async def _answer(writer: asyncio.StreamWriter, status: int) -> None:
    wanted = b'Proxy-Authenticate: Basic realm="rede"\r\n' if status == 407 else b""
    writer.write(
        f"HTTP/1.1 {status} -\r\nContent-Type: text/html\r\n".encode()
        + wanted
        + f"Content-Length: {len(PAGE)}\r\nConnection: close\r\n\r\n".encode()
        + PAGE
    )
    await writer.drain()
    writer.close()
    await writer.wait_closed()


def _as_to_the_server(head: bytes) -> bytes:
    """The head with a path in place of the whole address, and without what is for the proxy."""
    request_line, *lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    method, address, version = request_line.split(b" ")
    assert address.startswith(b"http://"), "a proxy needs the whole address"
    path = b"/" + address.split(b"/", 3)[3]
    kept = [line for line in lines if not line.lower().startswith(b"proxy-")]
    return b"\r\n".join([b" ".join([method, path, version]), *kept]) + b"\r\n\r\n"
