"""One refresh for all processes that share the last good snapshot."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

import pytest

from src.application.keeping.fallible_store import FallibleStore
from src.application.keeping.last_good_snapshot import LastGoodSnapshot
from src.application.keeping.standstills import Standstills
from src.application.keeping.stored_succession import StoredSuccession
from src.application.ports.upstream_errors import UpstreamConnectionError, UpstreamMalformedError
from src.application.refreshing.refresh_snapshot import LostRefreshError, RefreshSnapshot
from src.application.refreshing.schedule import Schedule
from src.domain.judgement import CONFIRMATIONS
from src.domain.snapshot import Source
from tests.helpers.fakes import NOON, Clock, FakeCollection, FakeStore, live, recorder
from tests.helpers.shelves import BOOKS, HIGH, LOW, TWO_SHELVES
from tests.sample_feature.shelves import Box, Item, ShelvesSnapshot

OLD = live(TWO_SHELVES[:1], NOON - timedelta(days=1))
NEW = live(TWO_SHELVES)


async def no_bundled() -> None:
    """Nothing ships with the code."""


class Process:
    """The parts of one process."""

    def __init__(
        self,
        store: FakeStore,
        collection: FakeCollection,
        *,
        bundled: Callable[[], Awaitable[ShelvesSnapshot | None]] = no_bundled,
        standstills: Callable[[], int] = lambda: 0,
    ) -> None:
        self._store = store
        fallible = FallibleStore(store)
        self.last_good = LastGoodSnapshot(
            fallible, succession=StoredSuccession(bundled=bundled), standstills=standstills
        )
        self.published: list[tuple[ShelvesSnapshot, ShelvesSnapshot | None]] = []
        self.refresh = RefreshSnapshot(
            collect=collection,
            publish=self.publish,
            store=fallible,
            last_good=self.last_good,
            schedule=Schedule(ttl_s=3600, now=collection.clock),
            bundled=bundled,
            standstills=standstills,
            recorder=recorder(collection.clock),
            look_every_s=0.001,
        )
        self.was_known_before_it_was_stored = False

    async def publish(self, snapshot: ShelvesSnapshot) -> None:
        """Notes what is published, and what was in the store at that time."""
        stored = self._store.stored
        self.published.append((snapshot, stored.snapshot if stored else None))

    async def execute(self, *, afresh: bool, any_change: bool = False) -> ShelvesSnapshot | None:
        """Makes one refresh; notes whether its result was known before it was stored."""
        saves = self._store.calls["save"]

        def known() -> None:
            self.was_known_before_it_was_stored = self._store.calls["save"] == saves

        return await self.refresh.execute(afresh=afresh, when_known=known, any_change=any_change)


async def test_a_collected_snapshot_is_kept() -> None:
    """Readers have it before it is stored: they do not wait for a disk."""
    store = FakeStore()
    process = Process(store, FakeCollection(Clock(), NEW))

    assert await process.execute(afresh=False) == NEW
    assert process.last_good.snapshot == NEW
    assert process.published == [(NEW, None)]
    assert process.was_known_before_it_was_stored
    assert store.stored is not None


async def test_nothing_is_collected_while_the_upstream_rests() -> None:
    """Another process was asked for a rest while this refresh was about to begin."""
    collection = FakeCollection(Clock(), NEW)
    process = Process(FakeStore(), collection)
    process.refresh.schedule.rest(60)

    assert await process.execute(afresh=True) is None
    assert collection.count == 0


@pytest.mark.parametrize("afresh", [False, True])
async def test_a_newer_snapshot_spares_the_collection(*, afresh: bool) -> None:
    """Nothing is collected then, unless a collection was asked for."""
    store = FakeStore()
    store.put(OLD)
    collection = FakeCollection(Clock(), NEW)

    collected = await Process(store, collection).execute(afresh=afresh)

    assert collected == (NEW if afresh else None)
    assert collection.count == afresh


async def test_a_process_that_has_waited_takes_over_what_was_stored() -> None:
    """It makes no collection of its own."""
    store = FakeStore()
    store.is_taken = True
    collection = FakeCollection(Clock(), NEW)
    process = Process(store, collection)
    waiting = asyncio.create_task(process.execute(afresh=True))
    await asyncio.sleep(0.01)

    store.put(NEW)
    store.is_taken = False

    assert await waiting is None
    assert process.last_good.snapshot == NEW
    assert collection.count == 0


async def test_a_process_that_has_waited_in_vain_gets_an_error() -> None:
    """The other process's refresh has ended, and nothing was stored."""
    store = FakeStore()
    store.is_taken = True
    process = Process(store, FakeCollection(Clock(), NEW))
    waiting = asyncio.create_task(process.execute(afresh=False))
    await asyncio.sleep(0.01)

    store.is_taken = False

    with pytest.raises(LostRefreshError):
        await waiting
    assert not store.is_taken


