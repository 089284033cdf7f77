"""Stores of the territory's snapshots."""

from pathlib import Path
from typing import TypeAlias

from src.application.ports.snapshot_store import SnapshotStore
from src.domain.localities.territory_snapshot import TerritorySnapshot
from src.infra.storage.file_store import FileStore
from src.infra.storage.redis_store import RedisStore
from src.infra.storage.snapshot_format import SnapshotFormat

Store: TypeAlias = SnapshotStore[TerritorySnapshot]

FORMAT = SnapshotFormat(TerritorySnapshot)

# The prefix of the service's own keys.
PREFIX = "estados-e-cidades:"


def file_store(directory: Path) -> FileStore[TerritorySnapshot]:
    """A store in this directory."""
    return FileStore(directory, FORMAT)


def redis_store(url: str, **seconds: float) -> RedisStore[TerritorySnapshot]:
    """A store on this server; `seconds` are its timings."""
    return RedisStore(url, FORMAT, prefix=PREFIX, **seconds)
