"""The use case: ask for a refresh, and follow one, whichever process runs it."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from src.application.ports.refresh_journal import RefreshJournal
from src.application.telling.refresh_progress import Phase, Progress
from src.application.telling.refresh_recorder import pause_s

# How often the journal is looked into: while a refresh runs (one that has been running for long
# tells less often, and is looked at no more often than that), and while none does, in seconds.
LOOK_EVERY_S = 0.1
LOOK_FOR_NEXT_EVERY_S = 0.5

# A refresh that is asked for is told of within so many seconds, or whoever asked is told so.
BEGINS_WITHIN_S = 5.0

# Nobody is told for longer without a word to ask again, in seconds, so that who has gone unnoticed
# is not told for ever; and so many are told at once.
LONGEST_FOLLOWING_S = 300.0
MOST_FOLLOWERS = 100

# Of whom nothing was heard for so long, in seconds, has ended without a word: thrice the longest
# time between two words (TELL_AT_LEAST_EVERY_S). Its own clock may be wrong by what is left of a
# minute, hence that much where only the clocks can tell.
SILENT_S = 15.0
SILENT_BY_THE_CLOCKS_S = 60.0


class UnknownRefreshError(LookupError):
    """Nothing is kept of a refresh with this id, or of any."""


class TooSoonError(Exception):
    """Another refresh may be asked for after `retry_after_s` seconds."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__("outra coleta foi pedida há pouco tempo")
        self.retry_after_s = retry_after_s


class TooManyFollowersError(Exception):
    """As many follow the refreshes as this process tells at a time."""


class NotBegunError(Exception):
    """A refresh was asked for, and nothing can be told of it: another process has the turn and says
    nothing, or nothing could be written down."""


class ServiceEndsError(Exception):
    """The process is about to end, and begins nothing."""


