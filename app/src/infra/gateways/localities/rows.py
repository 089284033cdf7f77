"""From an answer's bytes to the domain's places, in one step.

The upstream's rows nest a dozen levels that nobody here needs; msgspec passes over them without
making objects (docs/decisions/0003). Rows without a usable id or name are refused by the places
themselves.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

from src.domain.localities.territory import City, District, State

Place = TypeVar("Place", State, City, District)

# Where exactly one row matches, some paths answer a bare object instead of a list.
_STATES = msgspec.json.Decoder(State | tuple[State, ...])
_CITIES = msgspec.json.Decoder(City | tuple[City, ...])
_DISTRICTS = msgspec.json.Decoder(District | tuple[District, ...])


def states_from(body: bytes) -> tuple[State, ...]:
    """The states in an answer. Raises ValueError where it holds anything else, or none."""
    return _at_least_one(_STATES.decode(body))


def cities_from(body: bytes, state: State) -> tuple[City, ...]:
    """The state's cities in an answer. Raises ValueError where it holds anything else, or none."""
    cities = _at_least_one(_CITIES.decode(body))
    for city in cities:
        if city.state_id != state.id:
            raise ValueError(f"a cidade {city.id} não é do estado {state.id}")
    return cities


def districts_from(body: bytes, city: City) -> tuple[District, ...]:
    """The city's districts in an answer.

    Raises ValueError where it holds anything else, or none.
    """
    districts = _at_least_one(_DISTRICTS.decode(body))
    for district in districts:
        if district.city_id != city.id:
            raise ValueError(f"o distrito {district.id} não é da cidade {city.id}")
    return districts


def districts_of_state_from(body: bytes, state: State) -> tuple[District, ...]:
    """All districts of a state in an answer.

    Raises ValueError where it holds anything else, or none.
    """
    districts = _at_least_one(_DISTRICTS.decode(body))
    for district in districts:
        if district.state_id != state.id:
            raise ValueError(f"o distrito {district.id} não é do estado {state.id}")
    return districts


def _at_least_one(rows: Place | tuple[Place, ...]) -> tuple[Place, ...]:
    # The upstream answers [] for an id it does not know; every id asked for here came from it.
    if rows == ():
        raise ValueError("lista vazia")
    return rows if isinstance(rows, tuple) else (rows,)
