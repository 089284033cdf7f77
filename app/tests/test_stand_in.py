"""The stand-in answers as the upstream does, quirks included, and fails on demand."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from src.domain.localities.territory import State
from stand_in.faults import Behaviour, Fault, Kind
from stand_in.server import BASE_PATH, StandIn
from stand_in.upstream_rows import multiplied


@pytest.fixture
async def upstream(brazil: tuple[State, ...]) -> AsyncIterator[StandIn]:
    """A stand-in over the whole territory."""
    async with StandIn(brazil) as running:
        yield running


async def rows(upstream: StandIn, path: str) -> object:
    """The JSON that the stand-in returns."""
    async with aiohttp.ClientSession() as session:
        async with session.get(upstream.base_url + path) as answer:
            return await answer.json()


async def test_shapes(upstream: StandIn) -> None:
    """States have a region, cities two kinds of region, districts their whole city."""
    states = await rows(upstream, "/estados")
    assert isinstance(states, list)
    assert states[0] == {
        "id": 11,
        "sigla": "RO",
        "nome": "Rondônia",
        "regiao": {"id": 1, "sigla": "N", "nome": "Norte"},
    }
    cities = await rows(upstream, "/estados/RO/municipios")
    assert isinstance(cities, list)
    assert cities[0]["microrregiao"]["mesorregiao"]["UF"] == states[0]
    assert cities[0]["regiao-imediata"]["regiao-intermediaria"]["UF"] == states[0]
    districts = await rows(upstream, "/municipios/1100015/distritos")
    assert isinstance(districts, list)
    assert districts[0]["municipio"] == cities[0]


async def test_quirks(upstream: StandIn) -> None:
    """Unknown ids give an empty list, single rows no list, the newest city has no microrregiao."""
    assert await rows(upstream, "/municipios/9999999/distritos") == []
    brasilia = await rows(upstream, "/estados/53/municipios")
    assert isinstance(brasilia, dict)
    new_city = await rows(upstream, "/municipios/5101837/distritos")
    assert isinstance(new_city, dict)
    assert new_city["municipio"]["microrregiao"] is None
    both = await rows(upstream, "/estados/RO|53/municipios")
    assert isinstance(both, list)
    assert {city["id"] // 100_000 for city in both} == {11, 53}


async def test_districts_of_a_state_are_in_order_of_their_citys_name(upstream: StandIn) -> None:
    """One request returns all districts of a state, in an order that is not by id."""
    districts = await rows(upstream, "/estados/RO/distritos")
    assert isinstance(districts, list)
    names = [district["municipio"]["nome"] for district in districts]
    assert names == sorted(names)
    ids = [district["id"] for district in districts]
    assert ids != sorted(ids)


async def test_it_is_controlled_over_http(upstream: StandIn) -> None:
    """PUT sets the behaviour, GET returns the figures, DELETE resets them."""
    async with aiohttp.ClientSession() as session:
        (await session.put(upstream.control_url, json={"max_rps": 2, "retry_after": 1})).release()
        statuses = []
        for _ in range(9):
            async with session.get(f"{upstream.base_url}/estados") as answer:
                statuses.append(answer.status)
        async with session.get(upstream.control_url) as answer:
            figures = await answer.json()
        async with session.put(upstream.control_url, json={"max_rps": "x"}) as refused:
            assert refused.status == 400
        async with session.delete(upstream.control_url) as answer:
            assert (await answer.json())["requests"] == 0
        (await session.put(upstream.control_url, json={})).release()
        async with session.get(upstream.control_url.replace("/controle", BASE_PATH)) as nothing:
            assert nothing.status == 404
    assert 429 in statuses
    assert figures["requests"] == 9
    assert figures["refused_by_rate"] == statuses.count(429)


async def test_a_share_of_requests_fails(upstream: StandIn) -> None:
    """It is about the given share, and only for the given paths."""
    fault = Fault(kind=Kind.STATUS, share=0.5, path="/municipios/.*", status=502)
    upstream.behave(Behaviour(faults=(fault,)))
    async with aiohttp.ClientSession() as session:
        statuses = []
        for _ in range(40):
            url = f"{upstream.base_url}/municipios/5101837/distritos"
            async with session.get(url) as answer:
                statuses.append(answer.status)
        async with session.get(f"{upstream.base_url}/estados") as states:
            assert states.status == 200
    assert set(statuses) == {200, 502}
    assert 10 <= statuses.count(502) <= 30


async def test_a_list_can_shrink_to_a_tenth(upstream: StandIn) -> None:
    """A careless service would believe this fault."""
    upstream.behave(Behaviour(faults=(Fault(kind=Kind.TENTH),)))
    cities = await rows(upstream, "/estados/11/municipios")
    assert isinstance(cities, list)
    assert len(cities) == 5


async def test_the_data_can_change(upstream: StandIn) -> None:
    """A city has another name in each collection."""
    upstream.behave(Behaviour(changing=True))
    names = []
    for _ in range(2):
        await rows(upstream, "/estados")
        cities = await rows(upstream, "/estados/11/municipios")
        assert isinstance(cities, list)
        names.append(cities[0]["nome"])

    assert names == ["Alta Floresta D'Oeste 1", "Alta Floresta D'Oeste 2"]


async def test_the_cities_can_be_multiplied(brazil: tuple[State, ...]) -> None:
    """The copies have unused codes of the same state, and all their districts."""
    doubled = multiplied(brazil, 2)

    assert [len(state.cidades) for state in doubled] == [2 * len(s.cidades) for s in brazil]
    cities = {city.id: city for state in doubled for city in state.cidades}
    for state in brazil:
        assert all(cities[city.id] == city for city in state.cidades)
    assert sum(len(city.distritos or ()) for city in cities.values()) == 2 * sum(
        len(city.distritos or ()) for state in brazil for city in state.cidades
    )
