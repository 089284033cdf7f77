"""A connection to Redis or Valkey, on terms that suit everything that is kept there."""

from collections.abc import Iterator
from contextlib import contextmanager

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError, RedisError  # noqa: A004  # its own

# In seconds: the refreshing must not hang with the server.
TIMEOUT_S = 1.0

# A call for which there is no connection waits for one, as long as for an answer.
MOST_CONNECTIONS = 20


def connected_to(url: str, *, timeout_s: float = TIMEOUT_S) -> Redis:
    """A client, whose connections are opened when they are needed.

    `url` is as redis-py takes it, with `rediss://` for TLS; it may hold a password, so it is never
    shown. No call takes longer than `timeout_s` seconds.
    """
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=MOST_CONNECTIONS,
        timeout=timeout_s,
        socket_timeout=timeout_s,
        socket_connect_timeout=timeout_s,
        # Once again, at once: a connection from the pool may have been closed meanwhile.
        retry=Retry(NoBackoff(), 1, supported_errors=(ConnectionError,)),
    )
    return Redis.from_pool(pool)


@contextmanager
def redis_errors_as(error: type[Exception]) -> Iterator[None]:
    """Raises `error` if the server does not answer what the block asks."""
    try:
        yield
    except (RedisError, OSError) as exc:
        raise error(f"o Redis não responde ({exc})") from exc
