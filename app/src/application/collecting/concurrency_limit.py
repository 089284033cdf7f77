"""How much may happen at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class ConcurrencyLimit:
    """A bound on what happens at once: made once per process, shared by everyone it binds.

    A semaphore made inside a request or a use case bounds that one call only; two clients would
    then double what the upstream sees. `limit` is the number of permits, one at least.
    """

    def __init__(self, limit: int) -> None:
        self._semaphore = asyncio.Semaphore(limit)

    @asynccontextmanager
    async def permit(self) -> AsyncIterator[None]:
        """Wait for a turn and hold it while the block runs; turns are given in order of asking."""
        async with self._semaphore:
            yield
