"""The last good snapshot, with a store that works, fails or is out of reach."""

from datetime import timedelta

import pytest

from src.application.ports.snapshot_store import DamagedSnapshotError, SnapshotStoreError
from src.application.refreshing.last_good_snapshot import LastGoodSnapshot
from tests.helpers.fakes import NOON, FakeStore, live
from tests.helpers.shelves import TWO_SHELVES
from tests.sample_feature.shelves import ShelvesSnapshot

OLD = live(TWO_SHELVES[:1], NOON - timedelta(days=1))
NEW = live(TWO_SHELVES)


async def keep(last_good: LastGoodSnapshot[ShelvesSnapshot], snapshot: ShelvesSnapshot) -> None:
    """Does what a refresh does with its result."""
    await last_good.put(snapshot)
    await last_good.save()


async def test_a_kept_snapshot_is_stored() -> None:
    """It is known here at once, and stored when asked to."""
    store = FakeStore()
    last_good = LastGoodSnapshot(store)

    await last_good.put(NEW)
    stored_before = store.stored
    await last_good.save()

    assert last_good.snapshot == NEW
    assert stored_before is None
    assert store.stored is not None
    assert store.stored.snapshot == NEW


async def test_a_snapshot_that_was_stored_here_is_not_taken_over() -> None:
    """Only another process's snapshot is news, and only once."""
    store = FakeStore()
    last_good = LastGoodSnapshot(store)

    await keep(last_good, OLD)
    own = await last_good.take_over()
    store.put(NEW)
    others = [await last_good.take_over() for _ in range(2)]

    assert (own, others) == (None, [NEW, None])


async def test_the_snapshot_stored_last_counts_whatever_its_date() -> None:
    """The clocks of machines differ, but the others' results are news."""
    store = FakeStore()
    last_good = LastGoodSnapshot(store)
    await keep(last_good, NEW)
    store.put(OLD)

    assert await last_good.take_over()
    assert last_good.snapshot == OLD


async def test_an_unstored_snapshot_is_not_replaced_by_older_data() -> None:
    """After an outage of the store, the newer of the two is kept."""
    store = FakeStore()
    last_good = LastGoodSnapshot(store)
    store.trouble = SnapshotStoreError("sem Redis")
    await keep(last_good, NEW)
    store.trouble = None
    store.put(OLD)

    assert not await last_good.take_over()
    assert last_good.snapshot == NEW


async def test_a_damaged_snapshot_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    """It is ignored until something else is stored."""
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


async def test_a_store_that_cannot_give_turns_stops_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Two collections are better than none; the trouble is logged once, whatever was tried."""
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


async def test_an_unstored_snapshot_is_stored_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not at each look, as a disk may be full; but no restart may lose what was collected."""
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
    """A Redis without persistence is empty after it was restarted."""
    store = FakeStore()
    last_good = LastGoodSnapshot(store)
    await keep(last_good, NEW)
    store.stored = None

    news = [await last_good.take_over() for _ in range(2)]

    assert news == [None, None]
    assert store.calls["save"] == 2


async def test_a_store_that_hangs_is_not_asked_again_at_once() -> None:
    """Each call may take a second, so a store out of reach is not asked for a turn."""
    store = FakeStore()
    last_good = LastGoodSnapshot(store)
    store.trouble = SnapshotStoreError("sem Redis")
    await last_good.take_over()

    async with last_good.turn() as is_ours:
        assert is_ours

    assert store.calls["turn"] == 0


async def test_a_damaged_snapshot_is_replaced() -> None:
    """Any process that still has the data stores it again."""
    store = FakeStore()
    last_good = LastGoodSnapshot(store)
    await keep(last_good, NEW)
    store.put(OLD)
    store.damage = DamagedSnapshotError("cortado", version="2")

    await last_good.take_over()

    assert store.stored is not None
    assert store.stored.snapshot == NEW


async def test_a_store_that_can_be_read_but_not_locked_is_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A read-only file system is like that; reads that succeed are no news."""
    store = FakeStore()
    last_good = LastGoodSnapshot(store)

    for _ in range(3):
        store.trouble = SnapshotStoreError("só leitura")
        async with last_good.turn():
            store.trouble = None
            await last_good.take_over()

    assert len(caplog.messages) == 1
