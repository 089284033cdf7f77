"""The last good snapshot in Redis or Valkey, for the processes of many machines."""

from __future__ import annotations

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
from src.domain.snapshot import Snapshot
from src.infra.storage.redis_connection import connected_to
from src.infra.storage.snapshot_file import COLLECTED_HERE, SnapshotFile, from_bytes, to_bytes

SNAPSHOT = "estados-e-cidades:snapshot"
VERSION = "estados-e-cidades:version"
TURN = "estados-e-cidades:turn"

# A turn ends this many seconds after its holder was last seen, and is renewed well before.
TURN_S = 6.0
RENEW_EVERY_S = 2.0


class RedisStore(SnapshotStore):
    """`redis://…`: the snapshot and its version in two keys, the turn by a lock with a lifetime."""

    def __init__(self, url: str) -> None:
        self._redis = connected_to(url)

    async def version(self) -> str | None:
        try:
            version = cast("bytes | None", await self._redis.get(VERSION))
        except (RedisError, OSError) as exc:
            raise _unreachable(exc) from exc
        return _text(version) if version is not None else None

    async def load(self) -> Stored | None:
        try:
            answer = await self._redis.mget(VERSION, SNAPSHOT)
        except (RedisError, OSError) as exc:
            raise _unreachable(exc) from exc
        version, content = cast("list[bytes | None]", answer)
        if version is None or content is None:
            return None
        try:
            file = await asyncio.to_thread(from_bytes, content)
        except ValueError as exc:
            message = f"o que está no Redis está danificado ({exc})"
            raise DamagedSnapshotError(message, _text(version)) from exc
        return Stored(file.snapshot, _text(version))

    async def save(self, snapshot: Snapshot) -> str:
        content = await asyncio.to_thread(to_bytes, SnapshotFile(snapshot, COLLECTED_HERE))
        version = uuid4().hex
        try:
            await self._redis.mset({SNAPSHOT: content, VERSION: version})
        except (RedisError, OSError) as exc:
            raise _unreachable(exc) from exc
        return version

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[bool]:
        lock = self._redis.lock(TURN, timeout=TURN_S, blocking=False)
        try:
            is_ours = await lock.acquire()
        except (RedisError, OSError) as exc:
            raise _unreachable(exc) from exc
        if not is_ours:
            yield False
            return
        is_over = asyncio.Event()
        renewing = asyncio.create_task(_renew(lock, is_over))
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


async def _renew(lock: Lock, is_over: asyncio.Event) -> None:
    while True:
        with suppress(TimeoutError):
            await asyncio.wait_for(is_over.wait(), RENEW_EVERY_S)
            return
        with suppress(LockError, RedisError, OSError):  # the next one may get through
            await lock.reacquire()


def _text(version: bytes) -> str:
    return version.decode(errors="replace")


def _unreachable(exc: Exception) -> SnapshotStoreError:
    return SnapshotStoreError(f"o Redis não responde ({exc})")
