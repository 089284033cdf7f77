"""Followers that wait for news, and get it in turn."""

import asyncio
from itertools import islice

# To tell as many takes the event loop for about ten milliseconds.
AT_ONCE = 100

_NEWS, _NO_NEWS = True, False


class Crowd:
    """All followers that wait for news.

    AT_ONCE of them get it at a time, first those that have waited the longest, and the next ones
    `every_s` seconds later. So the more there are, the more seldom each gets any; the cost stays
    the same, and nothing else has to wait for a thousand followers.
    """

    def __init__(self, *, every_s: float) -> None:
        self._every_s = every_s
        self._news = 0
        # By the waiting followers, in turn: how much was known when each began to wait.
        self._waiting: dict[asyncio.Future[bool], int] = {}
        self._next: asyncio.Handle | None = None  # tells the next ones

    async def wait(self, seconds: float) -> bool:
        """Wait for news, up to this many seconds; False if none came."""
        loop = asyncio.get_running_loop()
        told: asyncio.Future[bool] = loop.create_future()
        self._waiting[told] = self._news
        timer = loop.call_later(seconds, _answer, told, _NO_NEWS)
        try:
            return await told
        finally:
            timer.cancel()
            self._waiting.pop(told, None)

    def tell(self) -> None:
        """There is news."""
        self._news += 1
        if self._next is None:
            self._tell_next(self._every_s)

    def tell_all(self) -> None:
        """There is news that all should have at once."""
        self._news += 1
        if self._next is not None:
            self._next.cancel()
        self._tell_next(0)

    def _tell_next(self, every_s: float) -> None:
        self._next = None
        for told in list(islice(self._waiting, AT_ONCE)):
            if self._waiting[told] == self._news:
                return  # and those behind it know as much
            del self._waiting[told]
            _answer(told, _NEWS)
        if self._waiting:
            # Also with 0 it is the turn of whatever else is ready, in between.
            loop = asyncio.get_running_loop()
            self._next = loop.call_later(every_s, self._tell_next, every_s)


def _answer(told: asyncio.Future[bool], is_news: bool) -> None:  # noqa: FBT001  # as call_later has it
    if not told.done():  # it may have left, or its time may be over
        told.set_result(is_news)
