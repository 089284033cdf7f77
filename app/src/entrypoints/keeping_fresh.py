"""Keeps a feature's snapshots fresh, whatever they hold: which part of the core gets which."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic

from src.application.collecting.streamed_collection import StreamedCollection
from src.application.experimenting.experiment import Experiment
from src.application.keeping.fallible_store import FallibleStore
from src.application.keeping.last_good_snapshot import LastGoodSnapshot
from src.application.keeping.standstills import Standstills
from src.application.keeping.stored_succession import StoredSuccession
from src.application.ports.refresh_progress import Phase
from src.application.refreshing.ask_for_refresh import AskForRefresh
from src.application.refreshing.current_edition import CurrentEdition
from src.application.refreshing.freshness import Freshness
from src.application.refreshing.one_refresh_at_a_time import OneRefreshAtATime
from src.application.refreshing.refresh_log import RefreshLog
from src.application.refreshing.refresh_snapshot import RefreshSnapshot
from src.application.refreshing.roots_as_they_come import RootsAsTheyCome
from src.application.refreshing.schedule import Schedule
from src.application.refreshing.task_cancellation import cancel_and_wait
from src.application.telling.fan_out_counts import FanOutCounts
from src.application.telling.followers import Followers
from src.application.telling.refresh_recorder import RefreshRecorder
from src.application.telling.refreshes import Refreshes
from src.application.telling.room_for_followers import RoomForFollowers
from src.domain.credible_change import CredibleChange
from src.domain.outline import RootOutline
from src.domain.snapshot import S
from src.entrypoints.settings import ServiceSettings
from src.entrypoints.storage import open_storage
from src.infra.controllers.callers_right import CallersRight
from src.infra.controllers.refreshes.dependencies import OpenedRefreshes
from src.infra.controllers.refreshes.refresh_json import event
from src.infra.controllers.refreshes.refresh_words import RefreshWords
from src.infra.editions.edition import Edition
from src.infra.editions.presentation import LookUp, Presentation
from src.infra.editions.publisher import Publisher
from src.infra.metrics import catalogue as metrics
from src.infra.process.clock import utc_now
from src.infra.process.leaving import leaving
from src.infra.process.open_connections import streams_of_callers


@dataclass(frozen=True, slots=True)
class KeptFresh(Generic[S, LookUp]):
    """What answers the requests for a feature's data, and for its refreshes."""

    freshness: Freshness[Edition[S, LookUp]]
    roots_as_they_come: RootsAsTheyCome[Any, Edition[S, LookUp]]
    refreshes: OpenedRefreshes


