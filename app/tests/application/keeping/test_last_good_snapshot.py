"""The last good snapshot, with a store that works, fails or is out of reach."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import count, repeat

import pytest

from src.application.keeping.fallible_store import FallibleStore
from src.application.keeping.last_good_snapshot import LastGoodSnapshot
from src.application.keeping.standstills import Standstills
from src.application.keeping.stored_succession import StoredSuccession
from src.application.ports.snapshot_store import (
    DamagedSnapshotError,
    ForeignSnapshotError,
    SnapshotStoreError,
)
from src.domain.outline import outline
from src.domain.snapshot import Source
from src.domain.succession import missing
from tests.helpers.fakes import NOON, Clock, FakeStore, live
from tests.helpers.shelves import BOOKS, HIGH, LOW, TWO_SHELVES
from tests.sample_feature.shelves import Box, Shelf, ShelvesSnapshot

OLD = live(TWO_SHELVES[:1], NOON - timedelta(days=1))
NEW = live(TWO_SHELVES)
BUNDLED = replace(NEW, source=Source.BUNDLED, collected_at=NOON - timedelta(days=100))


def starting(
    store: FakeStore,
    *,
    sees_from_afar: bool = True,
    standstills: Callable[[], int] = lambda: 0,
) -> LastGoodSnapshot[ShelvesSnapshot]:
    """That of a process which knows nothing, but has bundled data, with an outline or without."""

    async def bundled() -> ShelvesSnapshot:
        return BUNDLED

    return LastGoodSnapshot(
        FallibleStore(store),
        succession=StoredSuccession(
            bundled=bundled,
            bundled_outline=(lambda: outline(TWO_SHELVES)) if sees_from_afar else None,
        ),
        standstills=standstills,
    )


async def keep(last_good: LastGoodSnapshot[ShelvesSnapshot], snapshot: ShelvesSnapshot) -> None:
    """Does what a refresh does with its result."""
    await last_good.put(snapshot)
    await last_good.save()


async def test_a_kept_snapshot_is_stored() -> None:
    """It is known here at once, and stored when asked to."""
    store = FakeStore()
    last_good = LastGoodSnapshot(FallibleStore(store))

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
    last_good = LastGoodSnapshot(FallibleStore(store))

    await keep(last_good, OLD)
    own = await last_good.take_over()
    store.put(NEW)
    others = [await last_good.take_over() for _ in range(2)]

    assert (own, others) == (None, [NEW, None])


async def test_an_older_snapshot_that_comes_back_is_replaced() -> None:
    """A Redis restored from yesterday changes nothing: the newer data is stored again."""
    store = FakeStore()
    one, other = LastGoodSnapshot(FallibleStore(store)), LastGoodSnapshot(FallibleStore(store))
    await keep(one, NEW)
    await other.take_over()
    store.put(OLD)

    news = [await each.take_over() for each in (one, other, one, other)]

    assert {each.tree for each in news if each} <= {NEW.tree}
    assert (one.snapshot, other.snapshot) == (NEW, NEW)
    assert store.stored is not None
    assert store.stored.snapshot == NEW


async def test_a_newer_snapshot_that_lost_too_much_is_completed() -> None:
    """What is stored follows the rule for what is collected; the processes agree on the result."""
    store = FakeStore()
    one, other = LastGoodSnapshot(FallibleStore(store)), LastGoodSnapshot(FallibleStore(store))
    store.put(replace(OLD, collected_at=NOON + timedelta(hours=1)))
    await other.take_over()
    await keep(one, NEW)
    store.put(replace(OLD, collected_at=NOON + timedelta(hours=1)))

    taken = await one.take_over()
    saves = store.calls["save"]
    for _ in range(3):
        await other.take_over()
        await one.take_over()

    assert taken is not None
    assert taken.tree == NEW.tree
    assert {gap.id for gap in taken.filled} >= {2}
    assert store.stored is not None
    assert store.stored.snapshot == one.snapshot == other.snapshot == taken
    assert store.calls["save"] == saves


async def test_a_loss_that_somebody_vouched_for_is_believed_by_every_process() -> None:
    """A process that missed it believes it, too; a later loss is not believed."""
    store = FakeStore()
    one, late = LastGoodSnapshot(FallibleStore(store)), LastGoodSnapshot(FallibleStore(store))
    await keep(one, NEW)
    await late.take_over()
    vouched_for = replace(OLD, collected_at=NOON + timedelta(hours=1), believed_at=NOON)
    after = replace(vouched_for, collected_at=NOON + timedelta(hours=2), failures=1)
    lost = live(TWO_SHELVES[1:], NOON + timedelta(hours=3))

    store.put(vouched_for)
    taken = await one.take_over()
    store.put(after)
    missed = await late.take_over()
    store.put(replace(lost, believed_at=NOON))
    kept = await late.take_over()

    assert (taken, missed) == (vouched_for, after)
    assert kept is not None
    assert kept.tree == TWO_SHELVES


async def test_a_process_that_was_never_told_does_not_make_the_others_forget() -> None:
    """It has collected the same by itself; a third one has missed all of that."""
    store = FakeStore()
    one, late = LastGoodSnapshot(FallibleStore(store)), LastGoodSnapshot(FallibleStore(store))
    await keep(late, NEW)
    vouched_for = replace(OLD, collected_at=NOON + timedelta(hours=1), believed_at=NOON)
    await keep(one, vouched_for)
    store.put(replace(OLD, collected_at=NOON + timedelta(hours=2)))

    await one.take_over()
    taken = await late.take_over()

    assert taken is not None
    assert taken.tree == OLD.tree
    assert taken.believed_at == NOON


@pytest.mark.parametrize(
    "impossible",
    [
        live((), NOON + timedelta(hours=1)),
        replace(NEW, source=Source.BUNDLED, collected_at=NOON + timedelta(hours=1)),
        replace(NEW, collected_at=NOON + timedelta(days=2)),
        replace(NEW, believed_at=NOON + timedelta(hours=1)),
        replace(NEW, failures=-1),
        live((Shelf(1, "A", "Alta"),), NOON + timedelta(hours=1)),
    ],
    ids=[
        *("empty", "not live", "of the future", "believed before it was collected", "no count"),
        "gaps without a name",
    ],
)
async def test_what_nobody_can_have_collected_is_damaged(
    impossible: ShelvesSnapshot, caplog: pytest.LogCaptureFixture
) -> None:
    """It is not answered even if nothing else is known, and it is replaced by what is."""
    store = FakeStore()
    store.put(impossible)
    empty = LastGoodSnapshot(FallibleStore(store, now=lambda: NOON))
    known = LastGoodSnapshot(FallibleStore(store, now=lambda: NOON))
    await known.put(NEW)

    assert [await each.take_over() for each in (empty, empty, known)] == [None] * 3
    assert empty.snapshot is None
    assert store.stored is not None
    assert store.stored.snapshot == NEW
    assert len(caplog.messages) == 2  # one for each process


async def test_processes_that_disagree_replace_each_other_seldom() -> None:
    """Damage that comes again and again is not answered with a save each time."""
    store = FakeStore()
    last_good = LastGoodSnapshot(FallibleStore(store))
    await keep(last_good, NEW)

    for _ in range(57):
        store.put(OLD)
        await last_good.take_over()

    assert store.calls["save"] == 2
    assert last_good.snapshot == NEW


async def test_another_releases_format_is_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    """It is neither read nor overwritten, by later collections either, until it is gone."""
    store = FakeStore()
    last_good = LastGoodSnapshot(FallibleStore(store))
    store.put(OLD)
    store.damage = ForeignSnapshotError("formato 2 desconhecido", version="1")
    await last_good.take_over()
    await keep(last_good, NEW)
    await last_good.take_over()
    saves = store.calls["save"]
    store.stored = None
    await last_good.take_over()

    assert (saves, store.calls["save"]) == (0, 1)
    assert len(caplog.messages) == 1


@pytest.mark.parametrize("surprise", [MemoryError(), RecursionError("fundo demais"), OSError()])
async def test_any_surprise_of_a_store_costs_only_the_store(
    surprise: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever a call raises, the refreshing goes on, and it is logged once."""
    store = FakeStore()
    store.trouble = surprise
    fallible = FallibleStore(store)
    last_good = LastGoodSnapshot(fallible, insist_s=0)

    for _ in range(2):
        async with fallible.turn() as is_ours:
            assert is_ours
        await keep(last_good, NEW)
        assert await last_good.take_over() is None

    assert len(caplog.messages) == 1


