"""The fan-out, put together over the real upstream."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import ClientSession
from aiolimiter import AsyncLimiter

from src.application.localities.list_of_states_and_cities import ListOfStatesAndCities
from src.application.manners.adaptive_limit import AdaptiveLimit
from src.application.manners.admission import Admission
from src.application.manners.circuit_breaker import CircuitBreaker
from src.application.manners.patience import Patience
from src.application.manners.retry_budget import RetryBudget
from src.application.ports.fan_out_watch import FanOutWatch
from src.application.telling.refresh_progress import Limits
from src.entrypoints.settings import Settings
from src.infra.gateways.localities.cities_gateway import IbgeCitiesGateway
from src.infra.gateways.localities.districts_gateway import IbgeDistrictsGateway
from src.infra.gateways.localities.states_gateway import IbgeStatesGateway
from src.infra.gateways.tls import tls_context
from src.infra.gateways.upstream_client import UpstreamClient
from src.infra.gateways.upstream_exchange import UpstreamExchange, open_session
from src.infra.process.clock import utc_now
from src.infra.process.open_connections import possible_connections


@asynccontextmanager
async def collecting(
    settings: Settings, watch: FanOutWatch
) -> AsyncIterator[ListOfStatesAndCities]:
    """The use case over a session of its own, which is closed at the end."""
    tls = await asyncio.to_thread(  # it reads some hundred certificates
        tls_context, ca_file=settings.ibge_ca_file, legacy_tls=settings.ibge_legacy_tls
    )
    connections = possible_connections(settings.ibge_states_limit + settings.ibge_cities_limit)
    async with open_session(connections=connections, tls=tls) as session:
        client = _client(session, settings, watch, connections=connections)
        yield ListOfStatesAndCities(
            states=IbgeStatesGateway(client),
            cities=IbgeCitiesGateway(client),
            districts=IbgeDistrictsGateway(client),
            states_limit=asyncio.Semaphore(settings.ibge_states_limit),
            plan=settings.ibge_plan,
            now=utc_now,
            watch=watch,
        )


def _client(
    session: ClientSession, settings: Settings, watch: FanOutWatch, *, connections: int
) -> UpstreamClient:
    # Where the system allows few connections, requests wait for their turn, not for a connection.
    at_once = max(1, min(settings.ibge_cities_limit, connections - settings.ibge_states_limit))
    limit = AdaptiveLimit(at_once, clock=time.monotonic)
    breaker = CircuitBreaker(clock=time.monotonic)
    watch.bounded_by(
        lambda: Limits(
            states=settings.ibge_states_limit,
            requests=limit.limit,
            most_requests=at_once,
            requests_per_second=settings.ibge_max_rps,
            circuit_is_open=not breaker.is_closed,
        )
    )
    return UpstreamClient(
        UpstreamExchange(session, base_url=settings.ibge_base_url),
        admission=Admission(
            limit,
            breaker,
            clock=time.monotonic,
            # One in each interval, no bursts: a strict upstream counts them.
            pace=AsyncLimiter(1, 1 / settings.ibge_max_rps).acquire
            if settings.ibge_max_rps
            else None,
        ),
        # A first try without peers to compare with leaves time for the others.
        patience=Patience(first_s=settings.ibge_timeout_s / settings.ibge_attempts),
        budget=RetryBudget(),
        attempts=settings.ibge_attempts,
        timeout_s=settings.ibge_timeout_s,
        watch=watch,
    )
