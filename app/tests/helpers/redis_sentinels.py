"""A Redis with a replica, and a Sentinel that promotes the replica if the master is dead."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis

from tests.helpers.processes import until
from tests.helpers.redis_server import PROGRAM, RedisServer, redis_server, wait_until_it_listens
from tests.helpers.serving import free_port

MASTER_NAME = "mestre"

CONFIGURATION = f"""
bind 127.0.0.1
sentinel monitor {MASTER_NAME} 127.0.0.1 %d 1
sentinel down-after-milliseconds {MASTER_NAME} %d
"""

# For how long the master is silent before it counts as dead, in milliseconds: the replica is
# promoted soon, or on a busy machine never by mistake.
SOON_MS, NEVER_MS = 2000, 600_000


class Watched:
    """A master and its replica, watched by a Sentinel."""

    def __init__(self, master: RedisServer, replica: RedisServer, sentinel_port: int) -> None:
        self.master = master
        self.replica = replica
        self.sentinel_port = sentinel_port
        self._silent_port = free_port()

    @property
    def url(self) -> str:
        """The address to set as SNAPSHOT_STORE; nobody listens at the first of its Sentinels."""
        sentinels = f"127.0.0.1:{self._silent_port},127.0.0.1:{self.sentinel_port}"
        return f"redis+sentinel://{sentinels}/{MASTER_NAME}"

    async def failed_over(self) -> None:
        """Waits until the Sentinel names the replica as the master."""
        with Redis(port=self.sentinel_port) as sentinel:
            await until(lambda: sentinel.sentinel_master(MASTER_NAME)["port"] == self.replica.port)


@contextmanager
def redis_with_replica() -> Iterator[tuple[RedisServer, RedisServer]]:
    """A master, and its replica, which gets all that is written; both end with the block."""
    # By default, a master waits for five seconds for more replicas.
    with (
        redis_server("--repl-diskless-sync-delay", "0") as master,
        redis_server("--replicaof", "127.0.0.1", str(master.port)) as replica,
    ):
        while not is_replicated(master):
            pass
        yield master, replica


def is_replicated(master: RedisServer) -> bool:
    """Whether the replica has all that was written by now; waits a second for it."""
    with Redis(port=master.port) as connected:
        return bool(connected.wait(1, 1000))


@contextmanager
def redis_with_sentinel(directory: Path) -> Iterator[Watched]:
    """The same, and a Sentinel that writes what it finds out into this directory."""
    with (
        redis_with_replica() as (master, replica),
        sentinel_of(master, directory, dead_after_ms=SOON_MS) as port,
    ):
        while not _knows_the_replica(port):
            time.sleep(0.01)
        yield Watched(master, replica, port)


@contextmanager
def sentinel_of(
    master: RedisServer, directory: Path, *options: str, dead_after_ms: int = NEVER_MS
) -> Iterator[int]:
    """The port of a Sentinel with these options besides, which ends with the block."""
    assert PROGRAM is not None
    configuration = directory / "sentinel.conf"
    configuration.write_text(CONFIGURATION % (master.port, dead_after_ms))
    port = free_port()
    ports = ["--port", "0", "--tls-port"] if master.has_tls else ["--port"]
    command = [PROGRAM, str(configuration), "--sentinel", *ports, str(port), *options]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as sentinel:
        try:
            wait_until_it_listens(port, sentinel)
            yield port
        finally:
            sentinel.kill()


def _knows_the_replica(sentinel_port: int) -> bool:
    with Redis(port=sentinel_port) as sentinel:
        replicas = sentinel.sentinel_slaves(MASTER_NAME)
    return [each["master-link-status"] for each in replicas] == ["ok"]
