"""A place that exists is a valid one."""

import pytest

from src.domain.localities.territory import City, District, InvalidTerritoryError, State, in_order
from tests.helpers.places import ALTA_FLORESTA, ARIQUEMES, BRASILIA, DISTRITO_FEDERAL, RONDONIA


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: District(11, "Alta"), "9 dígitos"),
        (lambda: District(1_000_000_000, "Alta"), "9 dígitos"),
        (lambda: City(-1100015, "Alta"), "7 dígitos"),
        (lambda: State(0, "RO", "Rondônia"), "2 dígitos"),
        (lambda: City(1100015, ""), "sem nome"),
        (lambda: City(1100015, " \t"), "sem nome"),
        (lambda: State(11, "ro", "Rondônia"), "sigla"),
        (lambda: State(11, "RON", "Rondônia"), "sigla"),
    ],
)
def test_a_place_without_usable_code_or_name_cannot_be(make: object, message: str) -> None:
    """Ids of the wrong length, blank names and siglas that are none are refused."""
    assert callable(make)
    with pytest.raises(InvalidTerritoryError, match=message):
        make()


def test_stray_blanks_are_no_part_of_a_name() -> None:
    """The official lists hold names such as 'Lagoa da Cruz ' with a blank at the end."""
    assert District(261153310, "Lagoa da Cruz ").nome == "Lagoa da Cruz"


def test_children_are_put_in_order_of_id() -> None:
    """Whatever the order of arrival, each level is in ascending order of id."""
    districts = ALTA_FLORESTA.distritos
    assert districts is not None

    city = City(1100015, "Alta Floresta D'Oeste").with_districts(reversed(districts))
    state = State(11, "RO", "Rondônia").with_cities([ARIQUEMES, city])

    assert city == ALTA_FLORESTA
    assert state == RONDONIA
    assert in_order([DISTRITO_FEDERAL, RONDONIA]) == (RONDONIA, DISTRITO_FEDERAL)


def test_children_belong_to_their_parent() -> None:
    """A district of another city, or a city of another state, is refused."""
    with pytest.raises(InvalidTerritoryError, match="530010805 não pertence a 1100015"):
        ALTA_FLORESTA.with_districts(BRASILIA.distritos or ())
    with pytest.raises(InvalidTerritoryError, match="5300108 não pertence a 11"):
        RONDONIA.with_cities([BRASILIA])


def test_no_place_appears_twice() -> None:
    """A code that comes twice at any level is refused."""
    with pytest.raises(InvalidTerritoryError, match="repetido"):
        ARIQUEMES.with_districts((ARIQUEMES.distritos or ()) * 2)
    with pytest.raises(InvalidTerritoryError, match="repetido"):
        RONDONIA.with_cities([ARIQUEMES, ARIQUEMES])
    with pytest.raises(InvalidTerritoryError, match="repetido"):
        in_order([RONDONIA, RONDONIA])


def test_every_city_has_a_district() -> None:
    """An empty list of districts is no knowledge of a city; None says that nothing is known."""
    assert City(1100023, "Ariquemes").distritos is None
    with pytest.raises(InvalidTerritoryError, match="sem distritos"):
        City(1100023, "Ariquemes").with_districts([])
