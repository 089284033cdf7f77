"""Which edition of the data is answered now, and when the next snapshot is collected."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Generic, TypeVar

from src.application.ports.snapshot_store import SnapshotStore
from src.application.ports.upstream import UpstreamError, UpstreamStatusError
from src.application.refreshing.breaking_off import break_off
from src.application.refreshing.last_good_snapshot import LOOK_EVERY_S, LastGoodSnapshot
from src.application.refreshing.refresh_snapshot import LostRefreshError, RefreshSnapshot
from src.application.telling.refresh_recorder import RefreshRecorder
from src.domain.localities.territory import InvalidTerritoryError
from src.domain.snapshot import Snapshot

log = logging.getLogger(__name__)

Edition = TypeVar("Edition")

# The pauses after refreshes that could read nothing, in seconds; each is twice the one before.
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 300.0

# The longest pause that is made because the upstream asks for it.
LONGEST_ASKED_S = 3600.0

# When to ask again where no refresh is planned, in seconds.
FIRST_RETRY_S = 2

# A refresh that read nearly all costs the upstream thousands of requests and not one or two: so
# many times longer is the pause before the next, though never longer than a snapshot is fresh.
PARTLY_READ = 60


class NoSnapshotError(Exception):
    """There is no data at all to answer with; worth asking again after `retry_after_s` seconds."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__("ainda não há dados coletados")
        self.retry_after_s = retry_after_s