class Refreshes:
    """The refreshes of all processes that share a journal.

    Args:
        journal: what is told of them.
        start: begins a refresh in this process where none runs, and gives its task; that says
            whether it was made here, and not by another process meanwhile.
        upstream_rests_s: for how many seconds the upstream has asked to be left alone.
        min_interval_s: the least time between refreshes that somebody asked for, in seconds.
        now: tells the time, in UTC.

    All of it raises RefreshJournalError where the journal cannot be read.
    """

    def __init__(
        self,
        *,
        journal: RefreshJournal,
        start: Callable[[], asyncio.Task[bool]],
        upstream_rests_s: Callable[[], float],
        min_interval_s: float,
        now: Callable[[], datetime],
    ) -> None:
        self._journal = journal
        self._start = start
        self._upstream_rests_s = upstream_rests_s
        self._min_interval_s = min_interval_s
        self._now = now
        self._is_over = asyncio.Event()
        self._followers = 0
        # What is known though the journal cannot be written: when somebody last asked here. And
        # which moment of which refresh was heard last, and when by the clock of the event loop.
        self._asked_at: datetime | None = None
        self._heard: tuple[str, int, float] = ("", 0, 0.0)

    def end(self) -> None:
        """Nobody follows any more, and nothing is begun: the process is about to end."""
        self._is_over.set()

    async def ask(self) -> Progress:
        """The refresh that runs now: one that does already, or that is begun for this.

        Raises TooSoonError where one was asked for a short while ago, or the upstream has asked for
        a rest; NotBegunError; ServiceEndsError.
        """
        before = await self._newest()
        if before is not None and not before.has_ended:
            return before
        if wait_s := self._wait_s(before):
            raise TooSoonError(wait_s)
        self._asked_at = self._now()
        # Twice: what was under way here may be the end of a refresh before, or no more than the
        # taking over of what another process has collected.
        for _ in range(2):
            if self._is_over.is_set():
                raise ServiceEndsError
            refreshing = self._start()
            newest = await self._newer_than(before, refreshing)
            if newest is not None:
                return newest
            if not refreshing.done() or refreshing.cancelled() or refreshing.result():
                break
        else:
            if before is not None:
                return await self.newest()
        raise ServiceEndsError if self._is_over.is_set() else NotBegunError

    async def _newer_than(
        self, before: Progress | None, refreshing: asyncio.Task[bool]
    ) -> Progress | None:
        """The refresh that begins after that one; None where it is not told of in time."""
        loop = asyncio.get_running_loop()
        until = loop.time() + BEGINS_WITHIN_S
        while True:
            is_last_look = refreshing.done() or self._is_over.is_set() or loop.time() > until
            newest = await self._newest()
            if newest is not None and (before is None or newest.refresh != before.refresh):
                return newest
            if is_last_look:
                return None
            await asyncio.wait({refreshing}, timeout=LOOK_EVERY_S / 2)

    async def seconds_to_wait(self) -> int:
        """For how many seconds no refresh may be asked for; 0 where one may."""
        newest = await self._newest()
        return self._wait_s(newest) if newest is None or newest.has_ended else 0

    async def recent(self) -> list[Progress]:
        """How each of the last refreshes is, or was at its end; the newest first."""
        ids = await self._journal.refreshes()
        progresses = [await self._journal.last(refresh) for refresh in ids]
        return [self._judged(each, newest=ids[0]) for each in progresses if each is not None]

    async def newest(self) -> Progress:
        """How the refresh is that began last. Raises UnknownRefreshError where there was none."""
        newest = await self._newest()
        if newest is None:
            raise UnknownRefreshError
        return newest

    async def of(self, refresh: str) -> Progress:
        """How this refresh is, or was at its end. Raises UnknownRefreshError."""
        last = await self._journal.last(refresh)
        if last is None:
            raise UnknownRefreshError
        ids = await self._journal.refreshes()
        return self._judged(last, newest=ids[0] if ids else refresh)

    def require_room(self) -> None:
        """Raises TooManyFollowersError where one more cannot be told how it goes."""
        if self._followers >= MOST_FOLLOWERS:
            raise TooManyFollowersError

    async def follow(self, refresh: str, *, after: int = -1) -> AsyncIterator[Progress]:
        """All that is told of a refresh after the moment with this number, until it has ended.

        It ends sooner with the process, or after LONGEST_FOLLOWING_S.
        """
        with self._following() as is_told:
            async for progress in self._follow(refresh, after, is_told):
                yield progress

    async def follow_newest(
        self, *, refresh: str | None = None, after: int = -1
    ) -> AsyncIterator[Progress]:
        """All that is told of the refresh that began last, and then of each that begins later.

        `refresh` and `after` name the moment after which to go on, if that is still the last. It
        ends with the process, or after LONGEST_FOLLOWING_S.
        """
        followed = None
        with self._following() as is_told:
            while is_told():
                newest = next(iter(await self._journal.refreshes()), None)
                if newest is None or newest == followed:
                    await self._pause(LOOK_FOR_NEXT_EVERY_S)
                    continue
                start = after if newest == refresh else -1
                async for progress in self._follow(newest, start, is_told):
                    yield progress
                followed = newest

    @contextmanager
    def _following(self) -> Iterator[Callable[[], bool]]:
        """One more is told how it goes; the answer says whether to go on."""
        loop = asyncio.get_running_loop()
        until = loop.time() + LONGEST_FOLLOWING_S
        self._followers += 1
        try:
            yield lambda: not self._is_over.is_set() and loop.time() < until
        finally:
            self._followers -= 1

    async def _follow(
        self, refresh: str, after: int, is_told: Callable[[], bool]
    ) -> AsyncIterator[Progress]:
        age_s, is_over = 0.0, False
        while is_told():
            told = await self._journal.after(refresh, after)
            for progress in told:
                yield progress
                if progress.has_ended:
                    return
                after, age_s = progress.number, progress.seconds
            if told:
                continue
            if is_over:
                return
            try:
                now = await self.of(refresh)
            except UnknownRefreshError:
                return
            if now.phase is Phase.BROKEN_OFF:
                yield replace(now, number=after + 1, attempts=[])
                return
            # A refresh that ended between the two looks left its last moments in the journal.
            is_over = now.has_ended
            if not is_over:
                await self._pause(max(LOOK_EVERY_S, pause_s(age_s)))

    async def _newest(self) -> Progress | None:
        ids = await self._journal.refreshes()
        last = await self._journal.last(ids[0]) if ids else None
        return self._judged(last, newest=ids[0]) if last is not None else None

    def _wait_s(self, newest: Progress | None) -> int:
        rests_s = self._upstream_rests_s()
        for asked_at in (self._asked_at, newest.asked_by_hand_at if newest else None):
            since_s = (self._now() - asked_at).total_seconds() if asked_at else math.inf
            # What lies ahead was dated by a clock that has been set back since.
            rests_s = max(rests_s, self._min_interval_s - since_s if since_s >= 0 else 0)
        return math.ceil(rests_s)

    def _judged(self, last: Progress, *, newest: str) -> Progress:
        """The same, or that it was broken off: a process that is killed says no last word."""
        if last.has_ended or (last.refresh == newest and not self._is_silent(last)):
            return last
        return replace(last, phase=Phase.BROKEN_OFF)

    def _is_silent(self, last: Progress) -> bool:
        now = asyncio.get_running_loop().time()
        if self._heard[:2] != (last.refresh, last.number):
            self._heard = (last.refresh, last.number, now)
        by_the_clocks_s = (self._now() - last.told_at).total_seconds()
        return now - self._heard[2] >= SILENT_S or by_the_clocks_s >= SILENT_BY_THE_CLOCKS_S

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._is_over.wait(), seconds)
