"""The last good snapshot in Redis or Valkey, for the processes of many machines."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import cast
from uuid import uuid4

from redis.asyncio.lock import Lock
from redis.exceptions import LockError, RedisError

from src.application.ports.snapshot_store import (
    DamagedSnapshotError,
    SnapshotStore,
    SnapshotStoreError,
    Stored,
)
from src.domain.snapshot import S
from src.infra.storage.redis_connection import TIMEOUT_S, connected_to, redis_errors_as
from src.infra.storage.snapshot_format import SnapshotFormat

# In seconds: a turn is renewed well before it ends.
TURN_S = 6.0
RENEW_EVERY_S = 2.0


class RedisStore(SnapshotStore[S]):
    """`redis://…`: the snapshot and its version in two keys, the turn by a lock with a lifetime.

    `prefix` is what the names of its keys begin with. A turn ends `turn_s` seconds after its holder
    was last seen, and is renewed `renew_every_s`; no call takes longer than `timeout_s`.
    """

    def __init__(
        self,
        url: str,
        snapshot_format: SnapshotFormat[S],
        *,
        prefix: str,
        turn_s: float = TURN_S,
        renew_every_s: float = RENEW_EVERY_S,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._redis = connected_to(url, timeout_s=timeout_s)
        self._turn_s = turn_s
        self._renew_every_s = renew_every_s
        self._format = snapshot_format
        self._snapshot_key = prefix + "snapshot"
        self._version_key = prefix + "version"
        self._turn_key = prefix + "turn"

    async def version(self) -> str | None:
        with redis_errors_as(SnapshotStoreError):
            version = cast("bytes | None", await self._redis.get(self._version_key))
        return _text(version) if version is not None else None

    async def load(self) -> Stored[S] | None:
        with redis_errors_as(SnapshotStoreError):
            answer = await self._redis.mget(self._version_key, self._snapshot_key)
        version, content = cast("list[bytes | None]", answer)
        if version is None or content is None:
            return None
        try:
            file = await asyncio.to_thread(self._format.from_bytes, content)
        except ValueError as exc:
            message = f"o que está no Redis está danificado ({exc})"
            raise DamagedSnapshotError(message, _text(version)) from exc
        return Stored(file.snapshot, _text(version))

    async def save(self, snapshot: S) -> str:
        try:
            content = await asyncio.to_thread(self._format.to_bytes, snapshot)
        except ValueError as exc:
            raise SnapshotStoreError(f"a coleta não pôde ser gravada no Redis ({exc})") from exc
        version = uuid4().hex
        with redis_errors_as(SnapshotStoreError):
            await self._redis.mset({self._snapshot_key: content, self._version_key: version})
        return version

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[bool]:
        lock = self._redis.lock(self._turn_key, timeout=self._turn_s, blocking=False)
        with redis_errors_as(SnapshotStoreError):
            is_ours = await lock.acquire()
        if not is_ours:
            yield False
            return
        is_over = asyncio.Event()
        renewing = asyncio.create_task(self._renew(lock, is_over))
        try:
            yield True
        finally:
            # Not by cancelling it: redis-py may take that for a time-out, and it would be lost.
            is_over.set()
            await renewing
            with suppress(LockError, RedisError, OSError):  # it ends by itself, soon
                await lock.release()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._redis.aclose()

    async def _renew(self, lock: Lock, is_over: asyncio.Event) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(is_over.wait(), self._renew_every_s)
                return
            with suppress(LockError, RedisError, OSError):  # the next one may get through
                await lock.reacquire()


def _text(version: bytes) -> str:
    return version.decode(errors="replace")
