"""A time limit for what another machine does: time in which this process stood still is no part."""

import asyncio
from types import TracebackType
from typing import Self

# How often the event loop shows that it runs, in seconds; twice as late is a stall.
TICK_S = 0.1


class Stalls:
    """How long the event loop stood still while anything was waited for, in seconds.

    It does while something else computes, in this process or on a busy machine. Whatever has come
    in meanwhile is read after that only, too late for a limit that counts every second.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self._waiting = 0
        self._due = 0.0
        self._tick: asyncio.TimerHandle | None = None

    def __enter__(self) -> None:
        self._waiting += 1
        if self._tick is None:
            self._plan()

    def __exit__(self, *_: object) -> None:
        self._waiting -= 1
        if self._waiting == 0 and self._tick is not None:
            self._tick.cancel()
            self._tick = None

    def _plan(self) -> None:
        loop = asyncio.get_running_loop()
        self._due = loop.time() + TICK_S
        self._tick = loop.call_at(self._due, self._count)

    def _count(self) -> None:
        late_s = asyncio.get_running_loop().time() - self._due
        if late_s > TICK_S:
            self.seconds += late_s
        self._plan()


class TimeLimit:
    """As `asyncio.timeout`, but longer by the stalls meanwhile: twice as long at most.

    `seconds` is the limit; `stalls` are shared by all limits of an upstream. Raises TimeoutError on
    the way out if the time is over.
    """

    def __init__(self, seconds: float, stalls: Stalls) -> None:
        self._seconds = seconds
        self._stalls = stalls
        self._stalled_before = stalls.seconds
        self._granted = 0.0
        self._timeout = asyncio.timeout(None)

    async def __aenter__(self) -> Self:
        await self._timeout.__aenter__()
        self._stalls.__enter__()
        loop = asyncio.get_running_loop()
        self._check = loop.call_later(self._seconds, self._end_or_grant)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._check.cancel()
        self._stalls.__exit__()
        await self._timeout.__aexit__(kind, error, traceback)

    def _end_or_grant(self) -> None:
        loop = asyncio.get_running_loop()
        stalled = self._stalls.seconds - self._stalled_before
        more = min(stalled, self._seconds) - self._granted
        if more > 0:
            self._granted += more
            self._check = loop.call_later(more, self._end_or_grant)
        else:
            self._timeout.reschedule(loop.time())
