"""The journal in Redis or Valkey, for the processes of many machines."""

from pathlib import Path
from typing import cast

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from src.application.ports.refresh_journal import (
    AT_A_TIME,
    KEPT,
    RefreshJournal,
    RefreshJournalError,
)
from src.application.ports.refresh_progress import Progress
from src.infra.storage.journals.journal_lines import ID, last_of, next_of, to_line
from src.infra.storage.redis_connection import RedisConnection

# Keys expire after this long, in seconds, if no later refresh drops them.
ENDS_AFTER_S = 7 * 86_400


class RedisJournal(RefreshJournal):
    """`redis://…`: a list of lines for each refresh, and a sorted set of their ids.

    `prefix` is what the names of its keys begin with. The other arguments are RedisConnection's.
    """

    def __init__(self, address: str, *, prefix: str, ca_file: Path | None = None) -> None:
        self._server = RedisConnection(address, ca_file=ca_file)
        self._ids = prefix + "refreshes"
        self._refresh = prefix + "refresh:"

    async def append(self, progress: Progress) -> None:
        key = self._refresh + progress.refresh
        async with self._server.asked(RefreshJournalError) as redis:
            async with redis.pipeline() as pipeline:
                pipeline.rpush(key, to_line(progress))
                pipeline.expire(key, ENDS_AFTER_S)
                pipeline.zadd(self._ids, {progress.refresh: 0})
                pipeline.expire(self._ids, ENDS_AFTER_S)
                length, *_ = await pipeline.execute()
            lost = progress.number + 1 - length
            if lost > 0:
                # As a replica that was promoted loses the last lines: readers look for a line where
                # its number says, or after that.
                await redis.lpush(key, *[b""] * lost)
            for refresh in (await self._all(redis))[KEPT:]:
                await redis.delete(self._refresh + refresh)
                await redis.zrem(self._ids, refresh)

    async def refreshes(self) -> list[str]:
        async with self._server.asked(RefreshJournalError) as redis:
            return (await self._all(redis))[:KEPT]

    async def last(self, refresh: str) -> Progress | None:
        return last_of(await self._lines(refresh, -1, -1))

    async def after(self, refresh: str, number: int) -> list[Progress]:
        # Twice as many, for some may stand there twice.
        start = number + 1
        return next_of(await self._lines(refresh, start, start + 2 * AT_A_TIME), number)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._server.aclose()

    async def _all(self, redis: Redis) -> list[str]:
        """The ids in the set, the newest first, without what somebody else has put there."""
        ids = cast("list[bytes]", await redis.zrange(self._ids, 0, -1, desc=True))
        return [
            each for each in (id_.decode(errors="replace") for id_ in ids) if ID.fullmatch(each)
        ]

    async def _lines(self, refresh: str, start: int, end: int) -> list[bytes]:
        async with self._server.asked(RefreshJournalError) as redis:
            try:
                lines = await redis.lrange(self._refresh + refresh, start, end)
            except ResponseError:  # no list: it was not written here, and hides no other refresh
                return []
        return cast("list[bytes]", lines)
