"""The snapshot that ships with the code, made by scripts/make_bundled_snapshot.py."""

from pathlib import Path

import msgspec

from src.domain.localities.territory_snapshot import TerritorySnapshot
from src.domain.outline import RootOutline
from src.infra.storage.snapshots.snapshot_format import SnapshotFormat

BUNDLED_FILE = Path(__file__).with_name("bundled.json.xz")
OUTLINE_FILE = Path(__file__).with_name("bundled_outline.json")


def bundled_snapshot() -> TerritorySnapshot:
    """Reads and checks the bundled snapshot; takes some tens of milliseconds, so off the loop."""
    return SnapshotFormat(TerritorySnapshot).from_bytes(BUNDLED_FILE.read_bytes()).snapshot


def bundled_outline() -> tuple[RootOutline, ...]:
    """Reads the outline of the bundled snapshot, in a millisecond."""
    return msgspec.json.decode(OUTLINE_FILE.read_bytes(), type=tuple[RootOutline, ...])
