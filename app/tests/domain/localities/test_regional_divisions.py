"""The regions that group cities: usable or not made, and kept as long as nothing newer is known."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from src.domain.localities.regional_divisions import (
    ImmediateRegion,
    Microregion,
    RegionalDivisions,
    WiderRegion,
)
from src.domain.succession import succeed, unread
from src.domain.tree import InvalidTreeError
from tests.helpers.localities.places import (
    ALTA_FLORESTA,
    ARIQUEMES,
    BRASILIA,
    DISTRITO_FEDERAL,
    DIVISIONS,
    RONDONIA,
    TWO_STATES,
)
from tests.helpers.localities.upstream import live

EAST = WiderRegion(1102, "Leste Rondoniense")
CACOAL = Microregion(11006, "Cacoal", EAST, (ALTA_FLORESTA.id,))
JI_PARANA = WiderRegion(1102, "Ji-Paraná")
IMMEDIATE_CACOAL = ImmediateRegion(110005, "Cacoal", JI_PARANA, (ALTA_FLORESTA.id,))

KNOWN = replace(live(TWO_STATES), divisions=DIVISIONS)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: WiderRegion(110, "Leste"), "4 dígitos"),
        (lambda: WiderRegion(1102, " "), "sem nome"),
        (lambda: WiderRegion(1102, "Leste\nRondoniense"), "caracteres de controle"),
        (lambda: replace(CACOAL, id=110005), "5 dígitos"),
        (lambda: replace(CACOAL, nome="x" * 201), "nome grande demais"),
        (lambda: replace(CACOAL, id=53001), "não fica em um só estado"),
        (lambda: replace(CACOAL, mesorregiao=WiderRegion(5301, "DF")), "não fica em um só"),
        (lambda: replace(CACOAL, cidades=(ALTA_FLORESTA.id, BRASILIA.id)), "não fica em um só"),
        (lambda: replace(CACOAL, cidades=(ARIQUEMES.id, ALTA_FLORESTA.id)), "fora de ordem"),
        (lambda: replace(CACOAL, cidades=(ARIQUEMES.id, ARIQUEMES.id)), "repetida"),
        (lambda: replace(IMMEDIATE_CACOAL, id=11006), "6 dígitos"),
        (lambda: replace(IMMEDIATE_CACOAL, id=530001), "não fica em um só estado"),
        (lambda: RegionalDivisions((CACOAL, CACOAL)), "repetido"),
        (lambda: RegionalDivisions((CACOAL, replace(CACOAL, id=11007))), "em duas regiões"),
    ],
)
def test_an_unusable_region_is_refused(make: Callable[[], object], message: str) -> None:
    """Codes have their length and lie in one state; names are those of places; no city is twice."""
    with pytest.raises(InvalidTreeError, match=message):
        make()


def test_regions_that_a_collection_has_read_replace_the_earlier_ones() -> None:
    """A region may have another name, and a city another region; nothing of that is in doubt."""
    everything_in_cacoal = RegionalDivisions(
        (replace(CACOAL, nome="Nova", cidades=(ALTA_FLORESTA.id, ARIQUEMES.id)),),
        (replace(IMMEDIATE_CACOAL, cidades=(ALTA_FLORESTA.id, ARIQUEMES.id)),),
    )
    known = replace(live((RONDONIA,)), divisions=DIVISIONS)
    collected = replace(known, divisions=everything_in_cacoal)

    assert succeed(known, collected) == collected


def test_regions_of_cities_that_were_not_read_are_kept() -> None:
    """Those of other cities are as they were read."""
    renamed = replace(CACOAL, nome="Nova")
    collected = replace(
        live((RONDONIA, DISTRITO_FEDERAL.with_children([]))),
        divisions=RegionalDivisions((renamed,), (IMMEDIATE_CACOAL,)),
    )

    divisions = succeed(KNOWN, collected).divisions

    assert renamed in divisions.microrregioes
    assert [region.cidades for region in divisions.microrregioes if BRASILIA.id in region.cidades]
    assert unread(KNOWN, "demorou").divisions == DIVISIONS


def test_a_city_joins_its_earlier_region_if_that_is_known() -> None:
    """Only one of its two cities was read; the newer name counts."""
    both = replace(CACOAL, cidades=(ALTA_FLORESTA.id, ARIQUEMES.id))
    earlier = RegionalDivisions((both,))
    collected = RegionalDivisions((replace(CACOAL, nome="Nova", cidades=(ARIQUEMES.id,)),))

    completed = collected.completed_from(earlier, {ALTA_FLORESTA.id, ARIQUEMES.id})

    assert completed == RegionalDivisions((replace(both, nome="Nova"),))


def test_a_city_may_leave_one_division() -> None:
    """The old regions are being superseded: a city that is read without one has none."""
    collected = RegionalDivisions((), (IMMEDIATE_CACOAL,))
    earlier = RegionalDivisions((CACOAL,), ())

    completed = collected.completed_from(earlier, {ALTA_FLORESTA.id})

    assert completed is collected


def test_a_snapshot_without_regions_gets_the_earlier_ones() -> None:
    """An earlier release collects without them."""
    assert succeed(KNOWN, live(TWO_STATES)).divisions == DIVISIONS


def test_regions_of_cities_that_are_gone_are_not_kept() -> None:
    """Ariquemes has left the list; so it has left its regions."""
    collected = live((RONDONIA.with_children([ALTA_FLORESTA]), DISTRITO_FEDERAL))

    divisions = succeed(KNOWN, collected).divisions

    left = {ALTA_FLORESTA.id, BRASILIA.id}
    assert {city for region in divisions.microrregioes for city in region.cidades} == left
    assert {city for region in divisions.regioes_imediatas for city in region.cidades} == left


def test_the_divisions_of_states_make_those_of_the_country() -> None:
    """They are in order of id, whichever state was read first."""
    one = RegionalDivisions(DIVISIONS.microrregioes[:1], DIVISIONS.regioes_imediatas[:1])
    rest = RegionalDivisions(DIVISIONS.microrregioes[1:], DIVISIONS.regioes_imediatas[1:])

    assert RegionalDivisions.of_country([rest, one]) == DIVISIONS
    assert RegionalDivisions.of_country([]) == RegionalDivisions()
