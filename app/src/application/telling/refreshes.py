"""How refreshes go, whichever process runs them: the last ones, and the next moments of each."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from src.application.ports.refresh_journal import RefreshJournal
from src.application.ports.refresh_progress import Phase, Progress
from src.application.telling.refresh_recorder import TELL_AT_LEAST_EVERY_S


@dataclass(frozen=True, slots=True)
class Looking:
    """How often the journal is read, and when to stop; in seconds.

    While a refresh runs, the journal is read every `running_s`, or as seldom as that refresh is
    told of; while none runs, every `next_s`.

    A refresh that is silent for `silent_s` is over: three times the longest pause between two
    moments. If its process has a clock of its own, that may be wrong by the rest of
    `silent_by_the_clocks_s`.

    For all followers, `recent_bytes` of what was told last are kept: more than a refresh of half an
    hour takes. A follower hears every `quiet_s` at least, if only that there is no news. Streams
    close after `longest_following_s`, and clients may reconnect.
    """

    running_s: float = 0.1
    next_s: float = 0.5
    silent_s: float = 3 * TELL_AT_LEAST_EVERY_S
    silent_by_the_clocks_s: float = 60.0
    recent_bytes: int = 4 * 1024 * 1024
    quiet_s: float = 15.0
    longest_following_s: float = 300.0


class UnknownRefreshError(LookupError):
    """No refresh with this id is kept, or none at all. `address` lists those that are kept."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


class _Silence:
    """How long nothing new has been heard of the newest refresh."""

    def __init__(self) -> None:
        self._heard: tuple[str, int] | None = None
        self._heard_at = 0.0

    def seconds(self, last: Progress) -> float:
        """The time since this moment was read first, by the clock of the event loop."""
        now = asyncio.get_running_loop().time()
        if self._heard != (last.refresh, last.number):
            self._heard, self._heard_at = (last.refresh, last.number), now
        return now - self._heard_at


@dataclass(kw_only=True)
class Refreshes:
    """The refreshes of all processes that share a journal.

    All of it raises RefreshJournalError if the journal cannot be read.
    """

    journal: RefreshJournal  # where every process records its refreshes
    address: str  # at which callers find the list of them, for errors
    now: Callable[[], datetime]  # tells the time, in UTC
    # How often the journal is read, and when to stop.
    looking: Looking = field(default_factory=Looking)
    _is_over: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _silence: _Silence = field(default_factory=_Silence, init=False)

    def end(self) -> None:
        """Every stream closes: the process is about to end."""
        self._is_over.set()

    @property
    def is_over(self) -> bool:
        """Whether the process is about to end."""
        return self._is_over.is_set()

    async def recent(self) -> list[Progress]:
        """How each of the last refreshes is, or was at its end; the newest first."""
        ids = await self.journal.refreshes()
        lasts = [await self.journal.last(refresh) for refresh in ids]
        told = [last for last in lasts if last is not None]
        return [self._judged(last, newest=told[0].refresh) for last in told]

    async def newest(self) -> Progress:
        """The refresh that began last. Raises UnknownRefreshError if there was none."""
        newest = await self.newest_if_any()
        if newest is None:
            raise UnknownRefreshError(self.address)
        return newest

    async def newest_if_any(self) -> Progress | None:
        """The same; None if there was none."""
        last = await self._last_begun()
        return self._judged(last, newest=last.refresh) if last is not None else None

    async def of(self, refresh: str) -> Progress:
        """How this refresh is, or was at its end. Raises UnknownRefreshError."""
        last = await self.journal.last(refresh)
        if last is None:
            raise UnknownRefreshError(self.address)
        newest = await self._last_begun() or last
        return self._judged(last, newest=newest.refresh)

    async def newest_id(self) -> str | None:
        """The id of the refresh that began last; None if there was none."""
        last = await self._last_begun()
        return last.refresh if last is not None else None

    async def next_of(self, refresh: str, number: int) -> list[Progress] | None:
        """What was told of a refresh next after the moment with this number, as far as is known.

        AT_A_TIME moments at most; None if nothing more will be told of it.
        """
        for _ in range(2):
            if told := await self.journal.after(refresh, number):
                return told
            try:
                now = await self.of(refresh)
            except UnknownRefreshError:
                return None
            if now.phase is Phase.BROKEN_OFF:
                return [replace(now, number=number + 1, attempts=[])]
            if not now.has_ended:
                return []
            # A refresh that ended between the two looks left its last moments in the journal.
        return None

    async def pause(self, seconds: float) -> None:
        """Wait, but not beyond the end of the process."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._is_over.wait(), seconds)

    async def _last_begun(self) -> Progress | None:
        """The last moment of the newest refresh that has one."""
        for refresh in await self.journal.refreshes():
            last = await self.journal.last(refresh)
            if last is not None:
                return last
        return None

    def _judged(self, last: Progress, *, newest: str) -> Progress:
        """The same, or that it was broken off: a process that is killed says no last word."""
        if last.has_ended or (last.refresh == newest and not self._is_silent(last)):
            return last
        return replace(last, phase=Phase.BROKEN_OFF)

    def _is_silent(self, last: Progress) -> bool:
        by_the_clocks_s = (self.now() - last.told_at).total_seconds()
        return (
            self._silence.seconds(last) >= self.looking.silent_s
            or by_the_clocks_s >= self.looking.silent_by_the_clocks_s
        )
