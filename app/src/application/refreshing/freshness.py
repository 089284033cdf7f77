"""Answers with the best there is, and sees to it that there is something better soon."""

import asyncio
import contextlib
import logging
import math
from dataclasses import dataclass, field
from typing import Any, Generic

from src.application.keeping.last_good_snapshot import LOOK_EVERY_S
from src.application.refreshing.current_edition import CurrentEdition, Edition
from src.application.refreshing.first_wait import FirstWait
from src.application.refreshing.one_refresh_at_a_time import OneRefreshAtATime
from src.application.refreshing.schedule import Schedule
from src.application.refreshing.task_cancellation import cancel_and_wait, ended_in_time

log = logging.getLogger(__name__)

# When to ask again if no refresh is planned, in seconds.
FIRST_RETRY_S = 2


class NoSnapshotError(Exception):
    """There is no data at all to answer with; worth asking again after `retry_after_s` seconds."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__("ainda não há dados coletados")
        self.retry_after_s = retry_after_s


@dataclass(kw_only=True)
class Freshness(Generic[Edition]):
    """Refreshes when it is due, and gives each request the edition to answer with."""

    current: CurrentEdition[Any, Edition]
    refreshes: OneRefreshAtATime  # runs them
    schedule: Schedule  # says when the next one is due
    wait_s: float  # for how many seconds a request waits for a collection if there is nothing live
    # How often to look for what other processes have stored, in seconds.
    look_every_s: float = LOOK_EVERY_S
    after_a_fault_s: float = 1.0  # for how many seconds to rest after a fault of our own
    # How long the end may take, in seconds, with all that is stored then: five are promised from
    # the signal until the process is gone.
    ending_s: float = 4.0
    _is_over: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self._first_wait = FirstWait(
            result=self.refreshes.is_known,
            settle=self.current.settle_for_bundled,
            wait_s=self.wait_s,
        )

    def at_once(self) -> Edition:
        """The best edition there is at this moment; raises NoSnapshotError if there is none."""
        edition = self.current.best
        if edition is None:
            raise NoSnapshotError(math.ceil(self.schedule.seconds_left or FIRST_RETRY_S))
        return edition

    def at_hand(self) -> Edition | None:
        """What `edition` gives if it neither waits nor fails; None if it would."""
        waits = self.schedule.is_left_to_requests or not self._first_wait.is_over
        return None if waits else self.current.best

    @property
    def waits_for_the_first(self) -> bool:
        """Whether requests wait for the first collection of all."""
        return not self.schedule.is_left_to_requests and not self._first_wait.is_over

    async def edition(self) -> Edition:
        """The edition to answer a request with.

        A request that goes away while it waits here leaves the refresh running. Raises
        NoSnapshotError if there is nothing to answer with.
        """
        rests = self._is_over or self.schedule.upstream_rests_s > 0
        if self.schedule.is_left_to_requests and not rests:
            await self._refreshed_for_a_request()
        else:
            await self._first_wait.wait()
        return self.at_once()

    async def keep(self) -> None:
        """Refresh at once if nothing fresh is stored, and again whenever it is due.

        Runs until cancelled; then it breaks off the running refresh, and waiting callers get
        whatever exists.
        """
        first_wait = asyncio.create_task(self._first_wait.end_in_time())
        try:
            while True:
                try:
                    await self._look_and_refresh()
                except Exception:
                    # An internal error must not end the loop.
                    log.exception(
                        "As coletas foram interrompidas por um erro interno e serão retomadas"
                    )
                    await asyncio.sleep(self.after_a_fault_s)
        finally:
            self._is_over = True
            await ended_in_time(asyncio.create_task(self._end(first_wait)), within_s=self.ending_s)

    async def _end(self, first_wait: asyncio.Task[None]) -> None:
        await self._first_wait.end()
        await self.refreshes.aclose()
        await cancel_and_wait(first_wait)

    async def _look_and_refresh(self) -> None:
        """See whether another process has stored something newer; refresh if it is due."""
        if self.refreshes.running is not None:
            await asyncio.wait({self.refreshes.running})  # it looks for itself
            return
        if await self.refreshes.take_over():
            await self._first_wait.end()
        if self.schedule.is_due:
            self.refreshes.start()
        else:
            await asyncio.sleep(self.look_every_s)

    async def _refreshed_for_a_request(self) -> None:
        running = self.refreshes.running
        if running is not None and self.refreshes.is_known.is_set():
            # Its result is older than this request; only storing it is left.
            await asyncio.wait({running}, timeout=self.wait_s)
            if self._is_over:
                return
        self.refreshes.start(afresh=True)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.refreshes.is_known.wait(), self.wait_s)
        await self.current.settle_for_bundled()
