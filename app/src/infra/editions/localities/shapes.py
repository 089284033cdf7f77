"""The shapes in which places are answered: each has the JSON's keys, in the JSON's order.

The domain's classes may hold more than that (docs/decisions/0002).
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import TypeVar

import msgspec

from src.domain.localities import territory

Shape = TypeVar("Shape")


class Depth(StrEnum):
    """The lowest level that is answered of the tree."""

    STATES = "states"
    CITIES = "cities"
    DISTRICTS = "districts"


# Nothing in a shape refers back to it, so that the garbage collector need not look at it.
class District(msgspec.Struct, frozen=True, gc=False):
    """A district."""

    id: int
    nome: str


class City(msgspec.Struct, frozen=True, gc=False):
    """A city with its districts; None if nothing is known of them."""

    id: int
    nome: str
    distritos: tuple[District, ...] | None


class State(msgspec.Struct, frozen=True, gc=False):
    """A state with its cities and their districts."""

    id: int
    sigla: str
    nome: str
    cidades: tuple[City, ...]


class CityAlone(msgspec.Struct, frozen=True, gc=False):
    """A city without its districts."""

    id: int
    nome: str


class StateAlone(msgspec.Struct, frozen=True, gc=False):
    """A state without its cities, with the sigla of its region."""

    id: int
    sigla: str
    nome: str
    regiao: str


class StateWithCities(StateAlone, frozen=True, gc=False):
    """A state with its cities, without their districts."""

    cidades: tuple[CityAlone, ...]


class OneStateAlone(StateAlone, frozen=True, gc=False):
    """A state that is asked for by itself, with its capital; None if that is not known."""

    capital: CityAlone | None


class OneStateWithCities(OneStateAlone, frozen=True, gc=False):
    """The same with its cities, without their districts."""

    cidades: tuple[CityAlone, ...]


_STATES: dict[Depth, type[tuple[msgspec.Struct, ...]]] = {
    Depth.STATES: tuple[StateAlone, ...],
    Depth.CITIES: tuple[StateWithCities, ...],
    Depth.DISTRICTS: tuple[State, ...],
}
_ONE_STATE: dict[Depth, type[msgspec.Struct]] = {
    Depth.STATES: OneStateAlone,
    Depth.CITIES: OneStateWithCities,
    Depth.DISTRICTS: State,
}


def states_down_to(depth: Depth, states: Sequence[territory.State]) -> tuple[msgspec.Struct, ...]:
    """The states as they are answered at this depth."""
    return shaped(states, _STATES[depth])


def state_down_to(depth: Depth, state: territory.State) -> msgspec.Struct:
    """One state as it is answered by itself at this depth."""
    return shaped(state, _ONE_STATE[depth])


def shaped(places: object, shape: type[Shape]) -> Shape:
    """The domain's `places`, one or a tuple of them, in this shape.

    The whole tree takes a few milliseconds. Raises msgspec.ValidationError if they do not fit it.
    """
    return msgspec.convert(places, shape, from_attributes=True)


def districts_of(city: territory.City) -> tuple[District, ...] | None:
    """The districts of a city as they are answered; None if nothing is known of them."""
    return shaped(city, City).distritos
