"""Stores of the sample feature's snapshots."""

from pathlib import Path
from typing import TypeAlias

from src import NAME
from src.application.ports.snapshot_store import SnapshotStore
from src.infra.storage.snapshots.file_store import FileStore
from src.infra.storage.snapshots.redis_store import RedisStore
from src.infra.storage.snapshots.snapshot_format import SnapshotFormat
from tests.sample_feature.shelves import ShelvesSnapshot

Store: TypeAlias = SnapshotStore[ShelvesSnapshot]

FORMAT = SnapshotFormat(ShelvesSnapshot)

# The prefix of the feature's keys.
PREFIX = f"{NAME}:shelves:"


def file_store(directory: Path, **seconds: float) -> FileStore[ShelvesSnapshot]:
    """A store in this directory; `seconds` are the timings of its turn."""
    return FileStore(directory, FORMAT, **seconds)  # type: ignore[arg-type]  # only its floats


def redis_store(url: str, **seconds: float) -> RedisStore[ShelvesSnapshot]:
    """A store on this server; `seconds` are its timings."""
    return RedisStore(url, FORMAT, prefix=PREFIX, **seconds)  # type: ignore[arg-type]  # as above


async def is_free(store: Store) -> bool:
    """Whether the turn is free; it is given back at once."""
    async with store.turn() as is_ours:
        return is_ours
