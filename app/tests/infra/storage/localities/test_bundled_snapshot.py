"""The bundled snapshot."""

from datetime import UTC, datetime

from src.domain.snapshot import Source
from src.infra.storage.localities.bundled_snapshot import BUNDLED_FILE, bundled_snapshot
from tests.helpers.localities.stores import FORMAT


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
