"""Serves an application on a real loopback socket, within the test's own event loop."""

import asyncio
import contextlib
import itertools
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

import aiohttp
import uvicorn
from starlette.types import ASGIApp

from src.application.localities.list_of_states_and_cities import ListOfStatesAndCities, Plan
from src.application.population.ports import Kind, PopulationGateway
from src.application.ports.fan_out_watch import FanOutWatch
from src.domain.population.population import Population
from src.entrypoints.feature import Feature
from src.entrypoints.features import PlacesOfTheTerritory, Settings
from src.entrypoints.localities.feature import Collecting, localities
from src.entrypoints.localities.settings import LocalitiesSettings
from src.entrypoints.population.feature import population
from src.entrypoints.population.settings import PopulationSettings
from stand_in.population.aggregates import YEAR, inhabitants
from tests.helpers.fakes import (
    Clock,
    FakeCitiesGateway,
    FakeDistrictsGateway,
    FakeStatesGateway,
    FakeUpstream,
)

# Below the ports that systems give to outgoing connections (from 32,768 on, on Linux), so that no
# connection takes a port after it was found free and before a server listens there. Processes that
# run tests side by side have neighbouring ids: each has a hundred ports of its own.
_FIRST_PORT = 20_000 + 100 * (os.getpid() % 100)
_PORTS = itertools.cycle(range(_FIRST_PORT, _FIRST_PORT + 100))


def free_port() -> int:
    """A free port, for a server in another process."""
    for port in itertools.islice(_PORTS, 100):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("every port is taken")


def client(url: str | None = None) -> aiohttp.ClientSession:
    """A session that asks for no content coding, so that each answer has one tag."""
    return aiohttp.ClientSession(url, skip_auto_headers=["Accept-Encoding"])


def collecting_from(
    upstream: FakeUpstream, *, now: Callable[[], datetime] | None = None
) -> Collecting:
    """Gives the use case over a fake upstream; `now` dates what it collects, by default long ago.

    Data dated long ago is stale at once, so each request starts a collection in the background.
    """

    @asynccontextmanager
    async def collecting(
        _: LocalitiesSettings, watch: FanOutWatch
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


class FakePopulationGateway(PopulationGateway):
    """The populations that the stand-in makes up."""

    async def of(self, kind: Kind, place_id: int) -> Population | None:
        return Population(YEAR, inhabitants(place_id))


@asynccontextmanager
async def made_up_populations(_: PopulationSettings) -> AsyncIterator[PopulationGateway]:
    """A gateway without an upstream."""
    yield FakePopulationGateway()


@asynccontextmanager
async def served(app: ASGIApp) -> AsyncIterator[str]:
    """The application's address while it is served, lifespan included."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_config=None, lifespan="on", ws="none"
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await serving
