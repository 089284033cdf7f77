"""The gateway to the populations, over an upstream with limits of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from src.application.population.ports import PopulationGateway
from src.application.ports.fan_out_watch import FanOutWatch
from src.entrypoints.population.settings import PopulationSettings
from src.infra.gateways.population.ibge_aggregates_gateway import IbgeAggregatesGateway
from src.infra.gateways.upstream import Upstream, open_client


@asynccontextmanager
async def gateway(settings: PopulationSettings) -> AsyncIterator[PopulationGateway]:
    """A gateway over a client of its own, which is closed at the end."""
    upstream = Upstream(
        name="o serviço de agregados do IBGE",
        settings="IBGE_",
        base_url=settings.ibge_aggregates_url,
        # Few requests: one place each, on demand.
        at_once=8,
        attempts=2,
        timeout_s=8,
        recent_answers=4,
        rests_for_all=True,
        ca_file=settings.ibge_ca_file,
        legacy_tls=settings.ibge_legacy_tls,
    )
    async with open_client(upstream, proxies=settings.proxies, watch=FanOutWatch()) as client:
        yield IbgeAggregatesGateway(client)
