"""The file format of snapshots, and the snapshot that ships in it."""

from __future__ import annotations

import lzma
from datetime import UTC, datetime

import msgspec
import pytest

from src.domain.snapshot import Gap, Snapshot, Source
from src.infra.storage import snapshot_file
from src.infra.storage.localities.bundled_snapshot import BUNDLED_FILE, bundled_snapshot
from src.infra.storage.snapshot_file import SnapshotFile, from_bytes, to_bytes
from tests.helpers.fakes import NOON
from tests.helpers.places import TWO_STATES

FILE = SnapshotFile(
    Snapshot(TWO_STATES, NOON, Source.LIVE, (Gap(1100023, "Ariquemes", "demorou", level=1),)),
    "IBGE",
)


def test_what_is_written_is_read_back() -> None:
    """Nothing of a snapshot is lost, and the same snapshot gives the same bytes."""
    assert from_bytes(to_bytes(FILE)) == FILE
    assert to_bytes(FILE) == to_bytes(FILE)


def test_a_gap_that_does_not_know_its_level_is_read() -> None:
    """As version 1.0.0 stored them: what is stored outlives an update."""
    text = msgspec.json.encode(FILE).replace(b',"level":1', b"")

    stored = from_bytes(lzma.compress(text)).snapshot

    assert b"level" not in text
    assert [gap.id for gap in stored.missing] == [1100023]
    assert stored.states == FILE.snapshot.states


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"noise, and more of it",
        to_bytes(FILE)[:-20],
        lzma.compress(b"{}"),
        lzma.compress(msgspec.json.encode(FILE).replace(b"1100023", b"5300023")),
        to_bytes(SnapshotFile(FILE.snapshot, "IBGE", format=99)),
    ],
    ids=["empty", "noise", "cut", "other", "contradictory", "newer format"],
)
def test_a_damaged_file_is_refused(content: bytes) -> None:
    """Half a file, noise, or places that contradict each other are never taken for data."""
    with pytest.raises(ValueError, match=r"."):
        from_bytes(content)


def test_a_file_larger_than_any_of_ours_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few bytes that unpack to gigabytes do not fill the memory."""
    content = to_bytes(FILE)
    monkeypatch.setattr(snapshot_file, "MAX_BYTES", 100)

    with pytest.raises(ValueError, match="grande demais"):
        from_bytes(content)


def test_the_bundled_snapshot_is_the_real_territory() -> None:
    """27 states, 5,570 cities and 10,768 districts, with their source and date."""
    file = from_bytes(BUNDLED_FILE.read_bytes())
    cities = [city for state in file.snapshot.states for city in state.cidades]

    assert file.snapshot == bundled_snapshot()
    assert file.snapshot.source is Source.BUNDLED
    assert file.snapshot.collected_at == datetime(2024, 12, 31, tzinfo=UTC)
    assert "brazilian-geographic-data 2.0.0" in file.origin
    assert len(file.snapshot.states) == 27
    assert len(cities) == 5_570
    assert sum(len(city.distritos or ()) for city in cities) == 10_768
    assert BUNDLED_FILE.stat().st_size < 120_000
