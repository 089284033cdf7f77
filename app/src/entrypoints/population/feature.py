"""The population of places as a feature: what it brings, and how it is opened."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeAlias

from src.application.on_demand.last_good_by_key import LastGoodByKey
from src.application.on_demand.shared_values import SharedValues
from src.application.population.population_of_a_place import PopulationOfAPlace, ask
from src.application.population.ports import Places, PopulationGateway
from src.domain.population.population import Population
from src.entrypoints.feature import Feature, Opened
from src.entrypoints.on_demand import OnDemand
from src.entrypoints.population.settings import PopulationSettings
from src.entrypoints.storage import open_values
from src.infra.controllers.population import errors, population_controller
from src.infra.controllers.population.population_controller import OpenedPopulation
from src.infra.process.clock import utc_now
from src.infra.process.leaving import leaving
from src.infra.storage.values.memory_values import MemoryValues
from src.infra.storage.values.value_format import ValueFormat

# For how many seconds a caller waits for a population of which nothing is known.
WAIT_S = 10.0


# Opens the gateway with all it needs, and closes that at the end.
OpenGateway: TypeAlias = Callable[
    [PopulationSettings], AbstractAsyncContextManager[PopulationGateway]
]


def population(
    places: Callable[[Mapping[str, Any]], Places],
    *,
    gateway: OpenGateway | None = None,
    wait_s: float = WAIT_S,
) -> Feature[PopulationSettings]:
    """The feature; `places` gets what knows the places from what other features have opened.

    `gateway` is for tests without an upstream.
    """

    @asynccontextmanager
    async def opened(
        settings: PopulationSettings, others: Mapping[str, Any]
    ) -> AsyncIterator[Opened]:
        async def open_gateway() -> AbstractAsyncContextManager[PopulationGateway]:
            if gateway is not None:
                return gateway(settings)
            return (await asyncio.to_thread(_gateway_to_upstream))(settings)

        async def ask_upstream(key: str) -> Population | None:
            return await ask(await opened_gateway(), key)

        near = MemoryValues(ValueFormat(Population))
        async with (
            OnDemand(open_gateway) as opened_gateway,
            open_values(settings, Population, folder="population") as far,
            contextlib.aclosing(
                LastGoodByKey(
                    ask=ask_upstream,
                    upstream="população, IBGE",
                    near=near,
                    shared=SharedValues(store=far, near=near),
                    ttl_s=settings.population_ttl_s,
                    wait_s=wait_s,
                    now=utc_now,
                )
            ) as estimates,
        ):
            use_case = PopulationOfAPlace(places=places(others), estimates=estimates)
            with leaving(estimates.end):
                yield Opened(
                    state={"population": OpenedPopulation(use_case, settings.population_ttl_s)}
                )

    return Feature(
        open=opened,
        routers=[population_controller.router],
        tags=[{"name": "Populacao", "description": "Quantos habitantes um lugar tem."}],
        errors=errors.ERRORS,
        parameters=errors.ALLOWED,
    )


def _gateway_to_upstream() -> OpenGateway:
    # It takes aiohttp, which is imported only if a population is requested.
    from src.entrypoints.population.asking import gateway  # noqa: PLC0415  # as above

    return gateway
