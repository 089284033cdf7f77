"""What is answered while the upstream is well, slow, ill or gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import pytest

import src.application.current_snapshot as module
from src.application.current_snapshot import CurrentSnapshot, NoSnapshotError
from src.application.ports.upstream import UpstreamConnectionError
from src.domain.snapshot import Gap, Snapshot, Source
from tests.fakes import NOON, Clock, live
from tests.places import TWO_STATES

BUNDLED = Snapshot(TWO_STATES, NOON - timedelta(days=100), Source.BUNDLED)

Collect = Callable[[], Awaitable[Snapshot]]


class FakeCollection:
    """Collections that end as the test says: `outcomes` in turn, the last one again and again."""

    def __init__(self, clock: Clock, *outcomes: Snapshot | Exception) -> None:
        self.clock = clock
        self.outcomes = list(outcomes)
        self.count = 0
        self.waiting = 0
        self.held: asyncio.Event | None = None

    async def __call__(self) -> Snapshot:
        self.count += 1
        if self.held is not None:
            self.waiting += 1
            try:
                await self.held.wait()
            finally:
                self.waiting -= 1
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        if isinstance(outcome, Exception):
            raise outcome
        return Snapshot(outcome.states, self.clock(), outcome.source, outcome.missing)


async def published(snapshot: Snapshot) -> Snapshot:
    """An edition that is the snapshot itself."""
    return snapshot


async def bundled() -> Snapshot:
    """The snapshot that ships with the code."""
    return BUNDLED


@asynccontextmanager
async def keeping(
    collection: FakeCollection,
    *,
    ttl_s: float = 3600,
    wait_s: float = 5,
    fallback: Callable[[], Awaitable[Snapshot]] | None = bundled,
) -> AsyncIterator[CurrentSnapshot[Snapshot]]:
    """A current snapshot over these collections, kept fresh while the block runs."""
    current = CurrentSnapshot(
        collect=collection,
        publish=published,
        bundled=fallback,
        ttl_s=ttl_s,
        wait_s=wait_s,
        now=collection.clock,
    )
    keeping_fresh = asyncio.create_task(current.keep_fresh())
    try:
        yield current
    finally:
        keeping_fresh.cancel()
        with suppress(asyncio.CancelledError):
            await keeping_fresh


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses after failures take no time in the test."""
    monkeypatch.setattr(module, "FIRST_PAUSE_S", 0.001)
    monkeypatch.setattr(module, "LONGEST_PAUSE_S", 0.004)


async def test_the_first_requests_wait_for_one_collection() -> None:
    """All that come while the first collection runs get its result, and none starts another."""
    collection = FakeCollection(Clock(), live(TWO_STATES))
    collection.held = asyncio.Event()
    async with keeping(collection) as current:
        requests = [asyncio.create_task(current.get()) for _ in range(5)]
        await asyncio.sleep(0.01)
        with pytest.raises(NoSnapshotError):
            current.at_once()
        collection.held.set()

        answers = await asyncio.gather(*requests)

    assert {answer.source for answer in answers} == {Source.LIVE}
    assert collection.count == 1


async def test_a_fresh_snapshot_is_answered_from_memory() -> None:
    """Nothing is collected again before the time is over."""
    collection = FakeCollection(Clock(), live(TWO_STATES))
    async with keeping(collection) as current:
        first = await current.get()
        second = await current.get()

    assert first is second
    assert collection.count == 1


async def test_a_request_that_goes_away_spoils_nothing() -> None:
    """The collection it waited for goes on for the others."""
    collection = FakeCollection(Clock(), live(TWO_STATES))
    collection.held = asyncio.Event()
    async with keeping(collection, ttl_s=0) as current:
        hurried = asyncio.create_task(current.get())
        patient = asyncio.create_task(current.get())
        await asyncio.sleep(0.01)
        hurried.cancel()
        await asyncio.sleep(0.01)
        collection.held.set()

        assert (await patient).source is Source.LIVE
    assert hurried.cancelled()


async def test_a_slow_first_collection_does_not_hold_requests_for_ever() -> None:
    """After the set time they get the bundled snapshot, later ones at once; live ones follow."""
    collection = FakeCollection(Clock(), live(TWO_STATES))
    collection.held = asyncio.Event()
    async with keeping(collection, wait_s=0.01) as current:
        assert (await current.get()).source is Source.BUNDLED
        assert (await current.get()).source is Source.BUNDLED
        collection.held.set()
        while current.at_once().source is Source.BUNDLED:
            await asyncio.sleep(0.001)

    assert collection.count == 1


