"""How IBGE divides each state into regions, each of which is a group of cities.

There are two such divisions: microrregiões within mesorregiões, of 1989, and regiões imediatas
within regiões intermediárias, which superseded them in 2017. Neither is a level of the
territory's tree. They cross each other, and a city that was founded since has no microrregião.

Every id begins with the state's
(https://www.ibge.gov.br/geociencias/organizacao-do-territorio/divisao-regional.html).
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Self, TypeVar

from src.domain.localities.territory import InvalidTerritoryError, settle
from src.domain.tree import Leaf, in_order

_WIDER_IDS = range(1_000, 10_000)
_MICROREGION_IDS = range(10_000, 100_000)
_IMMEDIATE_IDS = range(100_000, 1_000_000)


@dataclass(frozen=True, slots=True)
class WiderRegion(Leaf):
    """A mesorregião or a região intermediária. Raises InvalidTreeError for an unusable row."""

    id: int
    nome: str

    def __post_init__(self) -> None:
        settle(self, _WIDER_IDS)


@dataclass(frozen=True, slots=True)
class Microregion(Leaf):
    """A microrregião, with the codes of its cities in ascending order.

    Raises InvalidTreeError for an unusable row, and if it does not lie in one state.
    """

    id: int
    nome: str
    mesorregiao: WiderRegion
    cidades: tuple[int, ...]

    def __post_init__(self) -> None:
        settle(self, _MICROREGION_IDS)
        _require_one_state(self, self.id // 1_000, self.mesorregiao)


@dataclass(frozen=True, slots=True)
class ImmediateRegion(Leaf):
    """A região imediata, with the codes of its cities in ascending order.

    Raises InvalidTreeError for an unusable row, and if it does not lie in one state.
    """

    id: int
    nome: str
    regiao_intermediaria: WiderRegion
    cidades: tuple[int, ...]

    def __post_init__(self) -> None:
        settle(self, _IMMEDIATE_IDS)
        _require_one_state(self, self.id // 10_000, self.regiao_intermediaria)


R = TypeVar("R", bound=Microregion | ImmediateRegion)


@dataclass(frozen=True, slots=True)
class RegionalDivisions:
    """Both divisions as far as they are known, each in order of id.

    Regions have their cities, not cities their regions: so the name of each is held and stored
    once, and the tree is that of the reference answer (docs/decisions/0025).

    Raises InvalidTreeError if a region appears twice, or a city twice in one division.
    """

    microrregioes: tuple[Microregion, ...] = ()
    regioes_imediatas: tuple[ImmediateRegion, ...] = ()

    def __post_init__(self) -> None:
        for regions in (self.microrregioes, self.regioes_imediatas):
            in_order(regions)
            if len(_cities_of(regions)) < sum(len(region.cidades) for region in regions):
                raise InvalidTerritoryError("uma cidade veio em duas regiões")

    @classmethod
    def of_country(cls, of_states: Iterable[Self]) -> Self:
        """Those of all states together. Raises InvalidTreeError."""
        divisions = list(of_states)
        return cls(
            in_order(region for each in divisions for region in each.microrregioes),
            in_order(region for each in divisions for region in each.regioes_imediatas),
        )

    def completed_from(self, earlier: Self, cities: Container[int]) -> Self:
        """With the earlier regions of all those `cities` of which nothing is known here.

        What is known here counts: a city in an immediate region alone has no microrregião.
        """
        known = _cities_of((*self.microrregioes, *self.regioes_imediatas))
        before = _cities_of((*earlier.microrregioes, *earlier.regioes_imediatas))
        lacking = {city for city in before - known if city in cities}
        if not lacking:
            return self
        return replace(
            self,
            microrregioes=_joined(self.microrregioes, earlier.microrregioes, lacking),
            regioes_imediatas=_joined(self.regioes_imediatas, earlier.regioes_imediatas, lacking),
        )


def _joined(regions: Sequence[R], earlier: Sequence[R], lacking: Container[int]) -> tuple[R, ...]:
    """The regions, with those of the lacking cities that the earlier ones have."""
    joined = {region.id: region for region in regions}
    for region in earlier:
        added = tuple(city for city in region.cidades if city in lacking)
        if region.id in joined:
            cities = sorted((*joined[region.id].cidades, *added))
            joined[region.id] = replace(joined[region.id], cidades=tuple(cities))
        elif added:
            joined[region.id] = replace(region, cidades=added)
    return in_order(joined.values())


def _cities_of(regions: Iterable[Microregion | ImmediateRegion]) -> set[int]:
    return {city for region in regions for city in region.cidades}


def _require_one_state(
    region: Microregion | ImmediateRegion, state_id: int, wider: WiderRegion
) -> None:
    codes = region.cidades
    if wider.id // 100 != state_id or any(code // 100_000 != state_id for code in codes):
        raise InvalidTerritoryError(f"a região {region.id} não fica em um só estado")
    if any(code >= after for code, after in pairwise(codes)):
        raise InvalidTerritoryError(f"cidade repetida ou fora de ordem na região {region.id}")
