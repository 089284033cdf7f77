"""The file format of snapshots, and the bundled snapshot."""

import lzma
from datetime import UTC, datetime

import msgspec
import pytest

from src.domain.localities.territory_snapshot import TerritorySnapshot
from src.domain.snapshot import Gap, Source
from src.infra.storage.localities.bundled_snapshot import BUNDLED_FILE, bundled_snapshot
from src.infra.storage.snapshot_format import SnapshotFile, SnapshotFormat
from tests.helpers.fakes import NOON
from tests.helpers.places import TWO_STATES
from tests.helpers.stores import FORMAT

FILE = SnapshotFile(
    TerritorySnapshot(
        states=TWO_STATES,
        collected_at=NOON,
        source=Source.LIVE,
        missing=(Gap(1100023, "Ariquemes", "demorou", level=1),),
    ),
    "IBGE",
)


def test_a_snapshot_comes_back_equal() -> None:
    """Nothing of it is lost, and the same snapshot gives the same bytes."""
    content = FORMAT.to_bytes(FILE.snapshot, origin=FILE.origin)

    assert FORMAT.from_bytes(content) == FILE
    assert FORMAT.to_bytes(FILE.snapshot, origin=FILE.origin) == content


def test_a_gap_without_a_level_is_read() -> None:
    """Version 1.0.0 stored gaps like that, and stored data outlives an update."""
    text = msgspec.json.encode(FILE).replace(b',"level":1', b"")

    stored = FORMAT.from_bytes(lzma.compress(text)).snapshot

    assert b"level" not in text
    assert [gap.id for gap in stored.missing] == [1100023]
    assert stored.states == FILE.snapshot.states


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"noise, and more of it",
        FORMAT.to_bytes(FILE.snapshot)[:-20],
        lzma.compress(b"{}"),
        lzma.compress(msgspec.json.encode(FILE).replace(b"1100023", b"5300023")),
        lzma.compress(msgspec.json.encode(SnapshotFile(FILE.snapshot, "IBGE", format=99))),
    ],
    ids=["empty", "noise", "cut", "other", "contradictory", "newer format"],
)
def test_a_damaged_file_is_refused(content: bytes) -> None:
    """Half a file, noise or contradictory places are never taken for data."""
    with pytest.raises(ValueError, match=r"."):
        FORMAT.from_bytes(content)


def test_a_file_larger_than_any_of_ours_is_refused() -> None:
    """A few bytes that unpack to gigabytes do not fill the memory."""
    content = FORMAT.to_bytes(FILE.snapshot)

    with pytest.raises(ValueError, match="grande demais"):
        SnapshotFormat(TerritorySnapshot, max_bytes=100).from_bytes(content)


def test_the_bundled_snapshot_is_the_real_territory() -> None:
    """It has 27 states, 5,570 cities and 10,768 districts, with their source and date."""
    file = FORMAT.from_bytes(BUNDLED_FILE.read_bytes())
    cities = [city for state in file.snapshot.states for city in state.cidades]

    assert file.snapshot == bundled_snapshot()
    assert file.snapshot.source is Source.BUNDLED
    assert file.snapshot.collected_at == datetime(2024, 12, 31, tzinfo=UTC)
    assert "brazilian-geographic-data 2.0.0" in file.origin
    assert len(file.snapshot.states) == 27
    assert len(cities) == 5_570
    assert sum(len(city.distritos or ()) for city in cities) == 10_768
    assert BUNDLED_FILE.stat().st_size < 120_000
