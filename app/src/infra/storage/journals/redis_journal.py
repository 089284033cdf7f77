"""The journal in Redis or Valkey, for the processes of many machines."""

from typing import cast

from redis.exceptions import ResponseError

from src.application.ports.refresh_journal import (
    AT_A_TIME,
    KEPT,
    RefreshJournal,
    RefreshJournalError,
)
from src.application.ports.refresh_progress import Progress
from src.infra.storage.journals.journal_lines import ID, last_of, next_of, to_line
from src.infra.storage.redis_connection import connected_to, redis_errors_as

# Keys expire after this long, in seconds, if no later refresh drops them.
ENDS_AFTER_S = 7 * 86_400


class RedisJournal(RefreshJournal):
    """`redis://…`: a list of lines for each refresh, and a sorted set of their ids.

    `prefix` is what the names of its keys begin with.
    """

    def __init__(self, url: str, *, prefix: str) -> None:
        self._redis = connected_to(url)
        self._ids = prefix + "refreshes"
        self._refresh = prefix + "refresh:"

    async def append(self, progress: Progress) -> None:
        key = self._refresh + progress.refresh
        with redis_errors_as(RefreshJournalError):
            async with self._redis.pipeline() as pipeline:
                pipeline.rpush(key, to_line(progress))
                pipeline.expire(key, ENDS_AFTER_S)
                pipeline.zadd(self._ids, {progress.refresh: 0})
                pipeline.expire(self._ids, ENDS_AFTER_S)
                await pipeline.execute()
            for refresh in (await self._all())[KEPT:]:
                await self._redis.delete(self._refresh + refresh)
                await self._redis.zrem(self._ids, refresh)

    async def refreshes(self) -> list[str]:
        with redis_errors_as(RefreshJournalError):
            return (await self._all())[:KEPT]

    async def last(self, refresh: str) -> Progress | None:
        return last_of(await self._lines(refresh, -1, -1))

    async def after(self, refresh: str, number: int) -> list[Progress]:
        # Twice as many, for some may stand there twice.
        start = number + 1
        return next_of(await self._lines(refresh, start, start + 2 * AT_A_TIME), number)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._redis.aclose()

    async def _all(self) -> list[str]:
        """The ids in the set, the newest first, without what somebody else has put there."""
        ids = cast("list[bytes]", await self._redis.zrange(self._ids, 0, -1, desc=True))
        return [
            each for each in (id_.decode(errors="replace") for id_ in ids) if ID.fullmatch(each)
        ]

    async def _lines(self, refresh: str, start: int, end: int) -> list[bytes]:
        with redis_errors_as(RefreshJournalError):
            try:
                lines = await self._redis.lrange(self._refresh + refresh, start, end)
            except ResponseError:  # no list: it was not written here, and hides no other refresh
                return []
        return cast("list[bytes]", lines)
