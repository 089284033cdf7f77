"""A process that stood still notices it by the clock."""

import asyncio

from src.application.keeping.standstills import Standstills
from tests.helpers.fakes import Clock


def test_a_standstill_is_counted_once() -> None:
    """Nobody need have looked at the clock since; short ones are usual."""
    clock = Clock()
    standstills = Standstills(now=clock)

    counts = []
    for seconds in (0, 5, 6, 0, -60, 60):
        clock.advance(seconds)
        counts.append(standstills.count())

    assert counts == [0, 0, 1, 1, 1, 2]


async def test_waiting_is_no_standstill() -> None:
    """However long nobody asks, the clock is looked at."""
    clock = Clock()
    standstills = Standstills(now=clock, tick_s=0)
    watching = asyncio.create_task(standstills.watch())

    async def after(*seconds: float) -> int:
        for each in seconds:
            clock.advance(each)
            for _ in range(3):
                await asyncio.sleep(0)
        return standstills.count()

    counts = [await after(0), await after(*[4] * 1000), await after(60, 4, 4)]
    watching.cancel()

    assert counts == [0, 0, 1]
