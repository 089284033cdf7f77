"""The composition root: which part gets which. What only a collection needs is in `collecting`."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from src.application.collecting.fan_out_counts import FanOutCounts
from src.application.localities.list_of_states_and_cities import ListOfStatesAndCities
from src.application.localities.states_so_far import StatesSoFar
from src.application.localities.streamed_collection import StreamedCollection
from src.application.ports.fan_out_watch import FanOutWatch
from src.application.ports.refresh_journal import RefreshJournal
from src.application.ports.snapshot_store import SnapshotStore
from src.application.refreshing.ask_for_refresh import AskForRefresh
from src.application.refreshing.current_edition import CurrentEdition
from src.application.refreshing.freshness import Freshness
from src.application.refreshing.last_good_snapshot import LastGoodSnapshot
from src.application.refreshing.refresh_snapshot import RefreshSnapshot
from src.application.refreshing.schedule import Schedule
from src.application.refreshing.task_cancellation import cancel_and_wait
from src.application.telling.refresh_recorder import RefreshRecorder
from src.application.telling.refreshes import Refreshes
from src.domain.snapshot import Snapshot
from src.entrypoints.settings import APP_DIR, Settings
from src.infra.controllers.dependencies import LifespanState
from src.infra.controllers.refreshes.refresh_right import RefreshRight
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
        fan_out = FanOutCounts(clock=time.monotonic)
        current = CurrentEdition(
            make=publisher.publish, load_bundled=_bundled if settings.snapshot_bundled else None
        )
        so_far = StatesSoFar()
        collection = StreamedCollection(
            use_case=_OnDemand(lambda: _opening(settings, fan_out, collecting), opened),
            so_far=so_far,
            current=current,
        )
        schedule = Schedule(ttl_s=settings.snapshot_ttl_s, now=utc_now)
        recorder = RefreshRecorder(
            journal=journal, fan_out=fan_out, plan=settings.ibge_plan, now=exact_utc_now
        )
        freshness = Freshness(
            current=current,
            refresh=RefreshSnapshot(
                collect=collection.collect,
                publish=current.publish,
                last_good=LastGoodSnapshot(store),
                bundled=current.bundled,
                recorder=recorder,
            ),
            schedule=schedule,
            wait_s=settings.snapshot_wait_s,
        )
        refreshes = Refreshes(journal=journal, now=exact_utc_now)
        ask_for_refresh = AskForRefresh(
            refreshes=refreshes,
            start=freshness.refresh_by_hand,
            begun=recorder.begun,
            upstream_rests_s=lambda: schedule.upstream_rests_s,
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
                    ask_for_refresh=ask_for_refresh,
                    refresh_right=RefreshRight(settings.refresh_token),
                )
        finally:
            refreshes.end()
            await cancel_and_wait(keeping_fresh)


async def _bundled() -> Snapshot:
    return await asyncio.to_thread(bundled_snapshot)


class _OnDemand:
    """Opens the use case when it is first asked for; `opened` closes it."""

    def __init__(
        self,
        opening: Callable[[], Awaitable[AbstractAsyncContextManager[ListOfStatesAndCities]]],
        opened: contextlib.AsyncExitStack,
    ) -> None:
        self._opening = opening
        self._opened = opened
        self._use_case: ListOfStatesAndCities | None = None

    async def __call__(self) -> ListOfStatesAndCities:
        if self._use_case is None:
            self._use_case = await self._opened.enter_async_context(await self._opening())
        return self._use_case


async def _opening(
    settings: Settings, watch: FanOutWatch, collecting: Collecting | None
) -> AbstractAsyncContextManager[ListOfStatesAndCities]:
    if collecting is None:
        collecting = await asyncio.to_thread(_collecting_from_upstream)
    return collecting(settings, watch)


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
