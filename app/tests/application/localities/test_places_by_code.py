"""Every place is found by each of its codes, and by nothing else."""

import pytest

from src.application.localities.place_lookup import Places, UnknownPlaceError
from src.domain.localities.territory import City, State
from tests.helpers.localities.places import (
    ALTA_FLORESTA,
    ARIQUEMES,
    BRASILIA,
    DISTRITO_FEDERAL,
    DIVISIONS,
    RONDONIA,
    TWO_STATES,
)

TWO = Places(TWO_STATES)


@pytest.mark.parametrize("uf", ["RO", "ro", "Ro", "rO", "11"])
def test_a_state_is_found_by_sigla_in_either_case_or_id(uf: str) -> None:
    """The result is the tree's own object."""
    assert TWO.state(uf) is RONDONIA


@pytest.mark.parametrize(
    ("code", "city"), [("1100015", ALTA_FLORESTA), ("110002", ARIQUEMES), ("530010", BRASILIA)]
)
def test_a_city_is_found_with_or_without_its_check_digit(code: str, city: City) -> None:
    """Its code has 7 digits, of which the first 6 are enough."""
    assert TWO.city(code) is city


def test_a_district_is_found_by_its_nine_digits() -> None:
    """This holds for each district of a city."""
    for district in ALTA_FLORESTA.distritos or ():
        assert TWO.district(str(district.id)) is district


def test_the_regions_of_a_city_are_found() -> None:
    """Of a city without known regions there are none; nor of any, if none are known."""
    new_city = City(1100999, "Nova")
    places = Places(TWO_STATES, DIVISIONS)

    assert places.microregion_of(ALTA_FLORESTA) is DIVISIONS.microrregioes[1]
    assert places.immediate_region_of(BRASILIA) is DIVISIONS.regioes_imediatas[2]
    assert places.microregion_of(new_city) is None
    assert places.immediate_region_of(new_city) is None
    assert TWO.microregion_of(ALTA_FLORESTA) is None


@pytest.mark.parametrize("uf", ["", "R", "XX", "rond", "53 ", "011", "Rondônia", "\0", "１１"])
def test_no_state_has_another_code(uf: str) -> None:
    """A name is no code either."""
    with pytest.raises(UnknownPlaceError):
        TWO.state(uf)


@pytest.mark.parametrize(
    "code",
    [
        *("", "1", "11", "11000", "0110001", "01100015", "1100016", "110001505", "-1100015"),
        *("x", "1e6", "1_100_015", " 1100015", "１１０００１５", "\0"),
    ],
)
def test_no_city_has_another_code(code: str) -> None:
    """Other spellings of the number do not count, nor do the codes of other places."""
    with pytest.raises(UnknownPlaceError):
        TWO.city(code)


@pytest.mark.parametrize("code", ["", "11000150", "0110001505", "1100015", "110001506", "x", "+1"])
def test_no_district_has_another_code(code: str) -> None:
    """The same as for cities."""
    with pytest.raises(UnknownPlaceError):
        TWO.district(code)


def test_a_tree_with_gaps_has_what_is_known() -> None:
    """A state without cities and a city without districts are found, too."""
    city = City(5300108, "Brasília")
    places = Places([State(11, "RO", "Rondônia"), DISTRITO_FEDERAL.with_children([city])])

    assert places.state("RO") == State(11, "RO", "Rondônia")
    assert places.city("530010") is city
    with pytest.raises(UnknownPlaceError):
        places.district("530010805")


def test_no_two_cities_of_brazil_share_a_code(brazil: tuple[State, ...]) -> None:
    """In the real data, too, six digits stand for one city only."""
    places = Places(brazil)

    for state in brazil:
        for city in state.cidades:
            assert places.city(str(city.id)) is city
            assert places.city(str(city.id)[:6]) is city
