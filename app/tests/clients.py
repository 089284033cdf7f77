"""Clients of the upstream, put together as the composition root does, for one test each."""

from __future__ import annotations

import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from src.application.manners.adaptive_limit import AdaptiveLimit
from src.application.manners.admission import Admission
from src.application.manners.circuit_breaker import CircuitBreaker
from src.application.manners.patience import Patience
from src.application.manners.retry_budget import RetryBudget
from src.infra.gateways.ibge_client import IbgeClient
from src.infra.gateways.ibge_exchange import IbgeExchange, open_session


class Manners:
    """What a client learns by, within the test's reach: fresh, and with nothing learnt yet.

    At most `at_once` requests are in flight, and a try is given up after `most_s` seconds.
    """

    def __init__(self, *, at_once: int = 100, most_s: float = 5) -> None:
        self.limit = AdaptiveLimit(at_once, clock=time.monotonic)
        self.breaker = CircuitBreaker(clock=time.monotonic)
        self.admission = Admission(self.limit, self.breaker, clock=time.monotonic)
        self.patience = Patience(first_s=most_s, most_s=most_s, clock=time.monotonic)
        self.budget = RetryBudget()


def client_over(
    exchange: IbgeExchange,
    manners: Manners | None = None,
    *,
    attempts: int = 1,
    timeout_s: float = 5,
    max_rps: float = 0,
) -> IbgeClient:
    """A client that asks through this exchange: once, where the test says nothing else."""
    manners = manners or Manners()
    return IbgeClient(
        exchange,
        admission=manners.admission,
        patience=manners.patience,
        budget=manners.budget,
        attempts=attempts,
        timeout_s=timeout_s,
        max_rps=max_rps,
    )


@asynccontextmanager
async def exchange_with(
    base_url: str, *, connections: int = 100, tls: ssl.SSLContext | None = None
) -> AsyncIterator[IbgeExchange]:
    """An exchange over a session of its own, with a certificate store of the test's or an empty."""
    tls = tls or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    async with open_session(connections=connections, tls=tls) as session:
        yield IbgeExchange(session, base_url=base_url)
