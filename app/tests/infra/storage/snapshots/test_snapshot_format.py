"""The file format of snapshots."""

import lzma

import msgspec
import pytest

from src.domain.snapshot import Gap, Source, TreeSnapshot
from src.infra.storage.snapshots.snapshot_format import SMALL, SnapshotFile, SnapshotFormat
from tests.helpers.fakes import NOON
from tests.helpers.shelves import TWO_SHELVES
from tests.helpers.stores import FORMAT
from tests.sample_feature.shelves import ShelvesSnapshot

FILE = SnapshotFile(
    TreeSnapshot(
        tree=TWO_SHELVES,
        collected_at=NOON,
        source=Source.LIVE,
        missing=(Gap(2, "Ferramentas", "demorou", parents=(1,)),),
    ),
    "teste",
)


def test_a_snapshot_comes_back_equal() -> None:
    """Nothing of it is lost, and the same snapshot gives the same bytes."""
    content = FORMAT.to_bytes(FILE.snapshot, origin=FILE.origin)

    assert FORMAT.from_bytes(content) == FILE
    assert FORMAT.to_bytes(FILE.snapshot, origin=FILE.origin) == content


def test_the_small_form_holds_the_same() -> None:
    """It takes longer to make, for what ships with the code."""
    small = FORMAT.to_bytes(FILE.snapshot, origin=FILE.origin, preset=SMALL)

    assert FORMAT.from_bytes(small) == FILE


def test_a_gap_without_parents_is_read() -> None:
    """Version 1.0.0 stored gaps like that, and stored data outlives an update."""
    text = msgspec.json.encode(FILE).replace(b',"parents":[1]', b"")

    stored = FORMAT.from_bytes(lzma.compress(text)).snapshot

    assert text.count(b"parents") == 0 < msgspec.json.encode(FILE).count(b"parents")
    assert [gap.id for gap in stored.missing] == [2]
    assert stored.tree == FILE.snapshot.tree


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"noise, and more of it",
        FORMAT.to_bytes(FILE.snapshot)[:-20],
        lzma.compress(b"{}"),
        lzma.compress(msgspec.json.encode(FILE).replace(b'"Martelo"', b'""')),
        lzma.compress(msgspec.json.encode(SnapshotFile(FILE.snapshot, "teste", format=99))),
        lzma.compress(msgspec.json.encode(FILE).replace(b"12:00:00Z", b"12:00:00")),
        lzma.compress(
            msgspec.json.encode(FILE).replace(
                b'"believed_at":null', b'"believed_at":"2025-06-01T12:00:00"'
            )
        ),
    ],
    ids=["empty", "noise", "cut", "other", "impossible", "newer format", "no UTC", "nor there"],
)
def test_a_damaged_file_is_refused(content: bytes) -> None:
    """Half a file, noise or impossible parts are never taken for data."""
    with pytest.raises(ValueError, match=r"."):
        FORMAT.from_bytes(content)


def test_a_file_larger_than_any_of_ours_is_refused() -> None:
    """A few bytes that unpack to gigabytes do not fill the memory."""
    content = FORMAT.to_bytes(FILE.snapshot)

    with pytest.raises(ValueError, match="grande demais"):
        SnapshotFormat(ShelvesSnapshot, max_bytes=100).from_bytes(content)
