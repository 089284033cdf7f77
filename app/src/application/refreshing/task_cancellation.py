"""Cancels tasks and waits until they have ended, or lets them finish what is nearly done."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")


async def finished(work: Coroutine[Any, Any, T], *, within_s: float) -> T:
    """What the work gives: a cancellation leaves it this many seconds to come to its end."""
    working = asyncio.create_task(work)
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        if not await ended_in_time(working, within_s=within_s):
            raise
        return working.result()


async def ended_in_time(task: asyncio.Task[Any], *, within_s: float) -> bool:
    """Whether the task has ended by itself; after this many seconds it is cancelled.

    Cancellations do not cut the wait short: one stop of a service may bring several.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + within_s
    while not task.done() and loop.time() < until:
        with suppress(asyncio.CancelledError):
            await asyncio.wait({task}, timeout=until - loop.time())
    return not task.cancel()


async def cancel_and_wait(*tasks: asyncio.Task[Any], cleaning_up_s: float = 3.0) -> None:
    """Cancel the tasks that are not being cancelled yet, and wait until all have ended.

    A second cancellation would interrupt the cleaning up that the first one began. Still, a library
    may take it for an error of its own and lose it, so it is repeated if a task takes
    longer than `cleaning_up_s` seconds to clean up.
    """
    for task in tasks:
        if not task.cancelling():
            task.cancel()
    while pending := [task for task in tasks if not task.done()]:
        await asyncio.wait(pending, timeout=cleaning_up_s)
        for task in pending:
            task.cancel()
