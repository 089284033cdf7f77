"""A connection to Redis or Valkey, on terms that suit everything that is kept there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import MasterNotFoundError, Sentinel, SentinelConnectionPool
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError, ReadOnlyError, RedisError  # noqa: A004  # its own

from src.infra.storage.redis_address import SENTINEL_SCHEMES, SentinelAddress

# In seconds: the refreshing must not hang with the server.
TIMEOUT_S = 2.0

# A call for which there is no connection waits for one, as long as for an answer.
MOST_CONNECTIONS = 20


class RedisConnection:
    """A client, whose connections are opened when they are needed.

    `address` is as redis-py takes it, with `rediss://` for TLS, or a SentinelAddress; it may hold a
    password, so it is never shown. `ca_file` names a PEM bundle trusted besides the system's. No
    call takes longer than `timeout_s` seconds; half of it is for one exchange with a server, and a
    quarter for one with a Sentinel, so that there is time for another.
    """

    def __init__(
        self, address: str, *, ca_file: Path | None = None, timeout_s: float = TIMEOUT_S
    ) -> None:
        self._timeout_s = timeout_s
        self._redis = _client(address, ca_file=ca_file, timeout_s=timeout_s)

    @asynccontextmanager
    async def asked(self, error: type[Exception]) -> AsyncIterator[Redis]:
        """The client for one call, which the block makes; raises `error` if that brings nothing."""
        try:
            async with asyncio.timeout(self._timeout_s):
                yield self._redis
        except (RedisError, OSError) as exc:
            if isinstance(exc, ReadOnlyError):
                # What was the master is a replica now: whoever connects anew finds the other.
                await self._redis.connection_pool.disconnect(inuse_connections=False)
            raise error(f"o Redis não responde ({_reason(exc)})") from exc

    async def aclose(self) -> None:
        """Close the connections."""
        await self._redis.aclose()


def _reason(error: Exception) -> str:
    if isinstance(error, MasterNotFoundError):
        return "nenhum Sentinel indica um mestre em operação"  # its own message fills half a page
    return str(error) or "sem resposta a tempo"


class _MasterPool(SentinelConnectionPool, BlockingConnectionPool):
    """Connections to the master, for which callers wait as without Sentinels."""

    async def aclose(self) -> None:
        """Close the connections to the Sentinels, too."""
        await super().aclose()
        await self.sentinel_manager.aclose()


def _client(address: str, *, ca_file: Path | None, timeout_s: float) -> Redis:
    terms: dict[str, Any] = {
        "socket_timeout": timeout_s / 2,
        "socket_connect_timeout": timeout_s / 2,
        # Once again, at once: a connection from the pool may have been closed meanwhile.
        "retry": Retry(NoBackoff(), 1, supported_errors=(ConnectionError,)),
    }
    pool: dict[str, Any] = {"max_connections": MOST_CONNECTIONS, "timeout": timeout_s / 2}
    scheme = address.partition(":")[0]
    trust: dict[str, Any] = (
        {"ssl_ca_certs": str(ca_file)} if ca_file and scheme.startswith("rediss") else {}
    )
    if scheme not in SENTINEL_SCHEMES:
        return Redis.from_pool(BlockingConnectionPool.from_url(address, **pool, **terms, **trust))
    named = SentinelAddress.parse(address)
    sentinels = Sentinel(  # type: ignore[no-untyped-call]  # it has no types
        named.sentinels,
        sentinel_kwargs={
            "username": named.sentinel_username,
            "password": named.sentinel_password,
            "ssl": named.has_tls,
            "socket_timeout": timeout_s / 4,
            "socket_connect_timeout": timeout_s / 4,
            "retry": Retry(NoBackoff(), 0),  # there is another to ask
            **trust,
        },
    )
    client: Redis = sentinels.master_for(
        named.master,
        connection_pool_class=_MasterPool,
        username=named.username,
        password=named.password,
        db=named.database,
        ssl=named.has_tls,
        **pool,
        **terms,
        **trust,
    )
    return client
