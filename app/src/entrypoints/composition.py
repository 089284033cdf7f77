"""The composition root: which part gets which, in one place."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime

from src.application.concurrency_limit import ConcurrencyLimit
from src.application.current_snapshot import CurrentSnapshot
from src.application.list_of_states_and_cities import ListOfStatesAndCities
from src.entrypoints.open_connections import possible_connections
from src.entrypoints.settings import Settings
from src.infra.controllers.edition import Edition, edition_of
from src.infra.gateways.cities_gateway import IbgeCitiesGateway
from src.infra.gateways.districts_gateway import IbgeDistrictsGateway
from src.infra.gateways.ibge_client import IbgeClient, open_session
from src.infra.gateways.states_gateway import IbgeStatesGateway
from src.infra.gateways.tls import tls_context
from src.infra.snapshots.bundled_snapshot import bundled_snapshot

Collecting = Callable[[Settings], AbstractAsyncContextManager[ListOfStatesAndCities]]


def utc_now() -> datetime:
    """The time now, in UTC, to the second: finer than that, HTTP dates do not go."""
    return datetime.now(UTC).replace(microsecond=0)


@asynccontextmanager
async def collecting(settings: Settings) -> AsyncIterator[ListOfStatesAndCities]:
    """The use case over a session of its own, which is closed at the end."""
    tls = tls_context(ca_file=settings.ibge_ca_file, legacy_tls=settings.ibge_legacy_tls)
    connections = possible_connections(settings.ibge_states_limit + settings.ibge_cities_limit)
    async with open_session(connections=connections, tls=tls) as session:
        client = IbgeClient(
            session, base_url=settings.ibge_base_url, timeout_s=settings.ibge_timeout_s
        )
        yield ListOfStatesAndCities(
            states=IbgeStatesGateway(client),
            cities=IbgeCitiesGateway(client),
            districts=IbgeDistrictsGateway(client),
            states_limit=ConcurrencyLimit(settings.ibge_states_limit),
            cities_limit=ConcurrencyLimit(settings.ibge_cities_limit),
            now=utc_now,
        )


@asynccontextmanager
async def serving(
    settings: Settings, collecting: Collecting
) -> AsyncIterator[CurrentSnapshot[Edition]]:
    """The current snapshot, kept fresh in the background until the end."""
    async with collecting(settings) as list_of_states_and_cities:
        current = CurrentSnapshot(
            collect=list_of_states_and_cities.execute,
            publish=lambda snapshot: asyncio.to_thread(edition_of, snapshot),
            bundled=(lambda: asyncio.to_thread(bundled_snapshot))
            if settings.snapshot_bundled
            else None,
            ttl_s=settings.snapshot_ttl_s,
            wait_s=settings.snapshot_wait_s,
            now=utc_now,
        )
        keeping_fresh = asyncio.create_task(current.keep_fresh())
        try:
            yield current
        finally:
            keeping_fresh.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await keeping_fresh
