"""The composition root: which part gets which, in one place."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime

from aiohttp import ClientSession
from aiolimiter import AsyncLimiter

from src.application.breaking_off import break_off
from src.application.concurrency_limit import ConcurrencyLimit
from src.application.freshness import Freshness
from src.application.list_of_states_and_cities import ListOfStatesAndCities
from src.application.manners.adaptive_limit import AdaptiveLimit
from src.application.manners.admission import Admission
from src.application.manners.circuit_breaker import CircuitBreaker
from src.application.manners.patience import Patience
from src.application.manners.retry_budget import RetryBudget
from src.application.ports.snapshot_store import SnapshotStore
from src.entrypoints.leaving import leaving
from src.entrypoints.open_connections import possible_connections
from src.entrypoints.settings import APP_DIR, Settings
from src.infra.controllers.edition import Edition, Press
from src.infra.gateways.cities_gateway import IbgeCitiesGateway
from src.infra.gateways.districts_gateway import IbgeDistrictsGateway
from src.infra.gateways.ibge_client import IbgeClient
from src.infra.gateways.ibge_exchange import IbgeExchange, open_session
from src.infra.gateways.states_gateway import IbgeStatesGateway
from src.infra.gateways.tls import tls_context
from src.infra.snapshots.bundled_snapshot import bundled_snapshot
from src.infra.snapshots.file_store import FileStore
from src.infra.snapshots.memory_store import MemoryStore

Collecting = Callable[[Settings], AbstractAsyncContextManager[ListOfStatesAndCities]]


def utc_now() -> datetime:
    """The time now, in UTC, to the second: finer than that, HTTP dates do not go."""
    return datetime.now(UTC).replace(microsecond=0)


@asynccontextmanager
async def serving(settings: Settings, collecting: Collecting) -> AsyncIterator[Freshness[Edition]]:
    """What answers the requests, kept fresh in the background until the end."""
    async with (
        collecting(settings) as list_of_states_and_cities,
        _snapshot_store(settings.snapshot_store) as store,
        contextlib.aclosing(Press(ttl_s=settings.snapshot_ttl_s)) as press,
    ):
        freshness = Freshness(
            collect=list_of_states_and_cities.execute,
            publish=press.publish,
            bundled=(lambda: asyncio.to_thread(bundled_snapshot))
            if settings.snapshot_bundled
            else None,
            store=store,
            ttl_s=settings.snapshot_ttl_s,
            wait_s=settings.snapshot_wait_s,
            now=utc_now,
        )
        keeping_fresh = asyncio.create_task(freshness.keep())
        try:
            with leaving(keeping_fresh.cancel):
                yield freshness
        finally:
            await break_off(keeping_fresh)


@asynccontextmanager
async def collecting(settings: Settings) -> AsyncIterator[ListOfStatesAndCities]:
    """The use case over a session of its own, which is closed at the end."""
    tls = tls_context(ca_file=settings.ibge_ca_file, legacy_tls=settings.ibge_legacy_tls)
    connections = possible_connections(settings.ibge_states_limit + settings.ibge_cities_limit)
    async with open_session(connections=connections, tls=tls) as session:
        client = _client(session, settings, connections=connections)
        yield ListOfStatesAndCities(
            states=IbgeStatesGateway(client),
            cities=IbgeCitiesGateway(client),
            districts=IbgeDistrictsGateway(client),
            states_limit=ConcurrencyLimit(settings.ibge_states_limit),
            plan=settings.ibge_plan,
            now=utc_now,
        )


def _client(session: ClientSession, settings: Settings, *, connections: int) -> IbgeClient:
    # Where the system allows few connections, requests wait for their turn, not for a connection.
    at_once = max(1, min(settings.ibge_cities_limit, connections - settings.ibge_states_limit))
    return IbgeClient(
        IbgeExchange(session, base_url=settings.ibge_base_url),
        admission=Admission(
            AdaptiveLimit(at_once, clock=time.monotonic),
            CircuitBreaker(clock=time.monotonic),
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
    )


@asynccontextmanager
async def _snapshot_store(address: str) -> AsyncIterator[SnapshotStore]:
    scheme, _, rest = address.partition(":")
    if scheme == "memory":
        yield MemoryStore()
    elif scheme == "file":
        yield FileStore(APP_DIR / rest)
    else:
        from src.infra.snapshots.redis_store import (  # noqa: PLC0415  # takes 0.07 s: on demand
            RedisStore,
        )

        async with contextlib.aclosing(RedisStore(address)) as store:
            yield store
