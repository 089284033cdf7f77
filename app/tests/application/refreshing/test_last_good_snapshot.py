"""The last good snapshot, with a store that helps, hinders or is not there."""

from datetime import timedelta

import pytest

from src.application.ports.snapshot_store import DamagedSnapshotError, SnapshotStoreError
from src.application.refreshing.last_good_snapshot import LastGoodSnapshot
from src.domain.localities.territory_snapshot import TerritorySnapshot
from tests.helpers.fakes import NOON, FakeStore, live
from tests.helpers.places import TWO_STATES

OLD = live(TWO_STATES[:1], NOON - timedelta(days=1))
NEW = live(TWO_STATES)


async def keep(last_good: LastGoodSnapshot[TerritorySnapshot], snapshot: TerritorySnapshot) -> None:
    """What a refresh does with its result."""
    await last_good.put(snapshot)
    await last_good.save()


async def test_what_is_kept_is_stored() -> None:
    """Here at once, and in the store when it is asked to."""
    store = FakeStore()
    last_good = LastGoodSnapshot(store)

    await last_good.put(NEW)
    stored_before = store.stored
    await last_good.save()

    assert last_good.snapshot == NEW
    assert stored_before is None
    assert store.stored is not None
    assert store.stored.snapshot == NEW


async def test_what_was_stored_here_is_not_taken_over() -> None:
    """Only another process's snapshot is news, and only once."""
    store = FakeStore()
    last_good = LastGoodSnapshot(store)

    await keep(last_good, OLD)
    own = await last_good.take_over()
    store.put(NEW)
    others = [await last_good.take_over() for _ in range(2)]

    assert (own, others) == (None, [NEW, None])


async def test_what_was_stored_last_counts_whatever_its_date() -> None:
    """Clocks of machines differ; the others' results are news all the same."""
    store = FakeStore()
    last_good = LastGoodSnapshot(store)
    await keep(last_good, NEW)
    store.put(OLD)

    assert await last_good.take_over()
    assert last_good.snapshot == OLD


async def test_what_could_not_be_stored_yet_is_not_replaced_by_older_data() -> None:
    """After an outage of the store, the newer of the two is kept, and stored."""
    store = FakeStore()
    last_good = LastGoodSnapshot(store)
    store.trouble = SnapshotStoreError("sem Redis")
    await keep(last_good, NEW)
    store.trouble = None
    store.put(OLD)

    assert not await last_good.take_over()
    assert last_good.snapshot == NEW


async def test_a_damaged_snapshot_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    """It is passed over until something else is stored."""
    store = FakeStore()
    store.put(NEW)
    last_good = LastGoodSnapshot(store)

    store.damage = DamagedSnapshotError("cortado", version="1")
    first = await last_good.take_over()
    second = await last_good.take_over()
    store.put(NEW)

    assert (first, second) == (None, None)
    assert await last_good.take_over()
    assert caplog.messages == ["Os dados armazenados foram ignorados: cortado"]


async def test_a_store_that_cannot_tell_whose_turn_it_is_stops_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Two collections are better than none; the trouble is told once, whatever was tried."""
    store = FakeStore()
    store.trouble = SnapshotStoreError("sem Redis")
    last_good = LastGoodSnapshot(store)

    for _ in range(2):
        async with last_good.turn() as is_ours:
            assert is_ours
        await keep(last_good, NEW)
        await last_good.take_over()

    assert last_good.snapshot == NEW
    assert len(caplog.messages) == 1


async def test_what_could_not_be_stored_is_stored_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not at each look, where a disk is full; but no restart is to lose what was collected."""
    store = FakeStore()
    last_good = LastGoodSnapshot(store)
    store.trouble = SnapshotStoreError("disco cheio")
    await keep(last_good, NEW)
    store.trouble = None

    for _ in range(3):
        await last_good.take_over()
    saves_at_once = store.calls["save"]
    monkeypatch.setattr(last_good, "_save_again_at", 0)
    for _ in range(3):
        await last_good.take_over()

    assert saves_at_once == 1
    assert store.calls["save"] == 2
    assert store.stored is not None
    assert store.stored.snapshot == NEW


async def test_a_store_that_was_emptied_is_filled_again() -> None:
    """As a Redis is that keeps nothing, when it was started anew."""
    store = FakeStore()
    last_good = LastGoodSnapshot(store)
    await keep(last_good, NEW)
    store.stored = None

    news = [await last_good.take_over() for _ in range(2)]

    assert news == [None, None]
    assert store.calls["save"] == 2


async def test_a_store_that_hangs_is_not_asked_again_at_once() -> None:
    """Each call may take a second: whose turn it is, is not asked of a store out of reach."""
    store = FakeStore()
    last_good = LastGoodSnapshot(store)
    store.trouble = SnapshotStoreError("sem Redis")
    await last_good.take_over()

    async with last_good.turn() as is_ours:
        assert is_ours

    assert store.calls["turn"] == 0


async def test_what_was_damaged_is_stored_anew() -> None:
    """By whoever still knows it."""
    store = FakeStore()
    last_good = LastGoodSnapshot(store)
    await keep(last_good, NEW)
    store.put(OLD)
    store.damage = DamagedSnapshotError("cortado", version="2")

    await last_good.take_over()

    assert store.stored is not None
    assert store.stored.snapshot == NEW


async def test_a_store_that_can_be_read_and_not_locked_is_told_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """As on a file system that is read-only: reading it is no news."""
    store = FakeStore()
    last_good = LastGoodSnapshot(store)

    for _ in range(3):
        store.trouble = SnapshotStoreError("só leitura")
        async with last_good.turn():
            store.trouble = None
            await last_good.take_over()

    assert len(caplog.messages) == 1
