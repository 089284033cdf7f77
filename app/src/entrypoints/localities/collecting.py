"""The collection, put together over the real upstream."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from src.application.experimenting.experiment import Experiment
from src.application.localities.list_of_states_and_cities import ListOfStatesAndCities
from src.application.ports.fan_out_watch import FanOutWatch
from src.entrypoints.localities.settings import LocalitiesSettings
from src.infra.controllers.localities.collection_words import COLLECTION_WORDS
from src.infra.gateways.localities.ibge_gateways import (
    IbgeCitiesGateway,
    IbgeDistrictsGateway,
    IbgeStatesGateway,
)
from src.infra.gateways.upstream import Upstream, limits_in_force, open_client
from src.infra.process.clock import utc_now
from src.infra.process.open_connections import possible_connections


@asynccontextmanager
async def collecting(
    settings: LocalitiesSettings, watch: FanOutWatch, experiment: Experiment | None = None
) -> AsyncIterator[ListOfStatesAndCities]:
    """The use case over a client of its own, which is closed at the end."""
    ibge = _upstream(settings)
    async with open_client(
        ibge, proxies=settings.proxies, watch=watch, experiment=experiment
    ) as client:
        watch.bounded_by(lambda: limits_in_force(ibge, client, roots=settings.ibge_states_limit))
        yield ListOfStatesAndCities(
            states=IbgeStatesGateway(client),
            cities=IbgeCitiesGateway(client),
            districts=IbgeDistrictsGateway(client),
            # One for the process: two executions share it.
            states_limit=asyncio.Semaphore(settings.ibge_states_limit),
            plan=settings.ibge_plan,
            now=utc_now,
            watch=watch,
        )


def _upstream(settings: LocalitiesSettings) -> Upstream:
    connections = possible_connections(
        settings.ibge_states_limit + settings.ibge_cities_limit, setting="IBGE_CITIES_LIMIT"
    )
    return Upstream(
        name=COLLECTION_WORDS.upstream,
        settings="IBGE_",
        base_url=settings.ibge_base_url,
        # If the system allows few connections, requests wait for their turn, not for a connection.
        at_once=max(1, min(settings.ibge_cities_limit, connections - settings.ibge_states_limit)),
        connections=connections,
        max_rps=settings.ibge_max_rps,
        attempts=settings.ibge_attempts,
        timeout_s=settings.ibge_timeout_s,
        ca_file=settings.ibge_ca_file,
        legacy_tls=settings.ibge_legacy_tls,
    )
