"""Clients of the upstream for one test each, put together as the service does it."""

import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiolimiter import AsyncLimiter

from src.application.manners.adaptive_limit import AdaptiveLimit
from src.application.manners.admission import Admission
from src.application.manners.circuit_breaker import CircuitBreaker
from src.application.manners.patience import Patience
from src.application.manners.retry_budget import RetryBudget
from src.infra.gateways.aiohttp_exchange import AiohttpExchange, open_session
from src.infra.gateways.proxy import Proxy
from src.infra.gateways.retrying_client import FIRST_BACKOFF_S, LONGEST_WAIT_S, RetryingClient
from src.infra.metrics.upstream_meter import UpstreamMeter


class Manners:
    """The manners of a client, within the test's reach, with nothing learnt yet.

    At most `at_once` requests are in flight, `max_rps` are made in a second (0 is no limit), and
    the very first try is given up after `first_s` seconds. `rests_for_all` is Admission's.
    """

    def __init__(
        self,
        *,
        at_once: int = 100,
        first_s: float = 5,
        max_rps: float = 0,
        rests_for_all: bool = False,
    ) -> None:
        self.limit = AdaptiveLimit(at_once, clock=time.monotonic)
        self.breaker = CircuitBreaker(clock=time.monotonic)
        self.admission = Admission(
            self.limit,
            self.breaker,
            clock=time.monotonic,
            pace=AsyncLimiter(1, 1 / max_rps).acquire if max_rps else None,
            rests_for_all=rests_for_all,
        )
        self.patience = Patience(first_s=first_s)
        self.budget = RetryBudget()


def client_over(
    exchange: AiohttpExchange,
    manners: Manners | None = None,
    *,
    attempts: int = 1,
    timeout_s: float = 5,
    first_backoff_s: float = FIRST_BACKOFF_S,
    longest_wait_s: float = LONGEST_WAIT_S,
) -> RetryingClient:
    """A client that asks through this exchange; by default it tries once."""
    manners = manners or Manners()
    return RetryingClient(
        exchange,
        admission=manners.admission,
        meter=UpstreamMeter("http://127.0.0.1", manners.admission),
        patience=manners.patience,
        budget=manners.budget,
        attempts=attempts,
        timeout_s=timeout_s,
        first_backoff_s=first_backoff_s,
        longest_wait_s=longest_wait_s,
    )


@asynccontextmanager
async def exchange_with(
    base_url: str,
    *,
    connections: int = 100,
    tls: ssl.SSLContext | None = None,
    proxy: Proxy | None = None,
    **bounds: Any,
) -> AsyncIterator[AiohttpExchange]:
    """An exchange over its own session, with the test's certificate store or an empty one.

    `proxy` is on the way. `bounds` are those of the exchange.
    """
    tls = tls or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    async with open_session(connections=connections, tls=tls, proxy=proxy) as session:
        yield AiohttpExchange(session, base_url=base_url, settings="CARS_", proxy=proxy, **bounds)
