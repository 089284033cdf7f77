"""The snapshot that ships with the code, made by scripts/make_bundled_snapshot.py."""

from pathlib import Path

from src.domain.localities.territory_snapshot import TerritorySnapshot
from src.infra.storage.snapshots.snapshot_format import SnapshotFormat

BUNDLED_FILE = Path(__file__).with_name("bundled.json.xz")


def bundled_snapshot() -> TerritorySnapshot:
    """Reads and checks the bundled snapshot; takes some tens of milliseconds, so off the loop."""
    return SnapshotFormat(TerritorySnapshot).from_bytes(BUNDLED_FILE.read_bytes()).snapshot
