"""The very first requests wait for the first result of all, but not for ever."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field


@dataclass(kw_only=True)
class FirstWait:
    """Over as soon as there is a result, or after `wait_s` seconds."""

    result: asyncio.Event  # set when a refresh has ended, or what it brought can be read
    # Sees to it that there is something to answer, if there can be anything.
    settle: Callable[[], Awaitable[None]]
    wait_s: float
    _over: asyncio.Event = field(default_factory=asyncio.Event, init=False)

    @property
    def is_over(self) -> bool:
        """Whether requests are answered without waiting."""
        return self._over.is_set()

    async def wait(self) -> None:
        """Wait until it is over."""
        await self._over.wait()

    async def end_in_time(self) -> None:
        """End it when its time has come."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.result.wait(), self.wait_s)
        await self.end()

    async def end(self) -> None:
        """End it now; callers get whatever exists."""
        try:
            await self.settle()
        finally:
            self._over.set()
