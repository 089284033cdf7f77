"""Opens something expensive when it is first needed."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Generic, Self, TypeVar

T = TypeVar("T")


class OnDemand(Generic[T]):
    """Calls `opening` when it is first called itself; the end of the block closes what it gave."""

    def __init__(self, opening: Callable[[], Awaitable[AbstractAsyncContextManager[T]]]) -> None:
        self._opening = opening
        self._stack = AsyncExitStack()
        self._opened: list[T] = []
        self._one_at_a_time = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def __call__(self) -> T:
        """What was opened, now or before."""
        async with self._one_at_a_time:
            if not self._opened:
                self._opened.append(await self._stack.enter_async_context(await self._opening()))
        return self._opened[0]
