"""The regions of cities in what is stored: by this release, and by those without regions."""

import lzma
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from src.application.keeping.fallible_store import FallibleStore
from src.application.keeping.last_good_snapshot import LastGoodSnapshot
from src.domain.localities.regional_divisions import RegionalDivisions
from src.domain.localities.territory import State
from src.domain.localities.territory_snapshot import TerritorySnapshot
from src.domain.snapshot import Snapshot
from src.infra.process.clock import utc_now
from src.infra.storage.snapshots.file_store import FileStore
from src.infra.storage.snapshots.memory_store import MemoryStore
from src.infra.storage.snapshots.snapshot_format import SnapshotFile, SnapshotFormat
from tests.helpers.fakes import NOON
from tests.helpers.localities.places import DIVISIONS, TWO_STATES
from tests.helpers.localities.stores import FORMAT, file_store, redis_store
from tests.helpers.localities.upstream import live
from tests.helpers.redis_server import RedisServer

KNOWN = replace(live(TWO_STATES), divisions=DIVISIONS)


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierSnapshot(Snapshot):
    """The territory as releases without regions know it."""

    ROOTS = "states"

    states: tuple[State, ...]


EARLIER_FORMAT = SnapshotFormat(EarlierSnapshot)
EARLIER = EarlierSnapshot(states=TWO_STATES, collected_at=NOON)


@pytest.mark.parametrize("kind", ["file", "redis"])
async def test_regions_survive_the_store(kind: str, tmp_path: Path, redis: RedisServer) -> None:
    """What is read is what was stored."""
    async with aclosing(redis_store(redis.url)) as on_redis:
        store = file_store(tmp_path) if kind == "file" else on_redis
        await store.save(KNOWN)

        stored = await store.load()

    assert stored is not None
    assert stored.snapshot == KNOWN


async def test_releases_with_and_without_regions_share_a_store(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Each reads what the other has stored, without a warning, as during a rolling update."""
    now = utc_now()
    ours: LastGoodSnapshot[TerritorySnapshot] = LastGoodSnapshot(
        FallibleStore(file_store(tmp_path))
    )
    earlier: LastGoodSnapshot[EarlierSnapshot] = LastGoodSnapshot(
        FallibleStore(FileStore(tmp_path, EARLIER_FORMAT))
    )

    await earlier.put(replace(EARLIER, collected_at=now - timedelta(hours=2)))
    await earlier.save()
    without = await ours.take_over()
    await ours.put(replace(KNOWN, collected_at=now - timedelta(hours=1)))
    await ours.save()
    taken = await earlier.take_over()

    assert without is not None
    assert (without.states, without.divisions) == (TWO_STATES, RegionalDivisions())
    assert taken is not None
    assert taken.states == TWO_STATES
    assert not caplog.records


async def test_regions_are_not_forgotten_when_an_earlier_release_has_collected() -> None:
    """They are stored again, once."""
    store: MemoryStore[TerritorySnapshot] = MemoryStore()
    ours = LastGoodSnapshot(FallibleStore(store))
    other = LastGoodSnapshot(FallibleStore(store))
    await ours.put(KNOWN)
    await ours.save()
    await other.take_over()
    await store.save(live(TWO_STATES, NOON + timedelta(hours=1)))

    taken = await ours.take_over()
    version = await store.version()
    await other.take_over()
    await ours.take_over()

    assert taken == replace(KNOWN, collected_at=NOON + timedelta(hours=1))
    assert other.snapshot == taken
    assert await store.version() == version


def test_regions_that_contradict_each_other_are_never_taken_for_data() -> None:
    """A region of two states, as places that do not belong together."""
    text = msgspec.json.encode(SnapshotFile(KNOWN, "teste"))

    with pytest.raises(ValueError, match="não fica em um só estado"):
        FORMAT.from_bytes(lzma.compress(text.replace(b'"id":11006', b'"id":12006')))
