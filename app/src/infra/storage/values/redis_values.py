"""Values by key in Redis or Valkey, for the processes of many machines."""

from pathlib import Path
from typing import TypeVar, cast

from src.application.ports.value_store import Kept, ValueStore, ValueStoreError
from src.infra.storage.redis_connection import RedisConnection
from src.infra.storage.values.value_format import ValueFormat

V = TypeVar("V")

# A value that nobody has stored anew for this long, in seconds, is dropped by the server: twice as
# long as a value may be fresh.
ENDS_AFTER_S = 2 * 365 * 86_400


class RedisValues(ValueStore[V]):
    """`redis://…`: a key for each value; `prefix` is what the keys begin with.

    The other arguments are RedisConnection's.
    """

    def __init__(
        self,
        address: str,
        value_format: ValueFormat[V],
        *,
        prefix: str,
        ca_file: Path | None = None,
    ) -> None:
        self._server = RedisConnection(address, ca_file=ca_file)
        self._format = value_format
        self._prefix = prefix

    async def get(self, key: str) -> Kept[V] | None:
        async with self._server.asked(ValueStoreError) as redis:
            content = cast("bytes | None", await redis.get(self._prefix + key))
        return self._format.from_bytes(content) if content is not None else None

    async def put(self, key: str, kept: Kept[V]) -> None:
        async with self._server.asked(ValueStoreError) as redis:
            await redis.set(self._prefix + key, self._format.to_bytes(kept), ex=ENDS_AFTER_S)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._server.aclose()
