"""A Redis server of the test's own, on loopback, without persistence.

It is real if `redis-server` is installed. Otherwise fakeredis takes its place: the stores and
journals are tested on every machine, and the last line of the run says by which server.
"""

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme

from tests.helpers.installed import installed
from tests.helpers.serving import free_port

PROGRAM = installed("redis-server")

needs_redis_server = pytest.mark.skipif(
    PROGRAM is None, reason="they need the real Redis: apt install redis-server"
)

FAKE_SERVER = """
import sys
from fakeredis import TcpFakeServer

TcpFakeServer(("127.0.0.1", int(sys.argv[1]))).serve_forever()
"""


class RedisServer:
    """A server that can be stopped, and started again at the same address, empty.

    `options` are the real server's, and come after those that every test needs. With `tls` it
    speaks nothing else.
    """

    def __init__(self, directory: str, *options: str, tls: bool = False) -> None:
        self.port = free_port()
        self.has_tls = tls
        self._command = [sys.executable, "-c", FAKE_SERVER, str(self.port)]
        if PROGRAM is not None:
            own = ["--bind", "127.0.0.1", "--dir", directory, "--save", "", "--appendonly", "no"]
            ports = ["--port", "0", "--tls-port"] if tls else ["--port"]
            self._command = [PROGRAM, *own, *ports, str(self.port), *options]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address to set as SNAPSHOT_STORE."""
        return f"{'rediss' if self.has_tls else 'redis'}://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Starts the server and waits until it takes connections."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        wait_until_it_listens(self.port, self._process)

    def stop(self) -> None:
        """Ends the server, if it runs."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@contextmanager
def redis_server(*options: str, tls: bool = False) -> Iterator[RedisServer]:
    """A running server with these options, which ends with the block."""
    with tempfile.TemporaryDirectory() as directory:
        server = RedisServer(directory, *options, tls=tls)
        try:
            server.start()
            yield server
        finally:
            server.stop()


def with_certificate(directory: Path) -> tuple[list[str], Path]:
    """Options of a server with TLS, which asks clients for no certificate.

    They name files in this directory; so does the path, of the authority that no system knows.
    """
    authority = trustme.CA()
    trusted, own = directory / "authority.pem", directory / "server.pem"
    authority.cert_pem.write_to_path(str(trusted))
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(own))
    options = {"cert-file": own, "key-file": own, "ca-cert-file": trusted, "auth-clients": "no"}
    return [
        word for name, value in options.items() for word in (f"--tls-{name}", str(value))
    ], trusted


def wait_until_it_listens(port: int, process: subprocess.Popen[bytes]) -> None:
    """Waits until the process takes connections at this port."""
    while not _takes_connections(port):
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} did not start")
        time.sleep(0.002)


def _takes_connections(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