async def test_a_save_that_is_refused_once_is_repeated(caplog: pytest.LogCaptureFixture) -> None:
    """It is stored before the turn is given back, so the next process collects nothing."""
    store = FakeStore()
    last_good = LastGoodSnapshot(FallibleStore(store), insist_s=60)
    refusals = [SnapshotStoreError("um antivírus o lê")] * 2
    save = store.save

    async def refused(snapshot: ShelvesSnapshot) -> str:
        if refusals:
            raise refusals.pop()
        return await save(snapshot)

    store.save = refused  # type: ignore[method-assign]  # a fake of one method
    await keep(last_good, NEW)

    assert store.stored is not None
    assert caplog.messages == []


async def test_a_store_that_is_back_is_said_to_be(caplog: pytest.LogCaptureFixture) -> None:
    """A save that works is enough, though turns failed too; a second outage is told, too."""
    caplog.set_level("INFO")
    store = FakeStore()
    fallible = FallibleStore(store)
    last_good = LastGoodSnapshot(fallible, insist_s=0, save_again_s=0)
    for _ in range(2):
        store.trouble = SnapshotStoreError("READONLY")
        async with fallible.turn():
            await keep(last_good, NEW)
        store.trouble = None
        await last_good.take_over()

    assert [line.split()[0] for line in caplog.messages] == ["Sem", "O"] * 2


