"""The use case: ask for a refresh."""

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from src.application.ports.refresh_progress import Progress
from src.application.telling.refreshes import Refreshes

# When to ask again if another refresh has to end first, in seconds.
AFTER_ANOTHER_S = 10


class TooSoonError(Exception):
    """Another refresh may be asked for after `retry_after_s` seconds.

    `upstream` is its name in Portuguese; it may have asked for a rest.
    """

    def __init__(self, retry_after_s: int, upstream: str) -> None:
        super().__init__(f"outra coleta foi pedida há pouco tempo, ou {upstream} pediu uma pausa")
        self.retry_after_s = retry_after_s


class NotBegunError(Exception):
    """A refresh was asked for, and nothing can be told of it: another process has the turn and is
    silent, or the journal cannot be written. `address` lists the refreshes."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


class ServiceEndsError(Exception):
    """The process is about to end, and begins nothing."""


@dataclass(kw_only=True)
class AskForRefresh:
    """Begins a refresh, unless one runs."""

    refreshes: Refreshes  # those of all processes
    # Begins a refresh in this process if none runs, and gives its task; that says whether it was
    # made here, and not by another process meanwhile. The argument says whether any change in what
    # it collects is to be believed.
    start: Callable[[bool], asyncio.Task[bool]]
    # The task of the refresh that runs in this process, if any; `start` would give that one.
    running: Callable[[], asyncio.Task[bool] | None]
    # Gives the first moment of the next refresh that begins in this process.
    begun: Callable[[], asyncio.Future[Progress]]
    upstream: str  # its name in Portuguese, for errors
    # For how many seconds the upstream has asked to be left alone.
    upstream_rests_s: Callable[[], float]
    min_interval_s: float  # the least time between refreshes that somebody asked for, in seconds
    now: Callable[[], datetime]  # tells the time, in UTC
    # How long to wait for a refresh to begin, in seconds; then it fails.
    begins_within_s: float = 5.0
    # How often to look whether another process has begun one, in seconds.
    look_every_s: float = 0.05
    # When somebody last asked here: known though the journal cannot be written.
    _asked_at: datetime | None = field(default=None, init=False)

    async def execute(self, *, any_change: bool = False) -> Progress:
        """The refresh that runs now: one that does already, or one that begins.

        With `any_change` it is one that begins, and that believes whatever has changed.

        Raises TooSoonError if one was asked for a short while ago, the upstream has asked for a
        rest, or one runs that does not believe any change; NotBegunError; ServiceEndsError;
        RefreshJournalError.
        """
        before = await self.refreshes.newest_if_any()
        if before is not None and not before.has_ended:
            if any_change:
                raise TooSoonError(AFTER_ANOTHER_S, self.upstream)
            return before
        if wait_s := self._wait_s(before):
            raise TooSoonError(wait_s, self.upstream)
        # The journal does not tell of one that has just begun, or has all but ended.
        if any_change and not await self._nothing_runs_here():
            raise TooSoonError(AFTER_ANOTHER_S, self.upstream)
        begun = self.begun()
        self._asked_at = self.now()
        # Twice: what was under way here may be the end of a refresh before, or no more than the
        # taking over of what another process has collected.
        for _ in range(2):
            if self.refreshes.is_over:
                raise ServiceEndsError
            is_joined = self.running() is not None
            refreshing = self.start(any_change)
            newest = await self._newer_than(before, refreshing, begun)
            if newest is not None:
                return newest
            if not refreshing.done() or refreshing.cancelled():
                break
            if refreshing.result() and not is_joined:
                break
        else:
            if before is not None:
                return await self.refreshes.newest()
        if self.refreshes.is_over:
            raise ServiceEndsError
        raise NotBegunError(self.refreshes.address)

    async def _nothing_runs_here(self) -> bool:
        """False if a refresh of this process does not end in time."""
        if (running := self.running()) is not None:
            await asyncio.wait({running}, timeout=self.begins_within_s)
        return self.running() is None

    async def _newer_than(
        self,
        before: Progress | None,
        refreshing: asyncio.Task[bool],
        begun: asyncio.Future[Progress],
    ) -> Progress | None:
        """The refresh that begins after that one, here or elsewhere; None if none does in time."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self.begins_within_s
        while True:
            if begun.done():
                return begun.result()
            is_last_look = refreshing.done() or self.refreshes.is_over or loop.time() > until
            newest = await self.refreshes.newest_if_any()
            if newest is not None and (before is None or newest.refresh != before.refresh):
                return newest
            if is_last_look:
                return None
            # Only another process's refresh has to be looked for.
            either: set[asyncio.Future[Any]] = {refreshing, begun}
            await asyncio.wait(
                either, timeout=self.look_every_s, return_when=asyncio.FIRST_COMPLETED
            )

    async def seconds_to_wait(self) -> int:
        """Seconds until a refresh may be asked for; 0 if one may be now."""
        newest = await self.refreshes.newest_if_any()
        return self._wait_s(newest) if newest is None or newest.has_ended else 0

    def _wait_s(self, newest: Progress | None) -> int:
        rests_s = self.upstream_rests_s()
        for asked_at in (self._asked_at, newest.asked_by_hand_at if newest else None):
            since_s = (self.now() - asked_at).total_seconds() if asked_at else math.inf
            # What lies ahead was dated by a clock that has been set back since.
            rests_s = max(rests_s, self.min_interval_s - since_s if since_s >= 0 else 0)
        return math.ceil(rests_s)