class Freshness(Generic[Edition]):
    """Answers with the best there is, and sees to it that there is something better soon.

    What is handed out is an edition: a snapshot made ready for its readers by `publish`, once.

    Args:
        collect: collects a live snapshot; raises UpstreamError or InvalidTerritoryError.
        publish: makes the edition of a snapshot.
        bundled: loads the snapshot that ships with the code; None where it is not wanted.
        store: where the last good snapshot is kept, and who may refresh it is agreed.
        recorder: writes down how each refresh goes.
        ttl_s: for how many seconds a live snapshot is fresh; 0 collects one for each request,
            which those who come meanwhile join.
        wait_s: for how many seconds a request waits for a collection where there is nothing
            live to answer with.
        now: tells the time, in UTC.
    """

    def __init__(
        self,
        *,
        collect: Callable[[], Awaitable[Snapshot]],
        publish: Callable[[Snapshot], Awaitable[Edition]],
        bundled: Callable[[], Awaitable[Snapshot]] | None,
        store: SnapshotStore,
        recorder: RefreshRecorder,
        ttl_s: float,
        wait_s: float,
        now: Callable[[], datetime],
    ) -> None:
        self._publish = publish
        self._bundled = bundled
        self._ttl_s = ttl_s
        self._wait_s = wait_s
        self._now = now
        self._last_good = LastGoodSnapshot(store, announce=self._publish_live)
        self._refresh_snapshot = RefreshSnapshot(
            collect=collect,
            last_good=self._last_good,
            bundled=self._load_bundled,
            recorder=recorder,
        )
        self._live: Edition | None = None
        self._fallback: Edition | None = None
        self._refresh: asyncio.Task[bool] | None = None
        self._first_wait_is_over = asyncio.Event()
        self._is_refreshed = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()
        self._failures = 0
        self._due_at = -math.inf
        self._rests_until = -math.inf
        self._outage_is_told = False
        self._is_over = False

    def at_once(self) -> Edition:
        """The best edition there is at this moment; raises NoSnapshotError where there is none."""
        edition = self._best()
        if edition is None:
            seconds = self._due_at - asyncio.get_running_loop().time()
            # Nothing is due while a refresh runs, or where requests start it: soon, then.
            raise NoSnapshotError(math.ceil(seconds) if 0 < seconds < math.inf else FIRST_RETRY_S)
        return edition

    def at_hand(self) -> Edition | None:
        """What `edition` gives where it neither waits nor fails; None where it would."""
        waits = self._ttl_s == 0 or not self._first_wait_is_over.is_set()
        return None if waits else self._best()

    @property
    def waits_for_the_first(self) -> bool:
        """Whether requests wait for the first collection of all."""
        return self._ttl_s > 0 and not self._first_wait_is_over.is_set()

    async def edition(self) -> Edition:
        """The edition to answer a request with.

        A request that goes away while it waits here leaves the refresh running. Raises
        NoSnapshotError where there is nothing to answer with.
        """
        if self._ttl_s == 0 and not self._is_over:
            if self._refresh is not None and self._is_refreshed.is_set():
                # Its result was there before this request; what is left of it is to be stored.
                await asyncio.wait({self._refresh}, timeout=self._wait_s)
            self._start_refresh(afresh=True)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._is_refreshed.wait(), self._wait_s)
            await self._settle_for_bundled()
        else:
            await self._first_wait_is_over.wait()
        return self.at_once()

    def refresh_by_hand(self) -> asyncio.Task[bool]:
        """Start a refresh that somebody asked for, where none runs here; its task, or that one's.

        It collects nothing where another process has just stored something newer; the result says
        whether it has. Not to be called after the end of `keep`.
        """
        return self._start_refresh(by_hand=True)

    @property
    def upstream_rests_s(self) -> float:
        """For how many more seconds the upstream has asked not to be asked."""
        return max(0.0, self._rests_until - asyncio.get_running_loop().time())

    async def keep(self) -> None:
        """Refresh at once where nothing fresh is stored, and again whenever it is due.

        Goes on until it is cancelled; then the refresh that runs is broken off, and those who wait
        get what there is.
        """
        first_wait = asyncio.create_task(self._end_first_wait_in_time())
        try:
            while True:
                try:
                    await self._look_and_refresh()
                except Exception:
                    # A fault of ours must not end the refreshing for good.
                    log.exception(
                        "As coletas foram interrompidas por um erro interno e serão retomadas"
                    )
                    await asyncio.sleep(FIRST_PAUSE_S)
        finally:
            self._is_over = True
            await self._settle_for_bundled()  # for those who wait still
            self._is_refreshed.set()
            self._first_wait_is_over.set()
            running = [task for task in (first_wait, self._refresh) if task is not None]
            await break_off(*running)

    def _best(self) -> Edition | None:
        return self._fallback if self._live is None else self._live

    async def _look_and_refresh(self) -> None:
        """See whether another process has stored something newer; refresh where it is due."""
        if self._refresh is not None and not self._refresh.done():
            await asyncio.wait({self._refresh})  # it looks for itself
            return
        if await self._last_good.take_over():
            self._outage_is_told = False
            # At the start, a snapshot that is not whole is no reason to wait.
            if self._due_at > -math.inf or self._is_whole():
                self._plan_next()
        if asyncio.get_running_loop().time() >= self._due_at:
            self._start_refresh()
        else:
            await asyncio.sleep(LOOK_EVERY_S)

    async def _end_first_wait_in_time(self) -> None:
        await asyncio.sleep(self._wait_s)
        await self._settle_for_bundled()
        self._first_wait_is_over.set()

    def _start_refresh(self, *, afresh: bool = False, by_hand: bool = False) -> asyncio.Task[bool]:
        """Start a refresh where none runs: there is never more than one."""
        if self._refresh is None or self._refresh.done():
            self._is_refreshed.clear()
            refreshing = self._refresh_once(afresh=afresh, by_hand=by_hand)
            self._refresh = asyncio.create_task(refreshing)
        return self._refresh

    async def _refresh_once(self, *, afresh: bool, by_hand: bool) -> bool:
        """One refresh, whatever becomes of it; whether it was made here."""
        started = asyncio.get_running_loop().time()
        is_made_here = True
        try:
            collected = await self._collected(afresh=afresh, by_hand=by_hand)
        except LostRefreshError:
            is_made_here = False
            self._plan_next(has_failed=True)
        except (UpstreamError, InvalidTerritoryError) as error:
            self._tell_outage(error)
            asked_s = error.retry_after_s if isinstance(error, UpstreamStatusError) else None
            asked_s = min(asked_s or 0.0, LONGEST_ASKED_S)
            self._rests_until = asyncio.get_running_loop().time() + asked_s
            self._plan_next(has_failed=True, asked_s=asked_s)
        except Exception:
            # A fault of ours must not end the refreshing for good; the traceback tells us of it.
            log.exception("A coleta falhou por um erro interno")
            self._plan_next(has_failed=True)
        else:
            is_made_here = collected is not None
            if collected is not None:
                self._tell_result(collected, asyncio.get_running_loop().time() - started)
            self._plan_next()
        await self._settle_for_bundled()
        self._is_refreshed.set()
        self._first_wait_is_over.set()
        return is_made_here

    async def _collected(self, *, afresh: bool, by_hand: bool) -> Snapshot | None:
        while True:
            try:
                return await self._refresh_snapshot.execute(
                    afresh=afresh, by_hand=by_hand, when_known=self._is_refreshed.set
                )
            except LostRefreshError:
                await self._settle_for_bundled()
                if self._live is not None or self._fallback is not None:
                    raise  # there is something to answer, so there is no hurry

    async def _publish_live(self, snapshot: Snapshot) -> None:
        # One at a time: what is published last is what its codings are made of.
        async with self._one_at_a_time:
            self._live = await self._publish(snapshot)
            self._fallback = None  # never needed again
        self._first_wait_is_over.set()

    async def _settle_for_bundled(self) -> None:
        """Where there is nothing live, see to it that there is the bundled snapshot to answer."""
        async with self._one_at_a_time:
            if self._live is not None or self._fallback is not None:
                return
            bundled = await self._load_bundled()
            if bundled is not None:
                self._fallback = await self._publish(bundled)
                log.info("Respondendo com os dados que acompanham o código até haver uma coleta")

    async def _load_bundled(self) -> Snapshot | None:
        if self._bundled is None:
            return None
        try:
            return await self._bundled()
        except (OSError, ValueError) as error:
            log.error("Os dados que acompanham o código não puderam ser lidos: %s", error)  # noqa: TRY400  # a traceback would add nothing
            return None

    def _plan_next(self, *, has_failed: bool = False, asked_s: float = 0.0) -> None:
        """Decide when the next refresh is due: after one here, or the take-over of another's.

        `asked_s` is for how many seconds the upstream has asked not to be asked again.
        """
        snapshot = self._last_good.snapshot
        if has_failed:
            self._failures = max(self._failures + 1, snapshot.failures if snapshot else 0)
            pause_s = max(self._pause_s(), asked_s)
        elif snapshot is None or snapshot.is_whole:
            self._failures = 0
            pause_s = self._seconds_fresh(snapshot) if snapshot else 0
        else:
            self._failures = snapshot.failures
            pause_s = self._pause_s()
            if not snapshot.is_unread:
                pause_s = min(PARTLY_READ * pause_s, self._ttl_s)
        if self._ttl_s == 0:
            pause_s = math.inf  # requests start the refreshes
        self._due_at = asyncio.get_running_loop().time() + pause_s

    def _is_whole(self) -> bool:
        return self._last_good.snapshot is not None and self._last_good.snapshot.is_whole

    def _pause_s(self) -> float:
        doublings = min(self._failures - 1, 30)  # beyond that, the number would not fit a float
        return min(FIRST_PAUSE_S * 2.0**doublings, LONGEST_PAUSE_S)

    def _seconds_fresh(self, snapshot: Snapshot) -> float:
        # A machine whose clock is wrong may date a snapshot ahead; that makes it no fresher.
        age_s = abs((self._now() - snapshot.collected_at).total_seconds())
        return self._ttl_s - age_s

    def _tell_outage(self, error: Exception) -> None:
        # One line for an outage, however long it lasts.
        level = logging.DEBUG if self._outage_is_told else logging.WARNING
        log.log(level, "A coleta falhou e será tentada de novo: %s", error)
        self._outage_is_told = True

    def _tell_result(self, snapshot: Snapshot, seconds: float) -> None:
        self._outage_is_told = False
        cities = sum(len(state.cidades) for state in snapshot.states)
        log.info(
            "Coleta concluída em %s s: %d estados, %d cidades",
            f"{seconds:.1f}".replace(".", ","),
            len(snapshot.states),
            cities,
        )
        if not snapshot.is_whole:
            gap = (snapshot.missing or snapshot.filled)[0]
            log.warning(
                "A coleta ficou incompleta: %d lugares sem dados, %d mantidos da anterior; "
                "o primeiro é %s: %s",
                len(snapshot.missing),
                len(snapshot.filled),
                gap.nome,
                gap.reason,
            )
