"""Tasks are cancelled once, and end for certain."""

import asyncio

import pytest

from src.application.refreshing.task_cancellation import cancel_and_wait, finished


async def test_a_task_that_cleans_up_is_not_disturbed() -> None:
    """A task that was cancelled already gets time to end."""
    is_clean = False

    async def work() -> None:
        nonlocal is_clean
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)
            is_clean = True

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)

    await cancel_and_wait(task)

    assert task.cancelled()
    assert is_clean


async def test_a_lost_cancellation_is_repeated() -> None:
    """A library may take it for a timeout of its own."""
    lost = 0

    async def work() -> None:
        nonlocal lost
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            lost += 1
        await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await asyncio.sleep(0)

    await cancel_and_wait(task, cleaning_up_s=0.01)

    assert task.cancelled()
    assert lost == 1


async def test_work_comes_to_its_end_however_often_it_is_cancelled() -> None:
    """One stop of a service may bring several cancellations."""
    go_on = asyncio.Event()

    async def work() -> str:
        await go_on.wait()
        return "done"

    waiting = asyncio.create_task(finished(work(), within_s=50))
    for _ in range(3):
        await asyncio.sleep(0)
        waiting.cancel()
    await asyncio.sleep(0)
    go_on.set()

    assert await waiting == "done"


async def test_work_that_does_not_come_to_its_end_is_cancelled() -> None:
    """A cancelled caller waits for it for a while only."""
    has_begun = asyncio.Event()
    was_cancelled = False

    async def work() -> None:
        nonlocal was_cancelled
        has_begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            was_cancelled = True
            raise

    waiting = asyncio.create_task(finished(work(), within_s=0))
    await has_begun.wait()
    waiting.cancel()

    with pytest.raises(asyncio.CancelledError):
        await waiting
    await asyncio.sleep(0)
    assert was_cancelled