async def test_a_collection_that_read_nothing_keeps_everything_and_says_so() -> None:
    """Other processes learn from the store that the last refresh failed."""
    store = FakeStore()
    store.put(OLD)
    process = Process(store, FakeCollection(Clock(), UpstreamConnectionError("caiu")))

    with pytest.raises(UpstreamConnectionError, match="caiu"):
        await process.execute(afresh=True)

    assert store.stored is not None
    assert store.stored.snapshot.tree == OLD.tree
    assert {gap.reason for gap in store.stored.snapshot.filled} == {"caiu"}
    assert not store.is_taken


@pytest.mark.parametrize("held", ["publish", "save"])
async def test_a_whole_collection_is_stored_though_the_process_ends(
    held: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The turn is kept until then, so no other process collects the same again."""
    store = FakeStore()
    process = Process(store, FakeCollection(Clock(), NEW))
    is_held, go_on = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        is_held.set()
        await go_on.wait()

    monkeypatch.setattr(
        store if held == "save" else process,
        held,
        partial(after, wait, getattr(store if held == "save" else process, held)),
    )
    process.refresh = replace(process.refresh, publish=process.publish)
    refreshing = asyncio.create_task(process.execute(afresh=False))
    await is_held.wait()
    refreshing.cancel()
    await asyncio.sleep(0)
    assert store.is_taken
    go_on.set()

    assert await refreshing == NEW
    assert store.stored is not None
    assert not store.is_taken


async def test_a_collection_without_roots_replaces_nothing() -> None:
    """It fails, though there is nothing to compare it with."""
    process = Process(FakeStore(), FakeCollection(Clock(), live(())))

    with pytest.raises(UpstreamMalformedError, match="vazia"):
        await process.execute(afresh=True)

    assert process.published == []


async def test_a_collection_by_a_clock_that_is_behind_counts_as_the_newest() -> None:
    """Otherwise the other machines would take it for older than what they have."""
    store = FakeStore()
    ahead = live(TWO_SHELVES, NOON + timedelta(hours=1))
    store.put(ahead)
    process = Process(store, FakeCollection(Clock(), NEW))

    collected = await process.execute(afresh=True)

    assert collected is not None
    assert collected.collected_at > ahead.collected_at
    assert store.calls["save"] == 1


async def test_each_change_that_somebody_vouched_for_is_believed_by_a_clock_that_is_ahead() -> None:
    """Both machines end with the change, whichever of them collected it, and neither undoes it."""
    store, behind = FakeStore(), Clock()
    changes = [live(TWO_SHELVES), live(TWO_SHELVES[:1]), live(TWO_SHELVES[1:])]
    one = Process(store, FakeCollection(behind, *changes))
    other = Process(store, FakeCollection(behind, NEW))
    store.put(live(TWO_SHELVES, NOON + timedelta(hours=2)))

    for change in changes:
        await other.refresh.take_over()
        await one.execute(afresh=True, any_change=True)
        saves = store.calls["save"]
        for _ in range(3):
            await other.refresh.take_over()
            await one.refresh.take_over()

        assert store.calls["save"] == saves
        for process in (one, other):
            assert process.last_good.snapshot is not None
            assert process.last_good.snapshot.tree == change.tree
            assert process.last_good.snapshot.is_whole


async def test_small_changes_that_have_led_far_away_survive_a_restart() -> None:
    """Each was credible when it came; together they are not, beside the bundled data."""
    four = Box(1, "Livros").with_children(Item(each, f"Volume {each}") for each in range(4))
    trees = [
        (HIGH.with_children([replace(four, itens=(four.itens or ())[:n])]),) for n in (4, 3, 2)
    ]
    beginning = live(trees[0], NOON - timedelta(days=100))

    async def bundled() -> ShelvesSnapshot:
        return replace(beginning, source=Source.BUNDLED)

    store, clock = FakeStore(), Clock()
    process = Process(store, FakeCollection(clock, *map(live, trees)), bundled=bundled)
    believed: list[datetime | None] = []
    for _ in trees:
        clock.advance(60)
        collected = await process.execute(afresh=True)
        assert collected is not None
        believed.append(collected.believed_at)
    restarted = Process(store, FakeCollection(clock, live(trees[2])), bundled=bundled)
    for _ in range(2):
        await restarted.refresh.take_over()

    assert believed == [None, None, clock()]
    assert [each.tree for each, _ in restarted.published] == [trees[2]]


@pytest.mark.parametrize("is_confirmed", [True, False])
async def test_a_loss_is_doubted_again_after_a_restart_only_before_it_is_confirmed(
    *, is_confirmed: bool
) -> None:
    """Eight collections have shown it, or seven and the eighth comes after the restart."""

    async def bundled() -> ShelvesSnapshot:
        return replace(NEW, source=Source.BUNDLED, collected_at=OLD.collected_at)

    store, clock = FakeStore(), Clock()
    process = Process(store, FakeCollection(clock, OLD), bundled=bundled)
    for _ in range(CONFIRMATIONS if is_confirmed else CONFIRMATIONS - 1):
        clock.advance(60)
        await process.execute(afresh=True)
    restarted = Process(store, FakeCollection(clock, OLD), bundled=bundled)
    for _ in range(2):
        await restarted.refresh.take_over()
    (taken,) = [each.tree for each, _ in restarted.published]
    clock.advance(60)
    collected = await restarted.execute(afresh=True)

    assert taken == (OLD.tree if is_confirmed else NEW.tree)
    assert collected is not None
    assert collected.tree == OLD.tree
    assert collected.is_whole


@pytest.mark.parametrize("outcome", [OLD, UpstreamConnectionError("caiu")])
async def test_a_process_that_was_frozen_undoes_nothing(
    outcome: ShelvesSnapshot | Exception,
) -> None:
    """While it slept, another one had the turn, and stored a change that somebody vouched for."""
    store, clock = FakeStore(), Clock()
    collection = FakeCollection(clock, NEW, outcome)
    frozen = Process(store, collection)
    await frozen.execute(afresh=True)
    collection.held = asyncio.Event()
    refreshing = asyncio.create_task(frozen.execute(afresh=True))
    while not collection.waiting:
        await asyncio.sleep(0)
    vouched_for = NOON + timedelta(minutes=5)
    store.put(replace(OLD, collected_at=vouched_for, believed_at=vouched_for))
    clock.advance(600)
    collection.held.set()
    await asyncio.wait({refreshing})

    assert refreshing.exception() is (outcome if isinstance(outcome, Exception) else None)
    assert store.stored is not None
    assert store.stored.snapshot.tree == OLD.tree
    assert store.stored.snapshot.believed_at == vouched_for


@pytest.mark.parametrize("outcome", [NEW, UpstreamConnectionError("caiu")])
@pytest.mark.parametrize("known", [NEW, None])
async def test_a_collection_that_stood_still_gives_way_to_one_that_did_not(
    known: ShelvesSnapshot | None, outcome: ShelvesSnapshot | Exception
) -> None:
    """What it read before is older than what another process has read since, by a small step."""
    store, clock = FakeStore(), Clock()
    collection = FakeCollection(clock, outcome)
    frozen = Process(store, collection, standstills=Standstills(now=clock).count)
    if known is not None:
        await frozen.last_good.put(known)
        await frozen.last_good.save()
    collection.held = asyncio.Event()
    refreshing = asyncio.create_task(frozen.execute(afresh=False))
    while not collection.waiting:
        await asyncio.sleep(0)
    shrunk = live((HIGH.with_children([BOOKS]), LOW), NOON + timedelta(days=20))
    store.put(shrunk)
    clock.advance(30 * 86_400)
    collection.held.set()
    await asyncio.wait({refreshing})
    await frozen.refresh.take_over()

    if isinstance(outcome, Exception):
        assert refreshing.exception() is outcome
    else:
        assert refreshing.result() is None
    assert frozen.last_good.snapshot == shrunk
    assert [each for each, _ in frozen.published] == [shrunk]
    assert collection.count == 1
    assert store.stored is not None
    assert store.stored.snapshot == shrunk


async def test_a_collection_that_stood_still_is_made_again_once() -> None:
    """Nobody else has collected; a machine that stands still again and again collects, too."""
    store, clock = FakeStore(), Clock()
    collection = FakeCollection(clock, OLD, NEW)
    process = Process(store, collection, standstills=count().__next__)

    collected = await process.execute(afresh=False)

    assert collected is not None
    assert collected.tree == NEW.tree
    assert collection.count == 2
    assert len(process.published) == store.calls["save"] == 1


async def after(wait: Callable[[], Awaitable[None]], call: Any, *arguments: Any) -> Any:
    """Waits, and then calls."""
    await wait()
    return await call(*arguments)