@asynccontextmanager
async def keeping_fresh(
    settings: ServiceSettings,
    *,
    kind: type[S],
    collect: Callable[[Callable[[Any], None]], Awaitable[S]],
    bundled: Callable[[], S] | None,
    bundled_outline: Callable[[], Sequence[RootOutline]] | None = None,
    presentation: Presentation[S, LookUp],
    words: RefreshWords,
    fan_out: FanOutCounts,
    plan: str = "",
    change: CredibleChange | None = None,
    folder: str = "",
    experiment: Experiment | None = None,
) -> AsyncIterator[KeptFresh[S, LookUp]]:
    """Refreshes in the background until the end of the block.

    Args:
        settings: of the service.
        kind: the snapshots' class.
        collect: collects one, and calls its argument with each root that is whole.
        bundled: reads the snapshot that ships with the code; None if there is none.
        bundled_outline: reads its outline, quickly; None if there is none.
        presentation: how a snapshot is answered.
        words: what its parts are called.
        plan: the name for the way in which the upstream is asked.
        fan_out: counts the requests of `collect`.
        change: how much may change from one snapshot to the next.
        folder: keeps what is stored apart from what other features store.
        experiment: chooses the conditions of each collection; None if there are no experiments.
    """
    data = words.data or words.path  # how the metrics call what is collected
    metrics.FOLLOWERS.show(data)
    for outcome in Phase:
        if outcome is not Phase.RUNNING:
            metrics.REFRESHES.show(data, outcome.value)

    async def collected(on_root: Callable[[Any], None]) -> S:
        if experiment is None:
            return await collect(on_root)
        return await experiment.collected(lambda: collect(on_root))

    async def served(snapshot: S) -> Edition[S, LookUp]:
        edition = await publisher.publish(snapshot)
        metrics.AGE.set(data, to=snapshot.collected_at.timestamp())
        metrics.MISSING.set(data, to=len(snapshot.missing))
        metrics.FILLED.set(data, to=len(snapshot.filled))
        return edition

    def ended(phase: Phase, seconds: float) -> None:
        metrics.REFRESHES.add(data, phase.value)
        metrics.REFRESH_SECONDS.set(data, to=seconds)

    async def earlier() -> Sequence[Any]:
        # Once there is live data, a root of the next collection is streamed to nobody.
        snapshot = None if current.is_live else await current.bundled()
        return snapshot.roots if snapshot is not None else ()

    async with (
        open_storage(settings, kind, folder=folder) as (snapshots, journal),
        contextlib.aclosing(Publisher(presentation, ttl_s=settings.snapshot_ttl_s)) as publisher,
    ):
        store = FallibleStore(snapshots, now=utc_now)
        load_bundled = None
        if bundled is not None:
            load_bundled = partial(asyncio.to_thread, bundled)
        current = CurrentEdition(make=served, load_bundled=load_bundled)
        collection = StreamedCollection(collect=collected, earlier=earlier, change=change)
        schedule = Schedule(ttl_s=settings.snapshot_ttl_s, now=utc_now)
        fan_out.rest = schedule.rest
        standstills = Standstills(now=utc_now)
        recorder = RefreshRecorder(
            journal=journal, fan_out=fan_out, plan=plan, now=utc_now, ended=ended
        )
        one_at_a_time = OneRefreshAtATime(
            current=current,
            refresh=RefreshSnapshot(
                collect=collection.collect,
                publish=current.publish,
                store=store,
                last_good=LastGoodSnapshot(
                    store,
                    succession=StoredSuccession(
                        change=change,
                        bundled=current.bundled,
                        bundled_outline=bundled_outline if bundled is not None else None,
                    ),
                    standstills=standstills.count,
                ),
                schedule=schedule,
                bundled=current.bundled,
                recorder=recorder,
                standstills=standstills.count,
                change=change,
            ),
            refresh_log=RefreshLog(words.upstream, [level.plural for level in words.levels]),
        )
        if experiment is not None:
            experiment.break_off = one_at_a_time.break_off
        freshness = Freshness(
            current=current,
            refreshes=one_at_a_time,
            schedule=schedule,
            wait_s=settings.snapshot_wait_s,
        )
        refreshes = Refreshes(journal=journal, address=words.path, now=utc_now)
        ask_for_refresh = AskForRefresh(
            refreshes=refreshes,
            start=lambda any_change: one_at_a_time.start(by_hand=True, any_change=any_change),
            running=lambda: one_at_a_time.running,
            begun=recorder.begun,
            upstream=words.upstream,
            upstream_rests_s=lambda: schedule.upstream_rests_s,
            min_interval_s=settings.refresh_min_interval_s,
            now=utc_now,
        )
        watching = asyncio.create_task(standstills.watch())
        keeping = asyncio.create_task(freshness.keep())

        def leave() -> None:
            refreshes.end()
            keeping.cancel()

        try:
            with leaving(leave, last_work=keeping):
                yield KeptFresh(
                    freshness,
                    RootsAsTheyCome(
                        collection=collection,
                        freshness=freshness,
                        roots_of=lambda edition: edition.snapshot.roots,
                    ),
                    OpenedRefreshes(
                        refreshes,
                        Followers(refreshes=refreshes, write=partial(event, words=words)),
                        RoomForFollowers(
                            address=words.path,
                            most=streams_of_callers(),
                            changed=lambda by: metrics.FOLLOWERS.add(data, by=by),
                        ),
                        ask_for_refresh,
                        CallersRight(settings.refresh_token),
                        words,
                        experiment,
                    ),
                )
        finally:
            refreshes.end()
            await cancel_and_wait(keeping, watching)
