"""Stores of the territory's snapshots."""

from pathlib import Path

from src import NAME
from src.domain.localities.territory_snapshot import TerritorySnapshot
from src.infra.storage.snapshots.file_store import FileStore
from src.infra.storage.snapshots.redis_store import RedisStore
from src.infra.storage.snapshots.snapshot_format import SnapshotFormat

FORMAT = SnapshotFormat(TerritorySnapshot)


def file_store(directory: Path) -> FileStore[TerritorySnapshot]:
    """A store in this directory."""
    return FileStore(directory, FORMAT)


def redis_store(url: str) -> RedisStore[TerritorySnapshot]:
    """A store on this server, under the service's own keys."""
    return RedisStore(url, FORMAT, prefix=f"{NAME}:")
