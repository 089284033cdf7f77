"""The service with its real features, as its callers reach it, over the test's own places."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import aiohttp
from starlette.types import ASGIApp

from src.application.experimenting.experiment import Experiment
from src.application.localities.list_of_states_and_cities import ListOfStatesAndCities, Plan
from src.application.ports.fan_out_watch import FanOutWatch
from src.entrypoints.feature import Feature
from src.entrypoints.features import PlacesOfTheTerritory, Settings
from src.entrypoints.localities.feature import Collecting, localities
from src.entrypoints.localities.settings import LocalitiesSettings
from src.entrypoints.population.feature import population
from tests.helpers import services
from tests.helpers.fakes import Clock
from tests.helpers.localities.upstream import (
    FakeCitiesGateway,
    FakeDistrictsGateway,
    FakeStatesGateway,
    FakeUpstream,
)
from tests.helpers.population.gateway import made_up_populations
from tests.helpers.serving import client, served


@asynccontextmanager
async def service(
    upstream: FakeUpstream, *, now: Callable[[], datetime] | None = None, **settings: Any
) -> AsyncIterator[aiohttp.ClientSession]:
    """A session with a service that collects from this upstream, at its base address."""
    async with served(application(upstream, now=now, **settings)) as url, client(url) as session:
        yield session


def application(
    upstream: FakeUpstream, *, now: Callable[[], datetime] | None = None, **settings: Any
) -> ASGIApp:
    """The service itself, to be served."""
    chosen = {"snapshot_bundled": False, **settings}
    return services.application(features_over(upstream, now=now), **chosen)


def collecting_from(
    upstream: FakeUpstream, *, now: Callable[[], datetime] | None = None
) -> Collecting:
    """Gives the use case over a fake upstream; `now` dates what it collects, by default long ago.

    Data dated long ago is stale at once, so a second collection follows the first.
    """

    @asynccontextmanager
    async def collecting(
        _: LocalitiesSettings, watch: FanOutWatch, __: Experiment | None
    ) -> AsyncIterator[ListOfStatesAndCities]:
        yield ListOfStatesAndCities(
            states=FakeStatesGateway(upstream),
            cities=FakeCitiesGateway(upstream),
            districts=FakeDistrictsGateway(upstream),
            states_limit=asyncio.Semaphore(26),
            plan=Plan.CITY,
            now=now or Clock(),
            watch=watch,
        )

    return collecting


def features_over(
    upstream: FakeUpstream, *, now: Callable[[], datetime] | None = None
) -> list[Feature[Settings]]:
    """The service's features, over a fake upstream as in `collecting_from`."""
    return [
        localities(collecting_from(upstream, now=now)),
        population(PlacesOfTheTerritory, gateway=made_up_populations),
    ]
