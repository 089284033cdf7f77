"""The snapshot that ships with the code, made by scripts/make_bundled_snapshot.py."""

from __future__ import annotations

from pathlib import Path

from src.domain.snapshot import Snapshot
from src.infra.storage.snapshot_file import from_bytes

BUNDLED_FILE = Path(__file__).with_name("bundled.json.xz")


def bundled_snapshot() -> Snapshot:
    """Reads and checks the bundled snapshot; takes some tens of milliseconds, so off the loop."""
    return from_bytes(BUNDLED_FILE.read_bytes()).snapshot
