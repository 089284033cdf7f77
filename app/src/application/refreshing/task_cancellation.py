"""Cancels tasks and waits until they have ended, or lets them finish what is nearly done."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")


async def finished(work: Coroutine[Any, Any, T], *, within_s: float) -> T:
    """What the work gives: a cancellation leaves it this many seconds to come to its end.

    Further cancellations leave it no less: one stop of a service may bring several.
    """
    working = asyncio.create_task(work)
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        loop = asyncio.get_running_loop()
        until = loop.time() + within_s
        while not working.done() and loop.time() < until:
            with suppress(asyncio.CancelledError):
                await asyncio.wait({working}, timeout=until - loop.time())
        if not working.done():
            working.cancel()
            raise
        return working.result()


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
