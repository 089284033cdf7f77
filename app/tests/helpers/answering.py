"""Servers that answer every request with the same bytes."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


@asynccontextmanager
async def answering_all(body: bytes, coding: str | None = None) -> AsyncIterator[str]:
    """The address of a server that answers each request with this body, in this content coding."""
    header = f"Content-Encoding: {coding}\r\n" if coding else ""
    head = f"HTTP/1.1 200 OK\r\n{header}Content-Length: {len(body)}\r\n\r\n".encode()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer), contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while True:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(head)
                for start in range(0, len(body), 65_536):
                    writer.write(body[start : start + 65_536])
                    await writer.drain()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, backlog=1024)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