@pytest.mark.parametrize("is_seen_from_afar", [True, False])
@pytest.mark.parametrize(
    "stored",
    [OLD, live((HIGH, *(replace(LOW, id=each) for each in range(2, 20))))],
    ids=["a shelf too few", "many too many"],
)
async def test_what_is_stored_is_held_against_the_bundled_data_if_nothing_is_known(
    stored: ShelvesSnapshot, *, is_seen_from_afar: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """Those complete it, before the first answer if the outline tells; it is said once."""
    store = FakeStore()
    store.put(replace(stored, failures=4))
    last_good = starting(store, sees_from_afar=is_seen_from_afar)

    first = await last_good.take_over()
    after = await last_good.look_closely()
    again = [await last_good.take_over(), await last_good.look_closely()]

    assert first is not None
    assert first.tree == (TWO_SHELVES if is_seen_from_afar else stored.tree)
    completed = first if is_seen_from_afar else after
    assert completed is not None
    assert completed.tree == TWO_SHELVES
    assert completed.filled
    assert completed.failures == 5  # newer than what another process may have
    assert store.stored is not None
    assert store.stored.snapshot == last_good.snapshot == completed
    assert again == [None, None]
    (line,) = caplog.messages
    assert "POST …/refreshes?any_change=true" in line


@pytest.mark.parametrize(
    "stored",
    [
        live((HIGH.with_children([BOOKS]), replace(LOW, nome="Embaixo"))),
        replace(OLD, believed_at=OLD.collected_at),
    ],
    ids=["credible", "believed for a reason"],
)
async def test_what_is_stored_for_a_reason_stays_as_it_is(
    stored: ShelvesSnapshot, caplog: pytest.LogCaptureFixture
) -> None:
    """A small change, and a large one that was vouched for or confirmed, survive a restart."""
    store = FakeStore()
    store.put(stored)
    last_good = starting(store)

    assert await last_good.take_over() == stored
    assert await last_good.look_closely() is None
    assert last_good.snapshot == stored
    assert store.calls["save"] == 0
    assert caplog.messages == []


async def test_what_a_start_has_completed_replaces_nothing_newer(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Another process has collected between the first answer and the comparison."""
    store = FakeStore()
    store.put(OLD)
    last_good = starting(store, sees_from_afar=False)
    await last_good.take_over()
    truth = live((HIGH, replace(LOW, nome="Embaixo")), NOON + timedelta(minutes=1))
    store.put(truth)

    completed = await last_good.look_closely()
    taken = await last_good.take_over()

    assert completed is not None
    assert taken == truth
    assert store.calls["save"] == 0
    assert store.stored is not None
    assert store.stored.snapshot == truth
    assert len(caplog.messages) == 1


async def test_gaps_of_what_is_stored_are_filled_from_the_bundled_data(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """That is no reason for a warning: they are named, and nothing in them is incredible."""
    bare = Shelf(LOW.id, LOW.letra, LOW.nome)
    store = FakeStore()
    store.put(replace(live((HIGH, bare)), missing=missing((bare,))))
    last_good = starting(store, sees_from_afar=False)

    await last_good.take_over()
    completed = await last_good.look_closely()

    assert completed is not None
    assert completed.tree == TWO_SHELVES
    assert not completed.missing
    assert caplog.messages == []


async def test_a_process_that_knows_something_believes_what_a_start_has_completed() -> None:
    """It has the incredible snapshot itself, after more failures than the bundled one has had."""
    store = FakeStore()
    incredible = replace(OLD, failures=4)
    running, beginning = LastGoodSnapshot(FallibleStore(store)), starting(store)
    await keep(running, incredible)

    await beginning.take_over()
    taken = await running.take_over()
    saves = store.calls["save"]
    for _ in range(3):
        assert await running.take_over() is None
        assert await beginning.take_over() is None

    assert taken == beginning.snapshot
    assert store.calls["save"] == saves


async def test_without_bundled_data_what_is_stored_is_taken_as_it_is() -> None:
    """They may be switched off, or unreadable, though their outline is not."""

    async def unreadable() -> None:
        return None

    store = FakeStore()
    store.put(OLD)
    last_good = LastGoodSnapshot(
        FallibleStore(store),
        succession=StoredSuccession(
            bundled=unreadable, bundled_outline=lambda: outline(TWO_SHELVES)
        ),
    )

    assert await last_good.take_over() == OLD
    assert await last_good.look_closely() is None


def fewer(boxes: int) -> tuple[Shelf, ...]:
    """A shelf with this many boxes."""
    return (HIGH.with_children(Box(each, f"Caixa {each}", ()) for each in range(boxes)),)


@pytest.mark.parametrize("stood_still", [True, False])
async def test_after_a_standstill_many_small_steps_are_not_undone(*, stood_still: bool) -> None:
    """Others lost a box a day; whoever was awake and has missed that completes it, as ever."""
    store = FakeStore()
    standstills = count() if stood_still else repeat(0)
    last_good = LastGoodSnapshot(FallibleStore(store), standstills=lambda: next(standstills))
    await last_good.take_over()
    await keep(last_good, live(fewer(9)))
    for days in range(1, 5):
        store.put(live(fewer(9 - days), NOON + timedelta(days=days)))

    taken = await last_good.take_over()

    assert taken is not None
    assert taken.tree == fewer(5 if stood_still else 9)
    assert store.stored is not None
    assert store.stored.snapshot == taken
    assert store.calls["save"] == (1 if stood_still else 2)


async def test_after_a_standstill_an_older_snapshot_counts_for_nothing() -> None:
    """As ever: what is known here was collected later."""
    store = FakeStore()
    last_good = LastGoodSnapshot(FallibleStore(store), standstills=count().__next__)
    await keep(last_good, NEW)
    store.put(OLD)

    assert await last_good.take_over() is None
    assert last_good.snapshot == NEW


async def test_after_a_standstill_what_is_stored_is_held_against_the_bundled_data() -> None:
    """As at a start, and not against what is known here."""
    store = FakeStore()
    last_good = starting(store, standstills=count().__next__)
    last_good.snapshot = live(fewer(9))
    store.put(replace(OLD, collected_at=NOON + timedelta(days=1)))

    taken = await last_good.take_over()

    assert taken is not None
    assert taken.tree == TWO_SHELVES


async def test_a_standstill_is_remembered_until_the_store_can_be_read() -> None:
    """A laptop that wakes up is without a network at first."""
    store, clock = FakeStore(), Clock()
    last_good = LastGoodSnapshot(FallibleStore(store), standstills=Standstills(now=clock).count)
    await keep(last_good, live(fewer(9)))
    await last_good.take_over()
    clock.advance(60)
    store.trouble = SnapshotStoreError("sem rede")
    await last_good.take_over()
    store.trouble = None
    store.put(live(fewer(5), NOON + timedelta(days=1)))

    taken = await last_good.take_over()

    assert taken is not None
    assert taken.tree == fewer(5)


async def test_a_standstill_in_the_middle_of_a_look_counts_for_the_next() -> None:
    """What it has seen is older than the standstill."""
    standstills = 0

    class Freezing(FakeStore):
        async def version(self) -> str | None:
            nonlocal standstills
            version = await super().version()
            standstills = 1
            return version

    store = Freezing()
    last_good = LastGoodSnapshot(FallibleStore(store), standstills=lambda: standstills)
    await keep(last_good, live(fewer(9)))
    await last_good.take_over()
    store.put(live(fewer(5), NOON + timedelta(days=1)))

    taken = await last_good.take_over()

    assert taken is not None
    assert taken.tree == fewer(5)


async def test_a_standstill_counts_for_a_look_that_reads_after_it() -> None:
    """The look began before, and finds what others have stored meanwhile."""
    standstills = 0

    class Freezing(FakeStore):
        async def version(self) -> str | None:
            nonlocal standstills
            standstills = 1
            self.put(live(fewer(5), NOON + timedelta(days=1)))
            return await super().version()

    last_good = LastGoodSnapshot(FallibleStore(Freezing()), standstills=lambda: standstills)
    await keep(last_good, live(fewer(9)))

    taken = await last_good.take_over()

    assert taken is not None
    assert taken.tree == fewer(5)


async def test_at_the_end_nothing_newer_is_overwritten() -> None:
    """It was frozen with a snapshot that was not stored, and is told to end as it wakes up."""
    store = FakeStore()
    last_good = LastGoodSnapshot(FallibleStore(store), insist_s=0)
    store.trouble = SnapshotStoreError("disco cheio")
    await keep(last_good, OLD)
    store.trouble = None
    store.put(NEW)

    await last_good.save_at_the_end(within_s=60)

    assert store.stored is not None
    assert store.stored.snapshot == NEW


async def test_what_is_not_stored_yet_is_stored_at_the_end() -> None:
    """A store that works again just before the process ends loses nothing."""
    store = FakeStore()
    last_good = LastGoodSnapshot(FallibleStore(store), insist_s=0)
    store.trouble = SnapshotStoreError("sem Redis")
    await keep(last_good, NEW)
    store.trouble = None

    for _ in range(2):
        await last_good.save_at_the_end(within_s=60)

    assert store.calls["save"] == 2
    assert store.stored is not None


async def test_an_unstored_snapshot_is_not_replaced_by_older_data() -> None:
    """After an outage of the store, the newer of the two is kept."""
    store = FakeStore()
    last_good = LastGoodSnapshot(FallibleStore(store))
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
    last_good = LastGoodSnapshot(FallibleStore(store))

    store.damage = DamagedSnapshotError("cortado", version="1")
    first = await last_good.take_over()
    second = await last_good.take_over()
    store.put(NEW)

    store.damage = DamagedSnapshotError("cortado", version="2")
    third = await last_good.take_over()
    store.put(NEW)

    assert (first, second, third) == (None, None, None)
    assert await last_good.take_over()
    assert caplog.messages == ["Os dados armazenados foram ignorados: cortado"]


async def test_a_store_that_cannot_give_turns_stops_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Two collections are better than none; the trouble is logged once, whatever was tried."""
    store = FakeStore()
    store.trouble = SnapshotStoreError("sem Redis")
    fallible = FallibleStore(store)
    last_good = LastGoodSnapshot(fallible)

    for _ in range(2):
        async with fallible.turn() as is_ours:
            assert is_ours
        await keep(last_good, NEW)
        await last_good.take_over()

    assert last_good.snapshot == NEW
    assert len(caplog.messages) == 1


async def test_an_unstored_snapshot_is_stored_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not at each look, as a disk may be full; but no restart may lose what was collected."""
    store = FakeStore()
    last_good = LastGoodSnapshot(FallibleStore(store), insist_s=0)
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
    last_good = LastGoodSnapshot(FallibleStore(store))
    await keep(last_good, NEW)
    store.stored = None

    news = [await last_good.take_over() for _ in range(2)]

    assert news == [None, None]
    assert store.calls["save"] == 2


async def test_a_damaged_snapshot_is_replaced() -> None:
    """Any process that still has the data stores it again."""
    store = FakeStore()
    last_good = LastGoodSnapshot(FallibleStore(store))
    await keep(last_good, NEW)
    store.put(OLD)
    store.damage = DamagedSnapshotError("cortado", version="2")

    await last_good.take_over()

    assert store.stored is not None
    assert store.stored.snapshot == NEW


async def test_a_save_that_fails_again_is_tried_later(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The outage goes on, and is not told twice."""
    store = FakeStore()
    last_good = LastGoodSnapshot(FallibleStore(store), insist_s=0, save_again_s=0)
    await last_good.put(NEW)

    async def refused(_: ShelvesSnapshot) -> str:
        raise SnapshotStoreError("disco cheio")

    with monkeypatch.context() as patch:
        patch.setattr(store, "save", refused)
        for _ in range(2):
            await last_good.take_over()
    await last_good.take_over()

    assert store.stored is not None
    assert len(caplog.messages) == 1


async def test_turns_that_fail_are_tried_with_the_next_save() -> None:
    """Nobody may ask for a turn for a day; meanwhile a second outage would not be told."""
    store = FakeStore()
    fallible = FallibleStore(store)
    last_good = LastGoodSnapshot(fallible)
    store.trouble = SnapshotStoreError("sem Redis")
    async with fallible.turn():
        store.trouble = None
        turns = store.calls["turn"]
        await keep(last_good, NEW)

    assert store.calls["turn"] == turns + 1
