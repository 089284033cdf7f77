"""A time limit counts the other side's time, not that of a blocked event loop."""

import asyncio
import socket
import time

import pytest

from src.infra.gateways.time_limit import Stalls, TimeLimit


async def test_a_block_that_ends_in_time_passes() -> None:
    """The clock stops ticking afterwards."""
    stalls = Stalls()

    async with TimeLimit(60, stalls):
        await asyncio.sleep(0)

    assert stalls.seconds == 0
    assert stalls._tick is None


async def test_a_late_block_is_given_up() -> None:
    """It raises TimeoutError, as asyncio's own time limit does."""
    with pytest.raises(TimeoutError):
        async with TimeLimit(0.01, Stalls()):
            await asyncio.Event().wait()


async def test_an_answer_that_came_during_a_stall_is_not_late() -> None:
    """It is read as soon as the loop runs again."""
    ours, theirs = socket.socketpair()
    reader, writer = await asyncio.open_connection(sock=ours)

    async with TimeLimit(0.3, Stalls()):
        await asyncio.sleep(0)
        theirs.send(b"answer")
        time.sleep(0.7)  # noqa: ASYNC251  # the stall
        assert await reader.read(6) == b"answer"

    writer.close()
    theirs.close()


async def test_silence_is_given_up_after_a_stall_too() -> None:
    """After the stall, the other side gets the whole limit once more."""
    loop = asyncio.get_running_loop()
    began = loop.time()

    async def silence() -> None:
        async with TimeLimit(0.3, Stalls()):
            await asyncio.sleep(0)
            time.sleep(0.9)  # noqa: ASYNC251  # the stall
            await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        await silence()

    assert loop.time() - began >= 0.9 + 0.3
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_one_clock_counts_for_all_limits() -> None:
    """It ticks until the last limit has ended."""
    stalls = Stalls()
    async with TimeLimit(60, stalls):
        async with TimeLimit(60, stalls):
            await asyncio.sleep(0)
            time.sleep(0.5)  # noqa: ASYNC251  # the stall
            await asyncio.sleep(0.01)
        assert stalls._tick is not None
        assert stalls.seconds > 0.2
    assert stalls._tick is None
