"""The answers while the upstream is well, slow, failing or gone."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from src.application.keeping.fallible_store import FallibleStore
from src.application.keeping.last_good_snapshot import LastGoodSnapshot
from src.application.keeping.stored_succession import StoredSuccession
from src.application.ports.snapshot_store import SnapshotStoreError
from src.application.ports.upstream_errors import UpstreamConnectionError, UpstreamStatusError
from src.application.refreshing.current_edition import CurrentEdition
from src.application.refreshing.freshness import Freshness, NoSnapshotError
from src.application.refreshing.one_refresh_at_a_time import OneRefreshAtATime
from src.application.refreshing.refresh_log import RefreshLog
from src.application.refreshing.refresh_snapshot import RefreshSnapshot
from src.application.refreshing.schedule import Pauses, Schedule
from src.domain.snapshot import Gap, Source, TreeSnapshot
from src.domain.succession import unread
from tests.helpers.fakes import NOON, Clock, FakeCollection, FakeStore, live, recorder
from tests.helpers.shelves import BOOKS, HIGH, LOW, TWO_SHELVES
from tests.sample_feature.shelves import Box, Shelf, ShelvesSnapshot

BUNDLED = TreeSnapshot(
    tree=TWO_SHELVES, collected_at=NOON - timedelta(days=100), source=Source.BUNDLED
)
# A thousandth of the service's own times.
LOOK_EVERY_S = 0.001
LEVELS = ("estantes", "caixas", "itens")
PAUSES = Pauses(first_s=0.001, longest_s=0.3)

DOWN = UpstreamConnectionError("sem conexão")
GAP = Gap(2, "Ferramentas", "demorou", parents=(1,))


async def published(snapshot: ShelvesSnapshot) -> ShelvesSnapshot:
    """An edition that is the snapshot itself."""
    return snapshot


async def bundled() -> ShelvesSnapshot:
    """The snapshot that ships with the code."""
    return BUNDLED


def one_process(
    collection: FakeCollection,
    *,
    store: FakeStore | None = None,
    ttl_s: float = 3600,
    wait_s: float = 5,
    fallback: Callable[[], Awaitable[ShelvesSnapshot]] | None = bundled,
    publish: Callable[[ShelvesSnapshot], Awaitable[ShelvesSnapshot]] = published,
    ends_within_s: float = 0.05,
) -> Freshness[ShelvesSnapshot]:
    """What one process answers, with these collections once it is kept fresh."""
    current = CurrentEdition(make=publish, load_bundled=fallback)
    schedule = Schedule(ttl_s=ttl_s, now=collection.clock, pauses=PAUSES)
    shared = FallibleStore(store or FakeStore(), now=collection.clock)
    refresh = RefreshSnapshot(
        collect=collection,
        publish=current.publish,
        store=shared,
        last_good=LastGoodSnapshot(shared, succession=StoredSuccession(bundled=current.bundled)),
        schedule=schedule,
        bundled=current.bundled,
        recorder=recorder(collection.clock),
        look_every_s=LOOK_EVERY_S,
        ends_within_s=ends_within_s,
    )
    return Freshness(
        current=current,
        refreshes=OneRefreshAtATime(
            current=current,
            refresh=refresh,
            refresh_log=RefreshLog("o estoque", LEVELS),
        ),
        schedule=schedule,
        wait_s=wait_s,
        look_every_s=LOOK_EVERY_S,
        after_a_fault_s=0.001,
        ending_s=2 * ends_within_s,
    )


@asynccontextmanager
async def keeping(
    collection: FakeCollection, **how: Any
) -> AsyncIterator[Freshness[ShelvesSnapshot]]:
    """What one process answers, kept fresh by these collections during the block."""
    freshness = one_process(collection, **how)
    keep = asyncio.create_task(freshness.keep())
    try:
        yield freshness
    finally:
        keep.cancel()
        with suppress(asyncio.CancelledError):
            await keep


async def until(condition: Callable[[], bool]) -> None:
    """Waits until the condition holds; fails if it never does."""
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.001)


async def test_the_first_requests_wait_for_one_collection() -> None:
    """All requests during the first collection get its result, and none starts another."""
    collection = FakeCollection(Clock(), live(TWO_SHELVES))
    collection.held = asyncio.Event()
    async with keeping(collection) as freshness:
        requests = [asyncio.create_task(freshness.edition()) for _ in range(5)]
        await until(lambda: collection.waiting == 1)
        with pytest.raises(NoSnapshotError):
            freshness.at_once()
        collection.held.set()

        answers = await asyncio.gather(*requests)

    assert {answer.source for answer in answers} == {Source.LIVE}
    assert collection.count == 1


async def test_a_fresh_snapshot_is_answered_from_memory() -> None:
    """Nothing is collected until its time is over, and the store is not asked."""
    store = FakeStore()
    collection = FakeCollection(Clock(), live(TWO_SHELVES))
    async with keeping(collection, store=store) as freshness:
        first = await freshness.edition()
        calls = store.calls.copy()
        second = await freshness.edition()

        assert store.calls == calls
    assert first is second
    assert collection.count == 1


async def test_an_edition_is_at_hand_if_a_request_gets_it_without_waiting() -> None:
    """None is while the first requests wait, or if each request waits for a collection."""
    collection = FakeCollection(Clock(), live(TWO_SHELVES))
    collection.held = asyncio.Event()
    async with keeping(collection) as freshness:
        assert freshness.at_hand() is None
        collection.held.set()
        assert await freshness.edition() is freshness.at_hand()
    async with keeping(FakeCollection(Clock(), live(TWO_SHELVES)), ttl_s=0) as freshness:
        await freshness.edition()
        assert freshness.at_hand() is None


async def test_live_data_is_not_overtaken_by_bundled_data_being_written() -> None:
    """Nothing is left of the bundled data afterwards."""
    in_order: list[Source] = []
    is_writing, go_on = asyncio.Event(), asyncio.Event()

    async def slowly(snapshot: ShelvesSnapshot) -> ShelvesSnapshot:
        if snapshot.source is Source.BUNDLED:
            is_writing.set()
            await go_on.wait()
        in_order.append(snapshot.source)
        return snapshot

    collection = FakeCollection(Clock(), live(TWO_SHELVES))
    collection.held = asyncio.Event()
    async with keeping(collection, wait_s=0, publish=slowly) as freshness:
        await is_writing.wait()
        collection.held.set()
        await until(lambda: collection.count == 1 and collection.waiting == 0)
        go_on.set()
        await until(lambda: len(in_order) == 2)
        await until(lambda: freshness.at_once().source is Source.LIVE)

        assert freshness.current._fallback is None
    assert in_order == [Source.BUNDLED, Source.LIVE]


async def test_a_stale_snapshot_is_answered_while_the_next_is_collected() -> None:
    """Once its time is over, it is still good enough until the next one is there."""
    clock = Clock()
    collection = FakeCollection(clock, live(TWO_SHELVES))
    async with keeping(collection, ttl_s=0.01) as freshness:
        first = await freshness.edition()
        collection.held = asyncio.Event()
        clock.advance(60)
        await until(lambda: collection.count == 2)

        assert await freshness.edition() is first
        collection.held.set()
        await until(lambda: freshness.at_once() is not first)
        assert (await freshness.edition()).collected_at == clock()


async def test_a_slow_first_collection_does_not_hold_requests_for_ever() -> None:
    """After the set time they get the bundled snapshot, later ones at once; live data follows."""
    collection = FakeCollection(Clock(), live(TWO_SHELVES))
    collection.held = asyncio.Event()
    async with keeping(collection, wait_s=0.01) as freshness:
        assert (await freshness.edition()).source is Source.BUNDLED
        assert (await freshness.edition()).source is Source.BUNDLED

        collection.held.set()
        await until(lambda: freshness.at_once().source is Source.LIVE)

    assert collection.count == 1


async def test_an_outage_is_one_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """Meanwhile the bundled snapshot is answered, and collections are tried until one succeeds."""
    collection = FakeCollection(Clock(), *[DOWN] * 4, live(TWO_SHELVES))
    async with keeping(collection) as freshness:
        assert (await freshness.edition()).source is Source.BUNDLED
        await until(lambda: freshness.at_once().source is Source.LIVE)

    warnings = [record for record in caplog.records if record.levelname == "WARNING"]
    assert [record.getMessage() for record in warnings] == [
        "A coleta do estoque falhou e será tentada de novo: sem conexão"
    ]
    assert warnings[0].exc_info is None


async def test_pauses_grow_while_nothing_can_be_read() -> None:
    """The pause doubles from one failure to the next."""
    collection = FakeCollection(Clock(), DOWN)
    async with keeping(collection):
        await until(lambda: collection.count == 7)

    pauses = [later - begun for begun, later in pairwise(collection.begun_at)]
    assert all(pause >= 0.001 * 2**number for number, pause in enumerate(pauses))


async def test_an_upstream_that_asks_for_a_pause_gets_it() -> None:
    """Its Retry-After delays the next refresh, too."""
    busy = UpstreamStatusError("status 503", 503, retry_after_s=0.2)
    collection = FakeCollection(Clock(), busy, live(TWO_SHELVES))
    async with keeping(collection) as freshness:
        await freshness.edition()
        await until(lambda: freshness.at_once().source is Source.LIVE)

    refused_at, next_at = collection.begun_at
    assert next_at - refused_at >= 0.2


async def test_during_an_outage_the_last_good_snapshot_is_still_answered() -> None:
    """All of it is named as kept from before, and its age is still that of its collection."""
    clock = Clock()
    collection = FakeCollection(clock, live(TWO_SHELVES), DOWN)
    async with keeping(collection, ttl_s=0.01) as freshness:
        first = await freshness.edition()
        clock.advance(60)
        await until(lambda: freshness.at_once() is not first)
        kept = freshness.at_once()

    assert kept.tree == first.tree
    assert kept.collected_at == first.collected_at
    assert len(kept.filled) == 2 + 3


async def test_unread_parts_are_filled_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    """A part that fails is answered from before, until the next collection reads it."""
    clock = Clock()
    bare = Box(GAP.id, GAP.nome)
    damaged = (HIGH.with_children([BOOKS, bare]), LOW)
    partly = TreeSnapshot(tree=damaged, collected_at=NOON, source=Source.LIVE, missing=(GAP,))
    collection = FakeCollection(clock, live(TWO_SHELVES), partly, live(TWO_SHELVES))
    async with keeping(collection, ttl_s=0.01) as freshness:
        first = await freshness.edition()
        clock.advance(60)
        await until(lambda: bool(freshness.at_once().filled))
        filled = freshness.at_once()
        clock.advance(60)
        await until(lambda: freshness.at_once().is_whole)

    assert filled.tree == first.tree
    assert filled.filled == (GAP,)
    assert any(
        "1 mantidos da anterior; o primeiro é Ferramentas" in line for line in caplog.messages
    )


async def test_parts_never_read_are_filled_from_the_bundled_snapshot() -> None:
    """Even the very first collection can be completed."""
    bare = Shelf(HIGH.id, HIGH.letra, HIGH.nome)
    gap = Gap(HIGH.id, HIGH.nome, "caiu")
    partly = TreeSnapshot(tree=(bare, LOW), collected_at=NOON, source=Source.LIVE, missing=(gap,))
    collection = FakeCollection(Clock(), partly)
    async with keeping(collection) as freshness:
        snapshot = await freshness.edition()

    assert snapshot.source is Source.LIVE
    assert snapshot.tree == TWO_SHELVES
    assert not snapshot.missing


async def test_stored_data_that_turn_out_to_be_incredible_are_due_for_a_refresh() -> None:
    """They are fresh by their date; the bundled data complete them until the truth is collected."""
    store, clock = FakeStore(), Clock()
    store.put(live(TWO_SHELVES[:1]))
    truth = live((HIGH, replace(LOW, nome="Embaixo")))
    collection = FakeCollection(clock, truth)
    collection.held = asyncio.Event()
    async with keeping(collection, store=store) as freshness:
        await until(lambda: collection.waiting == 1)
        completed = freshness.at_once()
        collection.held.set()
        await until(lambda: freshness.at_once().is_whole)

        assert freshness.at_once().tree == truth.tree
    assert completed.tree == TWO_SHELVES
    assert collection.count == 1


async def test_a_fault_of_ours_is_logged_with_its_traceback_and_survived(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A bug in the collection neither ends the refreshing nor stays hidden."""
    collection = FakeCollection(Clock(), ZeroDivisionError(), live(TWO_SHELVES))
    async with keeping(collection) as freshness:
        await freshness.edition()
        await until(lambda: freshness.at_once().source is Source.LIVE)

    (error,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert error.exc_info is not None
    assert error.exc_info[0] is ZeroDivisionError


async def test_without_any_data_the_error_says_when_to_ask_again() -> None:
    """With neither live nor bundled data, the request fails and has the time to wait."""
    collection = FakeCollection(Clock(), DOWN)
    async with keeping(collection, fallback=None) as freshness:
        with pytest.raises(NoSnapshotError) as caught:
            await freshness.edition()

    assert caught.value.retry_after_s >= 1


async def test_a_damaged_bundle_is_logged_and_does_not_hold_requests(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """If the bundled snapshot cannot be read, it counts as none."""

    async def damaged() -> ShelvesSnapshot:
        raise ValueError("cortado")

    collection = FakeCollection(Clock(), DOWN)
    async with keeping(collection, fallback=damaged) as freshness:
        with pytest.raises(NoSnapshotError):
            await freshness.edition()

    assert "Os dados que acompanham o código não puderam ser lidos: cortado" in caplog.messages


class TestWithoutATimeToLive:
    """`SNAPSHOT_TTL_S=0`: every request is a collection."""

    async def test_requests_at_the_same_time_join_one_collection(self) -> None:
        """The next request gets a collection of its own."""
        collection = FakeCollection(Clock(), live(TWO_SHELVES))
        async with keeping(collection, ttl_s=0) as freshness:
            await asyncio.gather(*(freshness.edition() for _ in range(5)))
            together = collection.count
            await freshness.edition()

        assert together == 1
        assert collection.count == 2

    async def test_a_request_that_goes_away_spoils_nothing(self) -> None:
        """The collection it waited for continues for the others."""
        collection = FakeCollection(Clock(), live(TWO_SHELVES))
        collection.held = asyncio.Event()
        async with keeping(collection, ttl_s=0) as freshness:
            hurried = asyncio.create_task(freshness.edition())
            patient = asyncio.create_task(freshness.edition())
            await until(lambda: collection.waiting == 1)
            hurried.cancel()
            await asyncio.sleep(0)
            collection.held.set()

            assert (await patient).source is Source.LIVE
        assert hurried.cancelled()

    async def test_after_a_failed_collection_the_earlier_data_is_answered(self) -> None:
        """A request never gets less than the last good snapshot."""
        collection = FakeCollection(Clock(), live(TWO_SHELVES), DOWN)
        async with keeping(collection, ttl_s=0) as freshness:
            whole = await freshness.edition()
            kept = await freshness.edition()

        assert kept.tree == whole.tree
        assert kept.filled

    async def test_a_result_that_is_being_stored_is_not_joined(self) -> None:
        """It was there before the request, which gets a collection of its own."""

        class SlowStore(FakeStore):
            async def save(self, snapshot: ShelvesSnapshot) -> str:
                await asyncio.sleep(0.05)
                return await super().save(snapshot)

        collection = FakeCollection(Clock(), live(TWO_SHELVES))
        async with keeping(collection, ttl_s=0, store=SlowStore()) as freshness:
            answers = [await freshness.edition() for _ in range(3)]

        assert collection.count == 3
        assert len({id(answer) for answer in answers}) == 3

    async def test_the_bundled_snapshot_is_loaded_once(self) -> None:
        """This holds however many requests settle for it at the same time."""
        loads = 0

        async def count() -> ShelvesSnapshot:
            nonlocal loads
            loads += 1
            await asyncio.sleep(0.01)
            return BUNDLED

        collection = FakeCollection(Clock(), live(TWO_SHELVES))
        collection.held = asyncio.Event()
        async with keeping(collection, ttl_s=0, wait_s=0.01, fallback=count) as freshness:
            await asyncio.gather(*(freshness.edition() for _ in range(10)))

        assert loads == 1


class TestLeaving:
    """The end of the process."""

    async def test_a_running_refresh_is_broken_off(self) -> None:
        """Nothing is left behind of a refresh that a request started."""
        collection = FakeCollection(Clock(), live(TWO_SHELVES))
        async with keeping(collection, ttl_s=0, wait_s=0.01) as freshness:
            await freshness.edition()
            collection.held = asyncio.Event()
            await freshness.edition()
            await until(lambda: collection.waiting == 1)

        assert collection.waiting == 0

    @pytest.mark.parametrize("ttl_s", [3600, 0])
    async def test_waiting_requests_do_not_hold_up_the_process(self, ttl_s: float) -> None:
        """They get what there is, here nothing; later requests start no collection."""
        collection = FakeCollection(Clock(), live(TWO_SHELVES))
        collection.held = asyncio.Event()
        async with keeping(collection, ttl_s=ttl_s, fallback=None) as freshness:
            request = asyncio.create_task(freshness.edition())
            await until(lambda: collection.waiting == 1)

        with pytest.raises(NoSnapshotError):
            await request
        with pytest.raises(NoSnapshotError):
            await freshness.edition()
        assert collection.count == 1


class TestWithOthers:
    """Several processes that share a store."""

    async def test_a_stored_snapshot_is_answered_after_a_restart(self) -> None:
        """It is live, though old, and no request waits, even if the upstream is dead."""
        store = FakeStore()
        store.put(live(TWO_SHELVES, NOON - timedelta(days=3)))
        collection = FakeCollection(Clock(), live(TWO_SHELVES))
        collection.held = asyncio.Event()
        async with keeping(collection, store=store) as freshness:
            snapshot = await freshness.edition()
            await until(lambda: collection.waiting == 1)

        assert snapshot.source is Source.LIVE
        assert snapshot.collected_at == NOON - timedelta(days=3)

    async def test_a_fresh_stored_snapshot_is_not_collected_again(self) -> None:
        """A restart costs the upstream nothing."""
        store = FakeStore()
        store.put(live(TWO_SHELVES))
        collection = FakeCollection(Clock(), live(TWO_SHELVES))
        async with keeping(collection, store=store) as freshness:
            await freshness.edition()
            await asyncio.sleep(0.02)

        assert collection.count == 0

    async def test_one_collects_and_the_others_take_it_over(self) -> None:
        """Three processes that start together make one collection and give one answer."""
        store, clock = FakeStore(), Clock()
        collections = [FakeCollection(clock, live(TWO_SHELVES)) for _ in range(3)]
        for collection in collections:
            collection.held = asyncio.Event()
        async with (
            keeping(collections[0], store=store) as first,
            keeping(collections[1], store=store) as second,
            keeping(collections[2], store=store) as third,
        ):
            requests = [asyncio.create_task(each.edition()) for each in (first, second, third)]
            await until(lambda: sum(collection.waiting for collection in collections) == 1)
            await asyncio.sleep(0.02)
            for collection in collections:
                assert collection.held is not None
                collection.held.set()
            answers = await asyncio.gather(*requests)

        assert sum(collection.count for collection in collections) == 1
        assert answers[0] == answers[1] == answers[2]

    async def test_a_newer_snapshot_is_noticed(self) -> None:
        """A snapshot that another process stores later is answered here soon after."""
        store, clock = FakeStore(), Clock()
        collection = FakeCollection(clock, live(TWO_SHELVES[:1]))
        async with keeping(collection, store=store, fallback=None) as freshness:
            await freshness.edition()
            clock.advance(60)
            store.put(live(TWO_SHELVES, clock()))

            await until(lambda: len(freshness.at_once().tree) == 2)

    async def test_a_lost_refresh_is_repeated(self) -> None:
        """If the process that collected was killed, one that waited for it collects."""
        store = FakeStore()
        store.is_taken = True
        collection = FakeCollection(Clock(), live(TWO_SHELVES))
        async with keeping(collection, store=store, fallback=None) as freshness:
            request = asyncio.create_task(freshness.edition())
            await until(lambda: store.calls["turn"] > 2)
            store.is_taken = False

            assert (await request).source is Source.LIVE
        assert collection.count == 1

    async def test_a_lost_refresh_is_no_reason_to_wait_longer(self) -> None:
        """Bundled data at hand is answered until some process's collection succeeds."""
        store = FakeStore()
        store.is_taken = True
        collection = FakeCollection(Clock(), live(TWO_SHELVES))
        collection.held = asyncio.Event()
        async with keeping(collection, store=store) as freshness:
            request = asyncio.create_task(freshness.edition())
            await until(lambda: store.calls["turn"] > 2)
            store.is_taken = False

            assert (await request).source is Source.BUNDLED
            collection.held.set()
            await until(lambda: freshness.at_once().source is Source.LIVE)

    async def test_failures_of_other_processes_are_no_reason_to_be_late(self) -> None:
        """If the process that failed is gone, a mere observer refreshes just as soon."""
        store, clock = FakeStore(), Clock()
        whole = live(TWO_SHELVES)
        store.put(whole)
        collection = FakeCollection(clock, live(TWO_SHELVES))
        async with keeping(collection, store=store) as freshness:
            await freshness.edition()
            for _ in range(3):
                whole = unread(whole, "caiu")
                store.put(whole)
                await until(lambda: bool(freshness.at_once().filled))

            await until(lambda: freshness.at_once().is_whole)

        assert collection.count == 1

    async def test_a_stored_snapshot_that_is_not_whole_is_no_reason_to_wait(self) -> None:
        """At the start it is answered and a collection begins, however often others failed."""
        store = FakeStore()
        store.put(replace(unread(live(TWO_SHELVES), "caiu"), failures=9))
        collection = FakeCollection(Clock(), live(TWO_SHELVES))
        async with keeping(collection, store=store) as freshness:
            await freshness.edition()

            await until(lambda: freshness.at_once().is_whole)

    async def test_a_future_date_makes_nothing_fresh(self) -> None:
        """A machine with a wrong clock may have stored it."""
        store = FakeStore()
        store.put(live(TWO_SHELVES, NOON + timedelta(days=365)))
        collection = FakeCollection(Clock(), live(TWO_SHELVES))
        async with keeping(collection, store=store):
            await until(lambda: collection.count == 1)

    async def test_a_fault_of_the_store_ends_nothing(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        """An error that no adapter should raise is logged with its traceback, and survived."""

        class BrokenOnce(FakeStore):
            async def version(self) -> str | None:
                if not self.calls["version"]:
                    self.calls["version"] += 1
                    raise ZeroDivisionError
                return await super().version()

        collection = FakeCollection(Clock(), live(TWO_SHELVES))
        async with keeping(collection, store=BrokenOnce()) as freshness:
            assert (await freshness.edition()).source is Source.LIVE

        (error,) = [record for record in caplog.records if record.levelname == "ERROR"]
        assert error.exc_info is not None

    async def test_a_fault_of_ours_while_taking_over_ends_nothing(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        """It is logged with its traceback; the next snapshot that is stored is answered."""
        store, clock = FakeStore(), Clock()
        faults = [ZeroDivisionError()]

        async def publish(snapshot: ShelvesSnapshot) -> ShelvesSnapshot:
            if clock() > NOON and faults:
                raise faults.pop()
            return snapshot

        collection = FakeCollection(clock, live(TWO_SHELVES))
        async with keeping(collection, store=store, publish=publish) as freshness:
            await freshness.edition()
            clock.advance(60)
            store.put(live(TWO_SHELVES, clock()))
            await until(lambda: not faults)
            clock.advance(60)
            store.put(live(TWO_SHELVES, clock()))
            await until(lambda: freshness.at_once().collected_at == clock())

        (error,) = [record for record in caplog.records if record.levelname == "ERROR"]
        assert error.exc_info is not None

    async def test_an_unreachable_store_costs_only_the_sharing(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        """The service goes on and logs it once; a store that is back gets what it missed."""
        caplog.set_level("INFO")
        store, clock = FakeStore(), Clock()
        store.trouble = SnapshotStoreError("sem Redis")
        collection = FakeCollection(clock, live(TWO_SHELVES))
        async with keeping(collection, store=store, ttl_s=0.01) as freshness:
            assert (await freshness.edition()).source is Source.LIVE
            clock.advance(60)
            await until(lambda: collection.count > 2)
            collection.held = asyncio.Event()
            store.trouble = None
            await until(lambda: store.stored is not None)
            await until(lambda: "O armazenamento voltou" in caplog.messages)

        told = [line for line in caplog.messages if "rmazenamento" in line]
        assert told[0] == "Sem o armazenamento, o serviço continua com os dados que tem: sem Redis"
        assert told[1:] == ["O armazenamento voltou"]


async def test_taking_over_does_not_answer_a_request_that_waits_for_its_own_collection() -> None:
    """With SNAPSHOT_TTL_S=0, what another process stored before the request is too old for it."""
    clock, store = Clock(), FakeStore()
    collection = FakeCollection(clock, live(TWO_SHELVES))
    is_writing, go_on = asyncio.Event(), asyncio.Event()
    go_on.set()

    async def slowly(snapshot: ShelvesSnapshot) -> ShelvesSnapshot:
        if not go_on.is_set():
            is_writing.set()
            await go_on.wait()
        return snapshot

    async with keeping(collection, store=store, ttl_s=0, publish=slowly) as freshness:
        await freshness.edition()
        await until(lambda: freshness.refreshes.running is None)
        begun = collection.count
        go_on.clear()
        clock.advance(1)
        store.put(live(TWO_SHELVES, clock()))  # another process
        await is_writing.wait()
        clock.advance(60)
        collection.held = held = asyncio.Event()
        first = asyncio.create_task(freshness.edition())
        await until(lambda: collection.waiting == 1)
        go_on.set()
        await turns_of_the_loop()
        second = asyncio.create_task(freshness.edition())
        await turns_of_the_loop()
        collection.held = None
        held.set()
        answers = await asyncio.gather(first, second)

    assert [answer.collected_at for answer in answers] == [clock(), clock()]
    assert collection.count == begun + 1


async def test_a_bundled_edition_that_cannot_be_made_does_not_hold_requests() -> None:
    """Once live data are published, requests get them."""
    collection = FakeCollection(Clock(), live(TWO_SHELVES))
    collection.held = held = asyncio.Event()
    failed = asyncio.Event()

    async def published(snapshot: ShelvesSnapshot) -> ShelvesSnapshot:
        if snapshot.source is Source.BUNDLED:
            failed.set()
            raise RuntimeError("can't start new thread")
        return snapshot

    async with keeping(collection, wait_s=0.01, publish=published) as freshness:
        await failed.wait()
        held.set()
        await until(lambda: freshness.current.is_live)
        async with asyncio.timeout(2):
            assert (await freshness.edition()).source is Source.LIVE


async def test_no_collection_begins_after_the_end() -> None:
    """A request that waits until the last result is stored gets it when the service ends."""

    class SlowStore(FakeStore):
        async def save(self, snapshot: ShelvesSnapshot) -> str:
            self.calls["begun to save"] += 1
            await asyncio.Event().wait()
            return ""

    collection, store = FakeCollection(Clock(), live(TWO_SHELVES)), SlowStore()
    async with keeping(collection, store=store, ttl_s=0) as freshness:
        first = await freshness.edition()
        await until(lambda: store.calls["begun to save"] == 1)
        second = asyncio.create_task(freshness.edition())
        await turns_of_the_loop()

    assert await second is first
    assert collection.count == 1


async def turns_of_the_loop() -> None:
    """Lets everything go on that waits for nothing."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_a_process_asked_to_end_again_and_again_still_stores_what_it_knows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A terminal and a supervisor may both send it a signal while a slow store is saving."""
    store = FakeStore()
    is_saving, go_on = asyncio.Event(), asyncio.Event()
    save = store.save

    async def save_slowly(snapshot: ShelvesSnapshot) -> str:
        is_saving.set()
        await go_on.wait()
        return await save(snapshot)

    monkeypatch.setattr(store, "save", save_slowly)
    freshness = one_process(
        FakeCollection(Clock(), live(TWO_SHELVES)), store=store, ends_within_s=50
    )
    keep = asyncio.create_task(freshness.keep())
    await is_saving.wait()

    for _ in range(3):
        keep.cancel()
        await asyncio.sleep(0.001)
    go_on.set()
    await asyncio.wait({keep})

    assert store.stored is not None
    assert store.calls["save"] == 1
    assert not store.is_taken


async def test_a_store_that_hangs_does_not_keep_the_process_from_ending() -> None:
    """Neither storing nor giving the turn back comes to its end, whoever asks for it."""

    class HangingStore(FakeStore):
        async def save(self, snapshot: ShelvesSnapshot) -> str:
            self._call("save")
            await asyncio.Event().wait()
            return await super().save(snapshot)

        @asynccontextmanager
        async def turn(self) -> AsyncIterator[bool]:
            try:
                yield True
            finally:
                await asyncio.Event().wait()

    store = HangingStore()
    freshness = one_process(FakeCollection(Clock(), live(TWO_SHELVES)), store=store)
    keep = asyncio.create_task(freshness.keep())
    await until(lambda: store.calls["save"] == 1)

    keep.cancel()
    await asyncio.wait({keep})

    assert store.stored is None