@pytest.mark.usefixtures("no_pauses")
async def test_a_failed_collection_is_tried_again_after_growing_pauses(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Meanwhile the bundled snapshot is answered; the outage is one line in the log."""
    failure = UpstreamConnectionError("sem conexão")
    collection = FakeCollection(Clock(), *[failure] * 4, live(TWO_STATES))
    async with keeping(collection) as current:
        assert (await current.get()).source is Source.BUNDLED
        while collection.count < 5:
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.001)
        assert (await current.get()).source is Source.LIVE

    warnings = [record for record in caplog.records if record.levelname == "WARNING"]
    assert [record.getMessage() for record in warnings] == [
        "A coleta falhou e será tentada de novo: sem conexão"
    ]
    assert all(record.exc_info is None for record in warnings)


@pytest.mark.usefixtures("no_pauses")
async def test_a_fault_of_ours_is_logged_with_its_traceback_and_survived(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A bug in the collection neither ends the refreshing nor stays unseen."""
    collection = FakeCollection(Clock(), ZeroDivisionError(), live(TWO_STATES))
    async with keeping(collection) as current:
        await current.get()
        while collection.count < 2:
            await asyncio.sleep(0.001)

    (error,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert error.exc_info is not None
    assert error.exc_info[0] is ZeroDivisionError


async def test_a_stale_snapshot_is_answered_while_the_next_is_collected() -> None:
    """When its time is over it is still good enough until the next one is there."""
    clock = Clock()
    collection = FakeCollection(clock, live(TWO_STATES))
    async with keeping(collection, ttl_s=0.01) as current:
        first = await current.get()
        collection.held = asyncio.Event()
        clock.advance(60)
        while collection.count < 2:
            await asyncio.sleep(0.001)
        assert await current.get() is first
        collection.held.set()
        while current.at_once() is first:
            await asyncio.sleep(0.001)

        assert (await current.get()).collected_at == clock()


async def test_with_a_ttl_of_zero_every_request_is_a_collection() -> None:
    """Requests that come together join one; the next one gets one of its own."""
    collection = FakeCollection(Clock(), live(TWO_STATES))
    async with keeping(collection, ttl_s=0) as current:
        await asyncio.gather(*(current.get() for _ in range(5)))
        together = collection.count
        await current.get()

    assert together == 1
    assert collection.count == 2


async def test_leaving_ends_the_collection_that_runs() -> None:
    """Nothing is left behind, whoever started it."""
    collection = FakeCollection(Clock(), live(TWO_STATES))
    async with keeping(collection, ttl_s=0, wait_s=0.01) as current:
        await current.get()
        collection.held = asyncio.Event()
        await current.get()
        assert collection.waiting == 1

    assert collection.waiting == 0


async def test_without_any_data_it_says_when_to_ask_again() -> None:
    """With nothing live and nothing bundled, the request fails with the time to wait."""
    collection = FakeCollection(Clock(), UpstreamConnectionError("sem conexão"))
    async with keeping(collection, fallback=None) as current:
        with pytest.raises(NoSnapshotError) as caught:
            await current.get()

    assert caught.value.retry_after_s >= 1


async def test_a_damaged_bundle_is_told_and_does_not_hold_requests(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Where the bundled snapshot cannot be read, it is as if there were none."""

    async def damaged() -> Snapshot:
        raise ValueError("cortado")

    collection = FakeCollection(Clock(), UpstreamConnectionError("sem conexão"))
    async with keeping(collection, fallback=damaged) as current:
        with pytest.raises(NoSnapshotError):
            await current.get()

    assert "Os dados que acompanham o código não puderam ser lidos: cortado" in caplog.messages


async def test_gaps_are_named_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """An incomplete collection says which places it could not read."""
    gap = Gap(1100023, "Ariquemes", "demorou")
    collection = FakeCollection(Clock(), Snapshot(TWO_STATES, NOON, Source.LIVE, (gap,)))
    async with keeping(collection) as current:
        await current.get()

    (warning,) = [record for record in caplog.records if record.levelname == "WARNING"]
    assert warning.getMessage() == (
        "Coleta incompleta, 1 sem dados: Ariquemes; o primeiro por isto: demorou"
    )
