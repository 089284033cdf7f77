"""The first collection, followed line by line."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import msgspec

from src.application.localities.list_of_states_and_cities import ListOfStatesAndCities, Plan
from src.application.ports.fan_out_watch import FanOutWatch
from src.application.ports.upstream_errors import UpstreamConnectionError
from src.domain.localities.territory import City, District
from src.entrypoints.api import create_app
from src.entrypoints.features import Settings
from src.entrypoints.localities.feature import localities
from src.entrypoints.localities.settings import LocalitiesSettings
from tests.helpers.fakes import Clock
from tests.helpers.localities.places import ALTA_FLORESTA, RONDONIA, TWO_STATES
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
        _: LocalitiesSettings, watch: FanOutWatch
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


async def test_each_state_is_sent_when_it_is_ready() -> None:
    """The Federal District comes at once, although another state takes its time."""
    async with service(FakeUpstream(TWO_STATES)) as (session, districts):
        async with session.get("/api/v1/states", headers=NDJSON) as answer:
            first = msgspec.json.decode(await answer.content.readline())
            assert not districts.let_go.is_set()
            districts.let_go.set()
            second = msgspec.json.decode(await answer.content.readline())
            rest = await answer.read()

        async with session.get("/api/v1/states") as whole:
            assert sorted([first, second], key=lambda state: state["id"]) == await whole.json()

    assert answer.headers["Content-Type"] == "application/x-ndjson"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers
    assert (first["sigla"], second["sigla"], rest) == ("DF", "RO", b"")


async def test_a_state_that_could_not_be_read_whole_comes_last() -> None:
    """It is sent once it is decided what is answered in its place."""
    down = UpstreamConnectionError("sem conexão")
    upstream = FakeUpstream(TWO_STATES, errors={ALTA_FLORESTA.id: down})
    async with service(upstream) as (session, districts):
        async with session.get("/api/v1/states", headers=NDJSON) as answer:
            districts.let_go.set()
            lines = (await answer.read()).splitlines()

    states = [msgspec.json.decode(line) for line in lines]
    assert [state["sigla"] for state in states] == ["DF", "RO"]
    assert states[1]["cidades"][0]["distritos"] is None


async def test_a_client_that_hangs_up_does_not_disturb_the_collection() -> None:
    """The next client gets the whole."""
    async with service(FakeUpstream(TWO_STATES)) as (session, districts):
        async with session.get("/api/v1/states", headers=NDJSON) as answer:
            await answer.content.readline()
            answer.close()
        districts.let_go.set()
        async with session.get("/api/v1/states", headers=NDJSON) as again:
            assert len((await again.read()).splitlines()) == 2


async def test_without_any_state_the_answer_is_an_error() -> None:
    """A collection that fails at once does not make an empty stream."""
    upstream = FakeUpstream((), errors={0: UpstreamConnectionError("sem conexão")})
    async with service(upstream) as (session, _):
        async with session.get("/api/v1/states", headers=NDJSON) as answer:
            assert answer.status == 503
            assert answer.headers["Content-Type"] == "application/problem+json"


async def test_a_client_of_lines_waits_no_longer_than_others() -> None:
    """If no state is ready in time, it gets what there is: here nothing, so a 503."""
    upstream = FakeUpstream(TWO_STATES)
    upstream.held_level = "cities"
    async with service(upstream, snapshot_wait_s=0.3) as (session, _):
        async with session.get("/api/v1/states", headers=NDJSON) as answer:
            assert answer.status == 503


async def test_with_bundled_data_the_first_client_gets_a_stream_too() -> None:
    """This holds even if no collection has begun yet."""
    async with service(FakeUpstream(TWO_STATES), snapshot_bundled=True) as (session, districts):
        async with session.get("/api/v1/states", headers=NDJSON) as answer:
            assert "ETag" not in answer.headers
            districts.let_go.set()
            lines = (await answer.read()).splitlines()

    assert len(lines) == 27
