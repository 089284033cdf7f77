"""A Redis server of the test's own, on loopback, without persistence.

It is real if `redis-server` is installed. Otherwise fakeredis takes its place: the stores and
journals are tested on every machine, and the last line of the run says by which server.
"""

import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.helpers.serving import free_port

PROGRAM = shutil.which("redis-server")

FAKE_SERVER = """
import sys
from fakeredis import TcpFakeServer

TcpFakeServer(("127.0.0.1", int(sys.argv[1]))).serve_forever()
"""


class RedisServer:
    """A server that can be stopped, and started again at the same address, empty."""

    def __init__(self, directory: str) -> None:
        self._port = free_port()
        self._command = [sys.executable, "-c", FAKE_SERVER, str(self._port)]
        if PROGRAM is not None:
            options = ["--bind", "127.0.0.1", "--port", str(self._port), "--dir", directory]
            self._command = [PROGRAM, *options, "--save", "", "--appendonly", "no"]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address to set as SNAPSHOT_STORE."""
        return f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """Starts the server and waits until it takes connections."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        while not _takes_connections(self._port):
            if self._process.poll() is not None:
                raise RuntimeError(f"{self._command[0]} did not start")
            time.sleep(0.002)

    def stop(self) -> None:
        """Ends the server, if it runs."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@contextmanager
def redis_server() -> Iterator[RedisServer]:
    """A running server, which ends with the block."""
    with tempfile.TemporaryDirectory() as directory:
        server = RedisServer(directory)
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _takes_connections(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
