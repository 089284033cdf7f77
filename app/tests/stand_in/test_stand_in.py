"""The stand-in serves any contents, is controlled while it runs, and fails on demand."""

import asyncio
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence

import aiohttp
import pytest

from src.entrypoints.settings import APP_DIR
from stand_in.content import Content, Row
from stand_in.contents import settings_at
from stand_in.faults import Behaviour, Fault, Kind
from stand_in.server import StandIn
from tests.helpers.cars import Brands


class Dealers(Content):
    """Another upstream, which answers questions with a query."""

    base_path = "/api/dealers"

    def rows(self, path: str) -> Sequence[Row] | None:
        return [{"brand": path.partition("=")[2]}] if path.startswith("/list?") else None

    def heading(self, path: str) -> str:
        return "dealers"


@pytest.fixture
async def upstream() -> AsyncIterator[StandIn]:
    """A stand-in for two upstreams."""
    async with StandIn(Brands(), Dealers()) as running:
        yield running


async def rows(upstream: StandIn, path: str) -> object:
    """The JSON that the stand-in returns."""
    async with aiohttp.ClientSession() as session:
        async with session.get(upstream.url + path) as answer:
            return await answer.json()


async def statuses(upstream: StandIn, *paths: str) -> list[int]:
    """The statuses of the answers to these paths, in turn."""
    found = []
    async with aiohttp.ClientSession() as session:
        for path in paths:
            async with session.get(upstream.url + path) as answer:
                found.append(answer.status)
    return found


async def test_each_content_answers_below_its_base_path(upstream: StandIn) -> None:
    """One server stands in for several upstreams; a query belongs to the path."""
    assert await rows(upstream, "/api/cars/brands") == [
        {"id": 1, "name": "Ford"},
        {"id": 2, "name": "Toyota"},
    ]
    assert await rows(upstream, "/api/dealers/list?brand=Ford") == [{"brand": "Ford"}]
    nowhere = ["/api/dealers/brands", "/api/cars/list?brand=Ford", "/api/cars", "/api/carsbrands"]
    assert await statuses(upstream, *nowhere, "/brands") == [404] * 5


async def test_the_contents_can_be_replaced(upstream: StandIn) -> None:
    """The next request is answered with the new ones."""
    upstream.serve(Dealers())
    assert await statuses(upstream, "/api/cars/brands", "/api/dealers/list?brand=Ford") == [
        404,
        200,
    ]


async def test_requests_are_counted_under_their_content_s_headings() -> None:
    """By default, the heading is the last part of the path."""
    paths = ["/api/cars/brands", *(f"/api/cars/brands/{id_}/models" for id_ in range(5))]
    dealers = ["/api/dealers/list?brand=Ford", "/api/dealers/list?brand=Fiat"]
    behaviour = Behaviour(faults=(Fault(kind=Kind.HELD),))
    async with StandIn(Brands(), Dealers(), behaviour=behaviour) as upstream:
        asking = asyncio.gather(*(statuses(upstream, path) for path in [*paths, *dealers]))
        while upstream.figures.in_flight < 8:
            await asyncio.sleep(0.01)
        upstream.behave(Behaviour())
        await asking
        await statuses(upstream, "/api/cars/brands")
        figures = upstream.figures

    assert figures.most_in_flight_by_heading == {"brands": 1, "models": 5, "dealers": 2}
    assert figures.most_in_flight == 8
    assert (figures.requests, figures.retries, figures.lists) == (9, 1, 8)
    assert upstream.asked_for("/brands") == 2


async def test_it_is_controlled_over_http(upstream: StandIn) -> None:
    """PUT sets the behaviour, GET returns the figures, DELETE resets them."""
    async with aiohttp.ClientSession() as session:
        (await session.put(upstream.control_url, json={"max_rps": 2, "retry_after": 1})).release()
        found = await statuses(upstream, *["/api/cars/brands"] * 9)
        async with session.get(upstream.control_url) as answer:
            figures = await answer.json()
        async with session.put(upstream.control_url, json={"max_rps": "x"}) as refused:
            assert refused.status == 400
        async with session.delete(upstream.control_url) as answer:
            assert (await answer.json())["requests"] == 0
        (await session.put(upstream.control_url, json={})).release()
    assert await statuses(upstream, "/api/cars") == [404]
    assert 429 in found
    assert figures["requests"] == 9
    assert figures["refused_by_rate"] == found.count(429)


async def test_a_share_of_requests_fails(upstream: StandIn) -> None:
    """It is about the given share, and only for the given paths."""
    fault = Fault(kind=Kind.STATUS, share=0.5, path="/brands/.*", status=502)
    upstream.behave(Behaviour(faults=(fault,)))
    found = await statuses(upstream, *["/api/cars/brands/1/models"] * 40)
    assert await statuses(upstream, "/api/cars/brands") == [200]
    assert set(found) == {200, 502}
    assert 10 <= found.count(502) <= 30


async def test_a_list_can_shrink_to_a_tenth(upstream: StandIn) -> None:
    """A careless service would believe this fault."""
    upstream.behave(Behaviour(faults=(Fault(kind=Kind.TENTH),)))
    models = await rows(upstream, "/api/cars/brands/1/models")
    assert isinstance(models, list)
    assert len(models) == 5


async def test_a_list_can_be_empty_or_of_wrong_types(upstream: StandIn) -> None:
    """There still are no lists at unknown paths."""
    upstream.behave(Behaviour(faults=(Fault(kind=Kind.EMPTY),)))
    assert await rows(upstream, "/api/cars/brands") == []
    upstream.behave(Behaviour(faults=(Fault(kind=Kind.WRONG_TYPES),)))
    assert await rows(upstream, "/api/cars/brands") == [
        {"id": "1", "name": 1},
        {"id": "2", "name": 1},
    ]
    assert await statuses(upstream, "/api/cars/models") == [404]


async def test_the_data_can_change(upstream: StandIn) -> None:
    """A brand has another name in each collection; other contents stay as they are."""
    upstream.behave(Behaviour(changing=True))
    names = []
    for _ in range(2):
        await statuses(upstream, "/api/cars/brands/1/models", "/api/dealers/list?brand=Ford")
        brands = await rows(upstream, "/api/cars/brands")
        assert isinstance(brands, list)
        names.append(brands[0]["name"])

    assert names == ["Ford 1", "Ford 2"]


def test_as_a_program_it_prints_the_settings_that_point_to_it() -> None:
    """They are in one line, printed once it answers."""
    command = [sys.executable, "-m", "stand_in", "--port", "0", "--latency-ms", "0"]
    with subprocess.Popen(command, cwd=APP_DIR, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        settings = dict(each.split("=", 1) for each in process.stdout.readline().split())
        process.terminate()

    address = re.match("http://127.0.0.1:[0-9]+", next(iter(settings.values())))
    assert address is not None
    assert settings == settings_at(address[0])
