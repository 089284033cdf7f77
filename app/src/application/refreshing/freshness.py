"""Answers with the best there is, and sees to it that there is something better soon."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
from typing import Generic, TypeVar

from src.application.ports.upstream import UpstreamError, UpstreamStatusError
from src.application.refreshing.current_edition import CurrentEdition
from src.application.refreshing.last_good_snapshot import LOOK_EVERY_S
from src.application.refreshing.refresh_log import RefreshLog
from src.application.refreshing.refresh_snapshot import LostRefreshError, RefreshSnapshot
from src.application.refreshing.schedule import Schedule
from src.application.refreshing.task_cancellation import cancel_and_wait
from src.domain.localities.territory import InvalidTerritoryError

log = logging.getLogger(__name__)

Edition = TypeVar("Edition")

# When to ask again if no refresh is planned, in seconds.
FIRST_RETRY_S = 2

# How long the loop rests after an internal error, in seconds.
AFTER_A_FAULT_S = 1.0


class NoSnapshotError(Exception):
    """There is no data at all to answer with; worth asking again after `retry_after_s` seconds."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__("ainda não há dados coletados")
        self.retry_after_s = retry_after_s


class Freshness(Generic[Edition]):
    """Refreshes when it is due, or asked for, and gives each request the edition to answer with.

    Args:
        current: the current edition.
        refresh: makes one refresh.
        schedule: says when the next one is due.
        wait_s: for how many seconds a request waits for a collection if there is nothing live.
        look_every_s: how often to look for what other processes have stored, in seconds.
        after_a_fault_s: for how many seconds to rest after a fault of our own.
    """

    def __init__(
        self,
        *,
        current: CurrentEdition[Edition],
        refresh: RefreshSnapshot,
        schedule: Schedule,
        wait_s: float,
        look_every_s: float = LOOK_EVERY_S,
        after_a_fault_s: float = AFTER_A_FAULT_S,
    ) -> None:
        self._current = current
        self._refresh_snapshot = refresh
        self._schedule = schedule
        self._wait_s = wait_s
        self._look_every_s = look_every_s
        self._after_a_fault_s = after_a_fault_s
        self._log = RefreshLog()
        self._refresh: asyncio.Task[bool] | None = None
        self._first_wait_is_over = asyncio.Event()
        self._is_refreshed = asyncio.Event()
        self._is_over = False

    def at_once(self) -> Edition:
        """The best edition there is at this moment; raises NoSnapshotError if there is none."""
        edition = self._current.best
        if edition is None:
            raise NoSnapshotError(math.ceil(self._schedule.seconds_left or FIRST_RETRY_S))
        return edition

    def at_hand(self) -> Edition | None:
        """What `edition` gives if it neither waits nor fails; None if it would."""
        waits = self._schedule.is_left_to_requests or not self._first_wait_is_over.is_set()
        return None if waits else self._current.best

    @property
    def waits_for_the_first(self) -> bool:
        """Whether requests wait for the first collection of all."""
        return not self._schedule.is_left_to_requests and not self._first_wait_is_over.is_set()

    async def edition(self) -> Edition:
        """The edition to answer a request with.

        A request that goes away while it waits here leaves the refresh running. Raises
        NoSnapshotError if there is nothing to answer with.
        """
        if self._schedule.is_left_to_requests and not self._is_over:
            await self._refreshed_for_a_request()
        else:
            await self._first_wait_is_over.wait()
        return self.at_once()

    def refresh_by_hand(self) -> asyncio.Task[bool]:
        """Start a refresh that somebody asked for, if none runs here; its task, or that one's.

        It collects nothing if another process has just stored something newer; the result says
        whether it has. Not to be called after the end of `keep`.
        """
        return self._start_refresh(by_hand=True)

    async def keep(self) -> None:
        """Refresh at once if nothing fresh is stored, and again whenever it is due.

        Runs until cancelled; then it breaks off the running refresh, and waiting callers get
        whatever exists.
        """
        first_wait = asyncio.create_task(self._end_first_wait_in_time())
        try:
            while True:
                try:
                    await self._look_and_refresh()
                except Exception:
                    # An internal error must not end the loop.
                    log.exception(
                        "As coletas foram interrompidas por um erro interno e serão retomadas"
                    )
                    await asyncio.sleep(self._after_a_fault_s)
        finally:
            self._is_over = True
            await self._current.settle_for_bundled()  # for callers that still wait
            self._let_go()
            running = [task for task in (first_wait, self._refresh) if task is not None]
            await cancel_and_wait(*running)

    async def _look_and_refresh(self) -> None:
        """See whether another process has stored something newer; refresh if it is due."""
        if self._refresh is not None and not self._refresh.done():
            await asyncio.wait({self._refresh})  # it looks for itself
            return
        if await self._refresh_snapshot.take_over():
            self._first_wait_is_over.set()
            self._log.taken_over()
            known = self._refresh_snapshot.known
            # At the start, a snapshot that is not whole is no reason to wait.
            if self._schedule.has_begun or (known is not None and known.is_whole):
                self._schedule.brought(known)
        if self._schedule.is_due:
            self._start_refresh()
        else:
            await asyncio.sleep(self._look_every_s)

    async def _end_first_wait_in_time(self) -> None:
        await asyncio.sleep(self._wait_s)
        await self._current.settle_for_bundled()
        self._first_wait_is_over.set()

    async def _refreshed_for_a_request(self) -> None:
        if self._refresh is not None and self._is_refreshed.is_set():
            # Its result is older than this request; only storing it is left.
            await asyncio.wait({self._refresh}, timeout=self._wait_s)
        self._start_refresh(afresh=True)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._is_refreshed.wait(), self._wait_s)
        await self._current.settle_for_bundled()

    def _start_refresh(self, *, afresh: bool = False, by_hand: bool = False) -> asyncio.Task[bool]:
        """Start a refresh if none runs: there is never more than one."""
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
            is_made_here = await self._collected(started, afresh=afresh, by_hand=by_hand)
        except LostRefreshError:
            is_made_here = False
            self._schedule.failed(self._refresh_snapshot.known)
        except (UpstreamError, InvalidTerritoryError) as error:
            self._log.failed(error)
            asked_s = error.retry_after_s if isinstance(error, UpstreamStatusError) else None
            self._schedule.upstream_failed(self._refresh_snapshot.known, asked_s=asked_s)
        except Exception:
            # An internal error must not end the loop; the traceback shows it.
            log.exception("A coleta falhou por um erro interno")
            self._schedule.failed(self._refresh_snapshot.known)
        else:
            self._schedule.brought(self._refresh_snapshot.known)
        await self._current.settle_for_bundled()
        self._let_go()
        return is_made_here

    async def _collected(self, started: float, *, afresh: bool, by_hand: bool) -> bool:
        """Whether it was collected here, and not taken over."""
        while True:
            try:
                collected = await self._refresh_snapshot.execute(
                    afresh=afresh, by_hand=by_hand, when_known=self._let_go
                )
            except LostRefreshError:
                await self._current.settle_for_bundled()
                if self._current.best is not None:
                    raise  # there is something to answer, so there is no hurry
            else:
                if collected is not None:
                    seconds = asyncio.get_running_loop().time() - started
                    self._log.collected(collected, seconds)
                return collected is not None

    def _let_go(self) -> None:
        """Release the waiting callers."""
        self._is_refreshed.set()
        self._first_wait_is_over.set()
