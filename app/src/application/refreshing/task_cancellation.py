"""Cancels tasks, and waits until they have ended."""

import asyncio
from typing import Any


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
