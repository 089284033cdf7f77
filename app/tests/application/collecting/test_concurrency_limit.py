"""A bound is shared by all whom it binds."""

from __future__ import annotations

import asyncio

from src.application.collecting.concurrency_limit import ConcurrencyLimit


async def test_no_more_than_the_limit_at_once() -> None:
    """Of ten that come at once, two go in; each that leaves lets the next one in."""
    limit = ConcurrencyLimit(2)
    inside = most = 0

    async def visit() -> None:
        nonlocal inside, most
        async with limit.permit():
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(visit() for _ in range(10)))

    assert most == 2
    assert inside == 0
