"""The composition root: which part gets which. What only a collection needs is in `collecting`."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from src.application.collecting.fan_out_counts import FanOutCounts
from src.application.localities.list_of_states_and_cities import ListOfStatesAndCities
from src.application.localities.states_so_far import StatesSoFar
from src.application.ports.fan_out_watch import FanOutWatch
from src.application.ports.refresh_journal import RefreshJournal
from src.application.ports.snapshot_store import SnapshotStore
from src.application.refreshing.breaking_off import break_off
from src.application.refreshing.freshness import Freshness
from src.application.telling.refresh_recorder import RefreshRecorder
from src.application.telling.refreshes import Refreshes
from src.domain.localities.territory import State
from src.domain.snapshot import Snapshot
from src.entrypoints.settings import APP_DIR, Settings
from src.infra.controllers.dependencies import LifespanState
from src.infra.controllers.refresh_right import RefreshRight
from src.infra.editions.publisher import Publisher
from src.infra.process.clock import exact_utc_now, utc_now
from src.infra.process.leaving import leaving
from src.infra.storage.file_journal import FileJournal
from src.infra.storage.file_store import FileStore
from src.infra.storage.localities.bundled_snapshot import bundled_snapshot
from src.infra.storage.memory_journal import MemoryJournal
from src.infra.storage.memory_store import MemoryStore

# Opens the use case with all it needs, and closes that at the end; what it does is watched.
Collecting = Callable[[Settings, FanOutWatch], AbstractAsyncContextManager[ListOfStatesAndCities]]


@asynccontextmanager
async def serving(
    settings: Settings, collecting: Collecting | None = None
) -> AsyncIterator[LifespanState]:
    """What answers the requests, kept fresh in the background until the end.

    The use case is opened for the first collection; `collecting` gives one in place of the one
    over the real upstream.
    """
    async with (
        contextlib.AsyncExitStack() as opened,
        _shared(settings.snapshot_store) as (store, journal),
        contextlib.aclosing(Publisher(ttl_s=settings.snapshot_ttl_s)) as publisher,
    ):
        use_case: ListOfStatesAndCities | None = None
        so_far = StatesSoFar()
        fan_out = FanOutCounts(clock=time.monotonic)
        bundled = _bundled if settings.snapshot_bundled else None

        async def collect() -> Snapshot:
            nonlocal use_case
            if use_case is None:
                opening = collecting
                if opening is None:
                    opening = await asyncio.to_thread(_collecting_from_upstream)
                use_case = await opened.enter_async_context(opening(settings, fan_out))
            earlier: tuple[State, ...] = ()
            if freshness.waits_for_the_first and bundled is not None:
                with contextlib.suppress(OSError, ValueError):  # told when it is to be answered
                    earlier = (await bundled()).states
            so_far.begin(earlier)
            try:
                return await use_case.execute(so_far.add)
            finally:
                so_far.end()

        freshness = Freshness(
            collect=collect,
            publish=publisher.publish,
            bundled=bundled,
            store=store,
            recorder=RefreshRecorder(
                journal=journal, fan_out=fan_out, plan=settings.ibge_plan, now=exact_utc_now
            ),
            ttl_s=settings.snapshot_ttl_s,
            wait_s=settings.snapshot_wait_s,
            now=utc_now,
        )
        refreshes = Refreshes(
            journal=journal,
            start=freshness.refresh_by_hand,
            upstream_rests_s=lambda: freshness.upstream_rests_s,
            min_interval_s=settings.refresh_min_interval_s,
            now=exact_utc_now,
        )
        keeping_fresh = asyncio.create_task(freshness.keep())

        def leave() -> None:
            refreshes.end()
            keeping_fresh.cancel()

        try:
            with leaving(leave):
                yield LifespanState(
                    freshness=freshness,
                    so_far=so_far,
                    refreshes=refreshes,
                    refresh_right=RefreshRight(settings.refresh_token),
                )
        finally:
            refreshes.end()
            await break_off(keeping_fresh)


async def _bundled() -> Snapshot:
    return await asyncio.to_thread(bundled_snapshot)


def _collecting_from_upstream() -> Collecting:
    # With aiohttp it takes 0.13 s to import and 10 MB to keep: a start that finds a fresh snapshot
    # stored answers without it.
    from src.entrypoints.collecting import collecting  # noqa: PLC0415  # as above

    return collecting


@asynccontextmanager
async def _shared(address: str) -> AsyncIterator[tuple[SnapshotStore, RefreshJournal]]:
    """What processes share that are given the same address."""
    scheme, _, rest = address.partition(":")
    if scheme == "memory":
        yield MemoryStore(), MemoryJournal()
    elif scheme == "file":
        yield FileStore(APP_DIR / rest), FileJournal(APP_DIR / rest / "refreshes")
    else:
        # redis-py takes 0.07 s to import: on demand.
        from src.infra.storage.redis_journal import RedisJournal  # noqa: PLC0415  # as above
        from src.infra.storage.redis_store import RedisStore  # noqa: PLC0415  # as above

        async with (
            contextlib.aclosing(RedisStore(address)) as store,
            contextlib.aclosing(RedisJournal(address)) as journal,
        ):
            yield store, journal
