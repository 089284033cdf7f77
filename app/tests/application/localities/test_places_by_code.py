"""Every place by each of its codes, and by nothing else."""

import pytest

from src.application.localities.place_lookup import Places, UnknownPlaceError
from src.domain.localities.territory import City, State
from tests.helpers.places import (
    ALTA_FLORESTA,
    ARIQUEMES,
    BRASILIA,
    DISTRITO_FEDERAL,
    RONDONIA,
    TWO_STATES,
)

TWO = Places(TWO_STATES)


@pytest.mark.parametrize("uf", ["RO", "ro", "Ro", "rO", "11"])
def test_a_state_by_sigla_in_either_case_or_id(uf: str) -> None:
    """The very object of the tree."""
    assert TWO.state(uf) is RONDONIA


@pytest.mark.parametrize(
    ("code", "city"), [("1100015", ALTA_FLORESTA), ("110002", ARIQUEMES), ("530010", BRASILIA)]
)
def test_a_city_with_or_without_its_check_digit(code: str, city: City) -> None:
    """7 digits or the first 6."""
    assert TWO.city(code) is city


def test_a_district_by_its_nine_digits() -> None:
    """In any of its city's places."""
    for district in ALTA_FLORESTA.distritos or ():
        assert TWO.district(str(district.id)) is district


@pytest.mark.parametrize("uf", ["", "R", "XX", "rond", "53 ", "011", "Rondônia", "\0", "１１"])
def test_no_state_has_another_code(uf: str) -> None:
    """Nor is a name one."""
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
    """No number that is written in another way, and no other place's."""
    with pytest.raises(UnknownPlaceError):
        TWO.city(code)


@pytest.mark.parametrize("code", ["", "11000150", "0110001505", "1100015", "110001506", "x", "+1"])
def test_no_district_has_another_code(code: str) -> None:
    """As for cities."""
    with pytest.raises(UnknownPlaceError):
        TWO.district(code)


def test_a_tree_with_gaps_has_what_is_known() -> None:
    """A state without cities, and a city without districts, are places all the same."""
    city = City(5300108, "Brasília")
    places = Places([State(11, "RO", "Rondônia"), DISTRITO_FEDERAL.with_cities([city])])

    assert places.state("RO") == State(11, "RO", "Rondônia")
    assert places.city("530010") is city
    with pytest.raises(UnknownPlaceError):
        places.district("530010805")


def test_no_two_places_of_brazil_share_a_code(brazil: tuple[State, ...]) -> None:
    """Six digits name one city only, in the real data, too."""
    places = Places(brazil)

    for state in brazil:
        for city in state.cidades:
            assert places.city(str(city.id)) is city
            assert places.city(str(city.id)[:6]) is city
