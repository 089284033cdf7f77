"""Ends tasks that go on until they are cancelled."""

from __future__ import annotations

import asyncio
from typing import Any

# For how long a task may clean up before its cancellation is taken for lost, in seconds.
CLEANING_UP_S = 3.0


async def break_off(*tasks: asyncio.Task[Any]) -> None:
    """Cancel the tasks that nobody has cancelled yet, and wait until all have ended.

    A second cancellation would break off the cleaning up that the first one began. Still, a library
    may take one for an error of its own and lose it; so it comes again when the time is over.
    """
    for task in tasks:
        if not task.cancelling():
            task.cancel()
    while pending := [task for task in tasks if not task.done()]:
        await asyncio.wait(pending, timeout=CLEANING_UP_S)
        for task in pending:
            task.cancel()
