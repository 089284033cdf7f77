"""The last good snapshot in Redis or Valkey, for the processes of many machines."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import cast
from uuid import uuid4

from redis.asyncio import Redis
from redis.asyncio.lock import Lock
from redis.exceptions import LockNotOwnedError, ResponseError

from src.application.ports.snapshot_store import (
    DamagedSnapshotError,
    ForeignSnapshotError,
    SnapshotStore,
    SnapshotStoreError,
    Stored,
)
from src.domain.snapshot import S
from src.infra.storage.redis_connection import TIMEOUT_S, RedisConnection
from src.infra.storage.snapshots.lease import RENEW_EVERY_S, TURN_S, renewed
from src.infra.storage.snapshots.snapshot_format import SnapshotFormat, UnknownFormatError

# What PTTL answers for a key that never expires.
_WITHOUT_END = -1


class RedisStore(SnapshotStore[S]):
    """`redis://…`: the snapshot and its version in two keys, the turn by a lock with a lifetime.

    `prefix` is what the names of its keys begin with. A turn ends `turn_s` seconds after its holder
    was last seen, and is renewed every `renew_every_s`, or taken again if the server was emptied,
    or a replica that had not heard of it has become the master. The other arguments are
    RedisConnection's.
    """

    def __init__(
        self,
        address: str,
        snapshot_format: SnapshotFormat[S],
        *,
        prefix: str,
        ca_file: Path | None = None,
        turn_s: float = TURN_S,
        renew_every_s: float = RENEW_EVERY_S,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._server = RedisConnection(address, ca_file=ca_file, timeout_s=timeout_s)
        self._turn_s = turn_s
        self._renew_every_s = renew_every_s
        self._format = snapshot_format
        self._snapshot_key = prefix + snapshot_format.named("snapshot")
        self._version_key = prefix + snapshot_format.named("version")
        self._turn_key = prefix + "turn"

    async def version(self) -> str | None:
        async with self._server.asked(SnapshotStoreError) as redis:
            # By MGET: what somebody has put there that is no string counts as nothing.
            (version,) = cast("list[bytes | None]", await redis.mget(self._version_key))
        return _text(version) if version is not None else None

    async def load(self) -> Stored[S] | None:
        size = 0
        async with self._server.asked(SnapshotStoreError) as redis:
            with suppress(ResponseError):  # no string, as above
                size = await redis.strlen(self._snapshot_key)
            keys = [self._version_key, self._snapshot_key]
            answer = await redis.mget(keys if size <= self._format.max_bytes else keys[:1])
        version, *content = cast("list[bytes | None]", answer)
        if version is None or content == [None]:
            return None
        try:
            return Stored(await asyncio.to_thread(self._read, content), _text(version))
        except UnknownFormatError as exc:
            message = f"o que está no Redis é de outra versão ({exc})"
            raise ForeignSnapshotError(message, _text(version)) from exc
        except (ValueError, MemoryError) as exc:
            message = f"o que está no Redis está danificado ({exc})"
            raise DamagedSnapshotError(message, _text(version)) from exc

    async def save(self, snapshot: S) -> str:
        try:
            content = await asyncio.to_thread(self._format.to_bytes, snapshot)
        except ValueError as exc:
            raise SnapshotStoreError(f"a coleta não pôde ser gravada no Redis ({exc})") from exc
        version = uuid4().hex
        async with self._server.asked(SnapshotStoreError) as redis:
            await redis.mset({self._snapshot_key: content, self._version_key: version})
        return version

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[bool]:
        async with self._server.asked(SnapshotStoreError) as redis:
            lock = redis.lock(self._turn_key, timeout=self._turn_s, blocking=False)
            is_ours = await lock.acquire()
            if not is_ours:
                await self._bound_turn(redis)
        if not is_ours:
            yield False
            return
        try:
            async with renewed(partial(self._renew, lock), every_s=self._renew_every_s):
                yield True
        finally:
            with suppress(SnapshotStoreError):  # it ends by itself, soon
                async with self._server.asked(SnapshotStoreError):
                    await lock.release()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._server.aclose()

    async def _renew(self, lock: Lock) -> None:
        async with self._server.asked(SnapshotStoreError):
            try:
                await lock.reacquire()
            except LockNotOwnedError:
                await lock.acquire()  # the server has forgotten it

    async def _bound_turn(self, redis: Redis) -> None:
        """Let the turn of others end, though something else has put a key without end there."""
        longest_ms = int(self._turn_s * 1000)
        left_ms = await redis.pttl(self._turn_key)
        if left_ms == _WITHOUT_END or left_ms > longest_ms:
            await redis.pexpire(self._turn_key, longest_ms)

    def _read(self, content: list[bytes | None]) -> S:
        if not content or content[0] is None:
            raise ValueError(f"grande demais, no máximo {self._format.max_bytes} bytes")
        return self._format.from_bytes(content[0]).snapshot


def _text(version: bytes) -> str:
    return version.decode(errors="replace")
