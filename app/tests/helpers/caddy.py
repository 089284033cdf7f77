"""A real Caddy in front of a service, if there is one on this machine."""

import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.helpers.installed import installed
from tests.helpers.processes import running

needs_caddy = pytest.mark.skipif(
    installed("caddy") is None, reason="it needs Caddy: apt install caddy"
)

# Nothing but its sites listens, and these on the loopback only; it ends whatever its clients do.
_OPTIONS = """{
\tadmin off
\tdefault_bind 127.0.0.1
\tgrace_period 1s
}

"""


@asynccontextmanager
async def caddy(port: int, sites: str) -> AsyncIterator[None]:
    """Runs Caddy with these sites; it listens on this port, one of theirs, when the block begins.

    What it writes goes into a folder of its own; what is wrong with the sites, it prints.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "Caddyfile"
        file.write_text(_OPTIONS + sites)
        with_it = ("--config", str(file), "--adapter", "caddyfile")
        own = {"XDG_CONFIG_HOME": folder, "XDG_DATA_HOME": folder}
        async with running("caddy", "run", *with_it, is_ready=lambda: _listens(port), **own):
            yield


def _listens(port: int) -> bool:
    """Whether a connection to this port is taken."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
