"""The lease of a turn: its holder renews it, and one that is frozen loses the turn."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

# In seconds: a turn is renewed well before it ends. A process that waited for a turn which a server
# has forgotten, and gets it, rests for a second first: its holder is to be seen again by then.
TURN_S = 6.0
RENEW_EVERY_S = 1.0


@asynccontextmanager
async def renewed(renew: Callable[[], Awaitable[object]], *, every_s: float) -> AsyncIterator[None]:
    """Calls `renew` every `every_s` seconds while the block runs, whatever it raises."""
    is_over = asyncio.Event()
    renewing = asyncio.create_task(_keep_renewing(renew, every_s, is_over))
    try:
        yield
    finally:
        # Not by cancelling it: redis-py may take that for a time-out, and it would be lost.
        is_over.set()
        await renewing


async def _keep_renewing(
    renew: Callable[[], Awaitable[object]], every_s: float, is_over: asyncio.Event
) -> None:
    while True:
        with suppress(TimeoutError):
            await asyncio.wait_for(is_over.wait(), every_s)
            return
        with suppress(Exception):  # the next one may get through
            await renew()
