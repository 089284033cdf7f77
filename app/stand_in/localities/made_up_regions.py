"""Regions that nobody has drawn, since the repository has no real ones.

There are about as many as real ones. Like those, they are named after one of the state's cities,
their codes begin with the state's, and their cities are scattered over the alphabet.
"""

from src.domain.localities.territory import City, State
from stand_in.content import Row

# On average.
CITIES_OF_A_MICROREGION = 9
CITIES_OF_AN_IMMEDIATE_REGION = 10
REGIONS_OF_A_WIDER_ONE = 4

# What the digits after the state's can count to.
MOST_MICROREGIONS, MOST_WIDER_REGIONS = 999, 99


def microregion(city: City, state: State, uf: Row) -> Row:
    """The microrregião of a city, within its mesorregião; `uf` is the row of the state."""
    count = max(1, min(len(state.cidades) // CITIES_OF_A_MICROREGION, MOST_MICROREGIONS))
    region = _region(_number(city, count), count, state, digits=3)
    return {**region, "mesorregiao": _wider(city, count, state, uf)}


def immediate_region(city: City, state: State, uf: Row) -> Row:
    """The região imediata of a city, within its região intermediária, likewise."""
    count = max(1, len(state.cidades) // CITIES_OF_AN_IMMEDIATE_REGION)
    region = _region(_number(city, count), count, state, digits=4)
    return {**region, "regiao-intermediaria": _wider(city, count, state, uf)}


def _wider(city: City, count: int, state: State, uf: Row) -> Row:
    wider = max(1, min(count // REGIONS_OF_A_WIDER_ONE, MOST_WIDER_REGIONS))
    return {**_region(_number(city, count) % wider, wider, state, digits=2), "UF": uf}


def _number(city: City, count: int) -> int:
    """Which of `count` regions a city lies in, from 0 on; neighbours by code lie apart."""
    return city.id // 10 * 7_919 % count


def _region(number: int, count: int, state: State, *, digits: int) -> Row:
    name = state.cidades[number * len(state.cidades) // count].nome
    return {"id": state.id * 10**digits + number + 1, "nome": name}
