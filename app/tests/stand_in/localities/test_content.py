"""The stand-in answers for places as the upstream does, quirks included."""

from collections.abc import AsyncIterator

import aiohttp
import msgspec
import pytest

from src.domain.localities.territory import State
from src.infra.gateways.localities.region_rows import regional_divisions
from stand_in.faults import Behaviour
from stand_in.localities.upstream_rows import multiplied
from tests.helpers.localities.ibge import Ibge


@pytest.fixture
async def upstream(brazil: tuple[State, ...]) -> AsyncIterator[Ibge]:
    """A stand-in over the whole territory."""
    async with Ibge(brazil) as running:
        yield running


async def rows(upstream: Ibge, path: str) -> object:
    """The JSON that the stand-in returns."""
    async with aiohttp.ClientSession() as session:
        async with session.get(upstream.base_url + path) as answer:
            return await answer.json()


async def test_shapes(upstream: Ibge) -> None:
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


async def test_quirks(upstream: Ibge) -> None:
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


async def test_regions_are_about_as_many_as_the_real_ones(
    upstream: Ibge, brazil: tuple[State, ...]
) -> None:
    """Each city but the newest has one of each kind; the service refuses none of them."""
    kinds = [("microrregiao", "mesorregiao"), ("regiao-imediata", "regiao-intermediaria")]
    found: dict[str, set[int]] = {name: set() for pair in kinds for name in pair}
    cities = await rows(upstream, "/estados/" + "|".join(s.sigla for s in brazil) + "/municipios")
    assert isinstance(cities, list)
    for city in cities:
        for narrow, wide in kinds:
            if city[narrow] is not None:
                found[narrow].add(city[narrow]["id"])
                found[wide].add(city[narrow][wide]["id"])

    real = {
        "microrregiao": 558,
        "mesorregiao": 137,
        "regiao-imediata": 510,
        "regiao-intermediaria": 133,
    }
    assert found.keys() == real.keys()
    for kind, count in real.items():
        assert 0.9 * count < len(found[kind]) < 1.1 * count
    assert [city["id"] for city in cities if city["microrregiao"] is None] == [5101837]
    read = regional_divisions(msgspec.json.encode(cities))
    assert sum(len(region.cidades) for region in read.microrregioes) == len(cities) - 1
    assert sum(len(region.cidades) for region in read.regioes_imediatas) == len(cities)


async def test_districts_of_a_state_are_in_order_of_their_citys_name(upstream: Ibge) -> None:
    """One request returns all districts of a state, in an order that is not by id."""
    districts = await rows(upstream, "/estados/RO/distritos")
    assert isinstance(districts, list)
    names = [district["municipio"]["nome"] for district in districts]
    assert names == sorted(names)
    ids = [district["id"] for district in districts]
    assert ids != sorted(ids)


async def test_the_data_can_change(upstream: Ibge) -> None:
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
