"""The first collection of the places, followed line by line."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from src.application.experimenting.experiment import Experiment
from src.application.localities.list_of_states_and_cities import ListOfStatesAndCities, Plan
from src.application.ports.fan_out_watch import FanOutWatch
from src.domain.localities.territory import City, District
from src.entrypoints.api import create_app
from src.entrypoints.features import Settings
from src.entrypoints.localities.feature import localities
from src.entrypoints.localities.settings import LocalitiesSettings
from tests.helpers.fakes import Clock
from tests.helpers.localities.places import RONDONIA, TWO_STATES
from tests.helpers.localities.upstream import (
    FakeCitiesGateway,
    FakeDistrictsGateway,
    FakeStatesGateway,
    FakeUpstream,
)
from tests.helpers.serving import client, served

NDJSON = {"Accept": "application/x-ndjson"}


class HeldDistricts(FakeDistrictsGateway):
    """Holds back the districts of Rondônia until `let_go` is set."""

    def __init__(self, upstream: FakeUpstream) -> None:
        super().__init__(upstream)
        self.let_go = asyncio.Event()

    async def of_city(self, city: City) -> tuple[District, ...]:
        if city.state_id == RONDONIA.id:
            await self.let_go.wait()
        return await super().of_city(city)


@asynccontextmanager
async def service(
    upstream: FakeUpstream, **settings: Any
) -> AsyncIterator[tuple[aiohttp.ClientSession, HeldDistricts]]:
    """A session with a service that waits for the districts of Rondônia."""
    districts = HeldDistricts(upstream)

    @asynccontextmanager
    async def collecting(
        _: LocalitiesSettings, watch: FanOutWatch, __: Experiment | None
    ) -> AsyncIterator[ListOfStatesAndCities]:
        yield ListOfStatesAndCities(
            states=FakeStatesGateway(upstream),
            cities=FakeCitiesGateway(upstream),
            districts=districts,
            states_limit=asyncio.Semaphore(26),
            plan=Plan.CITY,
            now=Clock(),
            watch=watch,
        )

    chosen = Settings(**{"snapshot_bundled": False, **settings})
    app = create_app(chosen, features=[localities(collecting)])
    async with served(app) as url, client(url) as session:
        yield session, districts


async def test_with_bundled_data_the_first_client_gets_a_stream_too() -> None:
    """This holds even if no collection has begun yet."""
    async with service(FakeUpstream(TWO_STATES), snapshot_bundled=True) as (session, districts):
        async with session.get("/api/v1/states", headers=NDJSON) as answer:
            assert "ETag" not in answer.headers
            districts.let_go.set()
            lines = (await answer.read()).splitlines()

    assert len(lines) == 27


async def test_states_are_streamed_down_to_the_depth_that_is_asked_for() -> None:
    """Each comes when it is ready, with the keys of that depth."""
    path = "/api/v1/states?depth=cities"
    async with service(FakeUpstream(TWO_STATES)) as (session, districts):
        async with session.get(path, headers=NDJSON) as answer:
            first = await answer.content.readline()
            assert not districts.let_go.is_set()
            districts.let_go.set()
            rest = await answer.read()
        async with session.get(path) as whole:
            assert [json.loads(line) for line in (rest, first)] == await whole.json()

    assert json.loads(first) == {
        "id": 53,
        "sigla": "DF",
        "nome": "Distrito Federal",
        "regiao": "CO",
        "cidades": [{"id": 5300108, "nome": "Brasília"}],
    }
