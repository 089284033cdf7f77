"""Each place is found by any of its codes and by name, with its parents."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.application.localities.place_lookup import SUGGESTIONS, Places, UnknownPlaceError
from src.domain.localities.territory import City, District, State
from tests.helpers.localities.places import (
    ALTA_FLORESTA,
    ARIQUEMES,
    BRASILIA,
    DISTRITO_FEDERAL,
    RONDONIA,
    TWO_STATES,
)
from tests.helpers.localities.trees import trees

TWO = Places(TWO_STATES)


@given(trees(), st.data())
def test_any_accepted_spelling_of_any_place_finds_it(
    states: tuple[State, ...], data: st.DataObject
) -> None:
    """Every place of any tree is found, and its city and state are known."""
    places = Places(states)

    for state in states:
        sigla = data.draw(st.sampled_from([state.sigla, state.sigla.lower()]))
        assert places.state(sigla) is places.state(str(state.id)) is state
        for city in state.cidades:
            digits = data.draw(st.sampled_from([6, 7]))
            assert places.city(str(city.id)[:digits]) is city
            assert places.state_of(city) is state
            for district in city.distritos or ():
                assert places.district(str(district.id)) is district
                assert places.city_of(district) is city
                assert places.state_of(district) is state


@given(trees())
def test_every_place_is_found_by_name(states: tuple[State, ...]) -> None:
    """Both indexes hold all places of their kind, and no others."""
    places = Places(states)
    cities = {city for state in states for city in state.cidades}
    districts = {district for city in cities for district in city.distritos or ()}

    assert set(places.cities.search(None)) == cities
    assert set(places.districts.search(None)) == districts


@given(trees(), st.text(max_size=9))
def test_any_other_text_is_an_unknown_place(states: tuple[State, ...], code: str) -> None:
    """No text raises another error, and each suggestion is a place of the tree."""
    places = Places(states)
    finders: list[Callable[[str], State | City | District]] = [
        places.state,
        places.city,
        places.district,
    ]

    for find in finders:
        outcome = _asked(find, code)
        if isinstance(outcome, UnknownPlaceError):
            assert outcome.code == code
            assert all(find(_code(place)) is place for place in outcome.similar)
        else:
            assert code.upper() in {_code(outcome), str(outcome.id), str(outcome.id)[:6]}


def _asked(
    find: Callable[[str], State | City | District], code: str
) -> State | City | District | UnknownPlaceError:
    try:
        return find(code)
    except UnknownPlaceError as exc:
        return exc


def _code(place: State | City | District) -> str:
    return place.sigla if isinstance(place, State) else str(place.id)


@pytest.mark.parametrize(
    ("find", "kind", "code", "similar"),
    [
        (TWO.state, "estado", "RX", [RONDONIA]),
        (TWO.state, "estado", "do", [DISTRITO_FEDERAL, RONDONIA]),
        (TWO.state, "estado", "52", [DISTRITO_FEDERAL]),
        (TWO.state, "estado", "XX", []),
        (TWO.state, "estado", "99", []),
        (TWO.city, "cidade", "1100016", [ALTA_FLORESTA]),
        (TWO.city, "cidade", "110003", [ALTA_FLORESTA, ARIQUEMES]),
        (TWO.city, "cidade", "5310108", [BRASILIA]),
        (TWO.city, "cidade", "2110001", []),
        (TWO.city, "cidade", "9999999", []),
        (TWO.district, "distrito", "110002306", ARIQUEMES.distritos),
        (TWO.district, "distrito", "999999999", []),
    ],
)
def test_a_code_with_one_wrong_character_gets_suggestions(
    find: Callable[[str], object],
    kind: str,
    code: str,
    similar: list[State | City | District],
) -> None:
    """Their codes differ in that character only; the likeliest slip comes first."""
    with pytest.raises(UnknownPlaceError) as caught:
        find(code)

    assert (caught.value.kind, caught.value.code) == (kind, code)
    assert caught.value.similar == list(similar)
    assert str(caught.value) == f"não há {kind} com o código {code}"


def test_only_a_few_similar_places_are_suggested(brazil: tuple[State, ...]) -> None:
    """Each comes once, however many there are."""
    places = Places(brazil)

    with pytest.raises(UnknownPlaceError) as caught:
        places.state("MM")

    assert len(caught.value.similar) == SUGGESTIONS
    assert len(set(caught.value.similar)) == SUGGESTIONS
