"""The file format of the places, and the bundled snapshot."""

import lzma
from datetime import UTC, datetime

import msgspec
import pytest

from src.domain.outline import outline
from src.domain.snapshot import Source
from src.infra.storage.localities.bundled_snapshot import (
    BUNDLED_FILE,
    bundled_outline,
    bundled_snapshot,
)
from src.infra.storage.snapshots.snapshot_format import SnapshotFile
from tests.helpers.localities.places import TWO_STATES
from tests.helpers.localities.stores import FORMAT
from tests.helpers.localities.upstream import live


@pytest.mark.parametrize("other", [b"5300023", b"1100015", b"1100001"])
def test_contradictory_places_are_never_taken_for_data(other: bytes) -> None:
    """A city of another state, one that comes twice, and one that is out of order."""
    content = msgspec.json.encode(SnapshotFile(live(TWO_STATES), "IBGE"))

    with pytest.raises(ValueError, match=r"."):
        FORMAT.from_bytes(lzma.compress(content.replace(b"1100023", other)))


def test_swapped_siglas_are_never_taken_for_data() -> None:
    """An earlier release may have stored them; names are not believed later by repetition."""
    content = msgspec.json.encode(SnapshotFile(live(TWO_STATES), "IBGE"))
    swapped = content.replace(b'"RO"', b'"?"').replace(b'"DF"', b'"RO"').replace(b'"?"', b'"DF"')

    with pytest.raises(ValueError, match="o estado 11 veio com a sigla DF"):
        FORMAT.from_bytes(lzma.compress(swapped))


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


def test_the_outline_is_that_of_the_bundled_snapshot() -> None:
    """One script makes both."""
    assert bundled_outline() == outline(bundled_snapshot().states)
