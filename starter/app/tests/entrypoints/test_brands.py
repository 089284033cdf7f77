"""The brands as callers get them, from a stand-in of their upstream over real sockets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from src.entrypoints.api import create_app
from src.entrypoints.brands import BRANDS
from src.entrypoints.features import Settings
from stand_in.brands import CarTable
from stand_in.faults import Behaviour, Fault, Kind
from stand_in.server import StandIn
from tests.helpers.services import ask, ended
from tests.helpers.serving import client, served

PATH = "/api/v1/brands"


@asynccontextmanager
async def service(behaviour: Behaviour | None = None) -> AsyncIterator[aiohttp.ClientSession]:
    """A session with the service, over an upstream that behaves like this."""
    async with StandIn(CarTable(), behaviour=behaviour) as upstream:
        settings = Settings(cars_url=upstream.url + CarTable.base_path)
        app = create_app(settings, features=[BRANDS])
        async with served(app) as url, client(url) as session:
            yield session


async def test_every_brand_has_its_models_with_their_years() -> None:
    """One GET has all of it: the tenth brand has ten models, and the tenth model ten years."""
    async with service() as session:
        answer = await ask(session, PATH)

    assert answer.headers["X-Snapshot-Missing"] == "0"
    assert [len(brand["modelos"]) for brand in answer.json] == list(range(1, 11))
    assert len(answer.json[9]["modelos"][9]["anos"]) == 10


async def test_a_brand_that_cannot_be_read_is_named_and_the_others_are_answered() -> None:
    """Its models are null, which says that they are unknown; an empty list would say none."""
    refused = Fault(kind=Kind.STATUS, status=404, path="/marcas/3/modelos")
    async with service(Behaviour(faults=(refused,))) as session:
        answer = await ask(session, PATH)

    assert answer.headers["X-Snapshot-Missing"] == "1"
    assert answer.json[2]["modelos"] is None
    assert all(brand["modelos"] for brand in answer.json if brand["id"] != 3)


async def test_a_repeat_with_the_tag_costs_only_a_304() -> None:
    """The content has not changed."""
    async with service() as session:
        first = await ask(session, PATH)
        again = await ask(session, PATH, {"If-None-Match": first.headers["ETag"]})

    assert (again.status, again.body) == (304, b"")


async def test_a_collection_is_told_in_the_brands_own_words() -> None:
    """Its requests are counted for each brand."""
    async with service() as session:
        await ask(session, PATH)
        refresh = await ended(session, f"{PATH}/refreshes/current")

    assert refresh["resultado"] == {
        "marcas": 10,
        "modelos": 55,
        "anos": 220,
        "sem_dados": 0,
        "mantidos": 0,
    }
    assert [brand["concluidas"] for brand in refresh["marcas"]] == list(range(2, 12))
