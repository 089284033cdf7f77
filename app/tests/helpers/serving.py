"""Serves an application on a real loopback socket, within the test's own event loop."""

import contextlib
import itertools
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import uvicorn
from starlette.types import ASGIApp

# Below the ports that systems give to outgoing connections (from 32,768 on, on Linux), so that no
# connection takes a port after it was found free and before a server listens there. Processes that
# run tests side by side have neighbouring ids: each has a hundred ports of its own.
_FIRST_PORT = 20_000 + 100 * (os.getpid() % 100)
_PORTS = itertools.cycle(range(_FIRST_PORT, _FIRST_PORT + 100))


def free_port() -> int:
    """A free port, for a server in another process."""
    for port in itertools.islice(_PORTS, 100):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("every port is taken")


def client(url: str | None = None) -> aiohttp.ClientSession:
    """A session that asks for no content coding, so that each answer has one tag."""
    return aiohttp.ClientSession(url, skip_auto_headers=["Accept-Encoding"])


@asynccontextmanager
async def served(app: ASGIApp, **options: Any) -> AsyncIterator[str]:
    """The application's address while it is served, lifespan included.

    `options` are uvicorn's.
    """
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_config=None, lifespan="on", ws="none", **options
    )
    server = uvicorn.Server(config)
    # What `serve` does, but for the loop in it, which looks ten times a second whether to end.
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    await server.on_tick(0)  # gives answers their Date
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await server.shutdown()
