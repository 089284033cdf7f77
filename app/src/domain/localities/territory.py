"""The territory: states hold cities, cities hold districts.

The codes are IBGE's: a state's id has two digits of which the first is its region's, a city's
seven of which the first two are its state's, a district's nine of which the first seven are its
city's
(https://www.ibge.gov.br/explica/codigos-dos-municipios.php). Whoever holds one of these objects
may rely on that, and on children in ascending order of id, each once.

Attributes carry the field's own words, which are also the names of the JSON fields
(docs/decisions/0002).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from src.domain.localities.capitals import CAPITALS
from src.domain.localities.regions import REGIONS
from src.domain.tree import Branch, InvalidTreeError, Leaf, require_name

_STATE_IDS = range(10, 100)
_CITY_IDS = range(1_000_000, 10_000_000)
_DISTRICT_IDS = range(100_000_000, 1_000_000_000)

_SIGLA = re.compile("[A-Z]{2}")

# Fixed by law; a state that is yet to be founded may have any other.
_SIGLAS = (
    "11 RO 12 AC 13 AM 14 RR 15 PA 16 AP 17 TO 21 MA 22 PI 23 CE 24 RN 25 PB 26 PE 27 AL 28 SE "
    "29 BA 31 MG 32 ES 33 RJ 35 SP 41 PR 42 SC 43 RS 50 MS 51 MT 52 GO 53 DF"
)
SIGLAS = {int(code): sigla for code, sigla in re.findall("([0-9]+) ([A-Z]+)", _SIGLAS)}


class InvalidTerritoryError(InvalidTreeError):
    """A place, or the relation of two places, breaks a rule of IBGE's codes."""


def settle(place: Leaf, ids: range) -> None:
    """Trims the place's name and requires one, and an id within `ids`, all of the same length.

    Raises InvalidTreeError.
    """
    if place.id not in ids:
        digits = len(str(ids.start))
        raise InvalidTerritoryError(f"esperado um código com {digits} dígitos, recebido {place.id}")
    # Official lists carry stray blanks around some names; they are no part of the name. The places
    # are frozen for everyone else, so this is the way around it. Most districts have the name of
    # their city, and trees read one after another have the same names: one string is enough.
    name = sys.intern(place.nome.strip())
    object.__setattr__(place, "nome", name)
    if not name:
        raise InvalidTerritoryError(f"o código {place.id} veio sem nome")
    require_name(place)


@dataclass(frozen=True, slots=True)
class District(Leaf):
    """The smallest place the service knows. Raises InvalidTerritoryError for an unusable row."""

    id: int
    nome: str

    def __post_init__(self) -> None:
        settle(self, _DISTRICT_IDS)

    @property
    def city_id(self) -> int:
        """The id of the city it belongs to."""
        return self.id // 100

    @property
    def state_id(self) -> int:
        """The id of the state it belongs to."""
        return self.id // 10_000_000


@dataclass(frozen=True, slots=True)
class City(Branch):
    """A municipality; `distritos` is None as long as nothing is known of its districts.

    Raises InvalidTerritoryError for an unusable row, and for districts that are not its own,
    are out of order or appear twice. Every city has one district at least.
    """

    PARTS = "distritos"

    id: int
    nome: str
    distritos: tuple[District, ...] | None = None

    def __post_init__(self) -> None:
        settle(self, _CITY_IDS)
        if self.distritos is not None:
            if not self.distritos:
                raise InvalidTerritoryError(f"a cidade {self.id} veio sem distritos")
            _require_own(self, self.distritos)

    @property
    def state_id(self) -> int:
        """The id of the state it belongs to."""
        return self.id // 100_000

    @property
    def is_capital(self) -> bool:
        """Whether it is the capital of its state."""
        return CAPITALS.get(self.state_id) == self.id

    def holds(self, place: State | City | District) -> bool:
        """Whether the place is one of this city's districts, by its code."""
        return isinstance(place, District) and place.city_id == self.id


@dataclass(frozen=True, slots=True)
class State(Branch):
    """A state, or the Federal District; `cidades` is empty as long as its cities are not known.

    Raises InvalidTerritoryError for an unusable row, and for cities that are not its own, are out
    of order or appear twice.
    """

    PARTS = "cidades"

    id: int
    sigla: str
    nome: str
    cidades: tuple[City, ...] = ()

    def __post_init__(self) -> None:
        settle(self, _STATE_IDS)
        if self.region_id not in REGIONS:
            raise InvalidTerritoryError(f"não há região para o código {self.id}")
        if not _SIGLA.fullmatch(self.sigla):
            raise InvalidTerritoryError(f"sigla de estado inválida: {self.sigla!r}")
        _require_own(self, self.cidades)

    @property
    def short_name(self) -> str:
        """Its sigla."""
        return self.sigla

    @property
    def region_id(self) -> int:
        """The id of the region that it lies in."""
        return self.id // 10

    @property
    def regiao(self) -> str:
        """The sigla of the region that it lies in."""
        return REGIONS[self.region_id].sigla

    @property
    def capital(self) -> City | None:
        """Its capital, if that is known."""
        return next((city for city in self.cidades if city.is_capital), None)

    def holds(self, place: State | City | District) -> bool:
        """Whether the place lies in this state, by its code."""
        return not isinstance(place, State) and place.state_id == self.id

    @property
    def children(self) -> tuple[City, ...] | None:
        """Its cities; every state has some."""
        return self.cidades or None


def require_own_siglas(states: Sequence[State]) -> None:
    """Raises InvalidTerritoryError if a state has not its own sigla, or two have the same."""
    siglas = {**SIGLAS}
    for state in states:
        if siglas.setdefault(state.id, state.sigla) != state.sigla:
            raise InvalidTerritoryError(f"o estado {state.id} veio com a sigla {state.sigla}")
    if len(set(siglas.values())) < len(siglas):
        raise InvalidTerritoryError("dois estados vieram com a mesma sigla")


def _require_ascending(places: Sequence[State | City | District]) -> None:
    before = 0
    for place in places:
        if place.id <= before:
            raise InvalidTerritoryError(f"código repetido ou fora de ordem: {place.id}")
        before = place.id


def _require_own(place: State | City, parts: Sequence[City | District]) -> None:
    _require_ascending(parts)
    # In ascending order, what belongs at both ends belongs in between.
    for part in (*parts[:1], *parts[-1:]):
        if not place.holds(part):
            raise InvalidTerritoryError(f"o código {part.id} não pertence a {place.id}")
