"""How often this process stood still: it was frozen, or its machine slept."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(kw_only=True)
class Standstills:
    """Counts by the clock how often this process stood still, for more than `least_s` seconds.

    A shorter one is usual on a busy machine.
    """

    now: Callable[[], datetime]  # the time in UTC, by a clock that goes on while the machine sleeps
    tick_s: float = 1.0  # how often to look at it, in seconds
    least_s: float = 5.0
    _ticked_at: datetime | None = field(default=None, init=False)
    _count: int = field(default=0, init=False)

    async def watch(self) -> None:
        """Look at the clock again and again, until cancelled."""
        while True:
            self.count()
            await asyncio.sleep(self.tick_s)

    def count(self) -> int:
        """How many there were so far."""
        now, before = self.now(), self._ticked_at
        if before is not None and (now - before).total_seconds() > self.least_s:
            self._count += 1
        self._ticked_at = now
        return self._count
