"""Followers that wait for news: which get it when."""

import asyncio
from collections import Counter
from contextlib import suppress

from src.application.telling.crowd import AT_ONCE, Crowd

NEVER_S = 3600.0


async def waiting(crowd: Crowd, count: int) -> list[asyncio.Task[bool]]:
    """So many who have begun to wait, in this order."""
    tasks = [asyncio.create_task(crowd.wait(NEVER_S)) for _ in range(count)]
    await asyncio.sleep(0)
    return tasks


async def told(tasks: list[asyncio.Task[bool]]) -> list[bool]:
    """Which of them have been told, once those have gone on that can."""
    for _ in range(20):
        await asyncio.sleep(0)
    return [task.done() for task in tasks]


async def left(tasks: list[asyncio.Task[bool]]) -> None:
    """All of them leave."""
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_a_few_are_told_at_once() -> None:
    """A follower that begins to wait afterwards gets the next news."""
    crowd = Crowd(every_s=NEVER_S)
    first = await waiting(crowd, 3)
    crowd.tell()
    assert all(await asyncio.gather(*first))

    second = await waiting(crowd, 3)
    assert not any(await told(second))
    crowd.tell()
    assert all(await asyncio.gather(*second))


async def test_a_crowd_is_told_in_turn() -> None:
    """Those first who have waited the longest, the others later; more news changes nothing."""
    crowd = Crowd(every_s=NEVER_S)
    tasks = await waiting(crowd, AT_ONCE + 3)
    crowd.tell()
    crowd.tell()

    assert await told(tasks) == [True] * AT_ONCE + [False] * 3
    await left(tasks)


async def test_everyone_has_a_turn() -> None:
    """The pauses between the turns pass by themselves."""
    crowd = Crowd(every_s=0.001)
    tasks = await waiting(crowd, 2 * AT_ONCE + 3)
    crowd.tell()

    async with asyncio.timeout(30):
        assert all(await asyncio.gather(*tasks))


async def test_one_news_is_told_once() -> None:
    """Who had a turn, and waits already for what comes next, is not told again."""
    crowd, times = Crowd(every_s=0.001), Counter[int]()

    async def follow(number: int) -> None:
        while await crowd.wait(NEVER_S):
            times[number] += 1

    tasks = [asyncio.create_task(follow(number)) for number in range(AT_ONCE + 1)]
    await asyncio.sleep(0)
    crowd.tell()
    async with asyncio.timeout(30):
        while times[AT_ONCE] == 0:
            await asyncio.sleep(0.001)

    assert set(times.values()) == {1}
    for task in tasks:
        task.cancel()


async def test_the_end_is_told_to_all_without_a_pause() -> None:
    """Also for followers that still had to wait for their turn."""
    crowd = Crowd(every_s=NEVER_S)
    tasks = await waiting(crowd, 3 * AT_ONCE)
    crowd.tell()
    crowd.tell_all()

    async with asyncio.timeout(30):
        assert all(await asyncio.gather(*tasks))


async def test_nobody_waits_for_ever() -> None:
    """After its time, each one learns that there was no news."""
    assert not await Crowd(every_s=NEVER_S).wait(0.001)


async def test_who_has_left_is_not_told() -> None:
    """Nor does it take the turn of another."""
    crowd = Crowd(every_s=NEVER_S)
    tasks = await waiting(crowd, AT_ONCE + 1)
    await left(tasks[:1])
    tasks[1].cancel()  # and is about to leave
    crowd.tell()

    assert all(await told(tasks))
