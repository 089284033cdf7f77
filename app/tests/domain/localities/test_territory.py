"""A place is valid or cannot be created."""

import pytest

from src.domain.localities.capitals import CAPITALS
from src.domain.localities.territory import SIGLAS, City, District, InvalidTerritoryError, State
from src.domain.tree import InvalidTreeError, in_order
from tests.helpers.localities.places import (
    ALTA_FLORESTA,
    ARIQUEMES,
    BRASILIA,
    DISTRITO_FEDERAL,
    RONDONIA,
)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: District(11, "Alta"), "9 dígitos"),
        (lambda: District(1_000_000_000, "Alta"), "9 dígitos"),
        (lambda: City(-1100015, "Alta"), "7 dígitos"),
        (lambda: State(0, "RO", "Rondônia"), "2 dígitos"),
        (lambda: State(61, "RO", "Rondônia"), "não há região"),
        (lambda: City(1100015, ""), "sem nome"),
        (lambda: City(1100015, " \t"), "sem nome"),
        (lambda: State(11, "ro", "Rondônia"), "sigla"),
        (lambda: State(11, "RON", "Rondônia"), "sigla"),
    ],
)
def test_a_place_without_a_valid_code_or_name_is_refused(make: object, message: str) -> None:
    """Ids of the wrong length, blank names and malformed siglas raise an error."""
    assert callable(make)
    with pytest.raises(InvalidTerritoryError, match=message):
        make()


def test_blanks_around_a_name_are_stripped() -> None:
    """The official lists contain names with a trailing blank, such as 'Lagoa da Cruz '."""
    assert District(261153310, "Lagoa da Cruz ").nome == "Lagoa da Cruz"


def test_children_are_sorted_by_id() -> None:
    """Each level is in ascending order of id, whatever order the places arrive in."""
    districts = ALTA_FLORESTA.distritos
    assert districts is not None

    city = City(1100015, "Alta Floresta D'Oeste").with_children(reversed(districts))
    state = State(11, "RO", "Rondônia").with_children([ARIQUEMES, city])

    assert city == ALTA_FLORESTA
    assert state == RONDONIA
    assert in_order([DISTRITO_FEDERAL, RONDONIA]) == (RONDONIA, DISTRITO_FEDERAL)


def test_children_belong_to_their_parent() -> None:
    """A district of another city, or a city of another state, is refused."""
    with pytest.raises(InvalidTerritoryError, match="530010805 não pertence a 1100015"):
        ALTA_FLORESTA.with_children(BRASILIA.distritos or ())
    with pytest.raises(InvalidTerritoryError, match="5300108 não pertence a 11"):
        RONDONIA.with_children([BRASILIA])


def test_no_place_appears_twice() -> None:
    """A code that occurs twice at any level is refused."""
    with pytest.raises(InvalidTreeError, match="repetido"):
        ARIQUEMES.with_children((ARIQUEMES.distritos or ()) * 2)
    with pytest.raises(InvalidTreeError, match="repetido"):
        RONDONIA.with_children([ARIQUEMES, ARIQUEMES])
    with pytest.raises(InvalidTreeError, match="repetido"):
        in_order([RONDONIA, RONDONIA])


def test_every_city_has_a_district() -> None:
    """An empty list of districts is refused; None means that they are unknown."""
    assert City(1100023, "Ariquemes").distritos is None
    with pytest.raises(InvalidTerritoryError, match="sem distritos"):
        City(1100023, "Ariquemes").with_children([])


@pytest.mark.parametrize("name", ["x" * 1_000_000, "Duas\nlinhas", "Duas\r\nlinhas", "\u202eeuq"])
def test_a_name_is_one_short_line_that_people_can_see(name: str) -> None:
    """A stored place with a name of a megabyte, or in two lines, is as unusable as a read one."""
    with pytest.raises(InvalidTreeError, match="nome"):
        District(530010805, name)
    assert District(530010805, "x" * 200).nome == "x" * 200
    assert District(530010805, "São\u00a0João").nome == "São\u00a0João"


def test_a_state_lies_in_the_region_that_its_code_begins_with() -> None:
    """Each of the five regions has its states, as many as IBGE says."""
    siglas = [State(code, sigla, "Estado").regiao for code, sigla in SIGLAS.items()]

    assert State(18, "TJ", "Tapajós").regiao == "N"
    assert {sigla: siglas.count(sigla) for sigla in siglas} == {
        "N": 7,
        "NE": 9,
        "SE": 4,
        "S": 3,
        "CO": 4,
    }


def test_each_state_has_its_capital(brazil: tuple[State, ...]) -> None:
    """It is one of the state's cities."""
    assert CAPITALS.keys() == SIGLAS.keys() == {state.id for state in brazil}
    for state in brazil:
        assert state.capital is not None
        assert state.capital.id == CAPITALS[state.id]
        assert [city for city in state.cidades if city.is_capital] == [state.capital]
    names = {state.sigla: state.capital.nome for state in brazil if state.capital}
    assert names["SP"] == "São Paulo"
    assert names["TO"] == "Palmas"


def test_a_capital_may_be_unknown() -> None:
    """The state's cities have not been read, or the state is newer than the table."""
    assert State(35, "SP", "São Paulo").capital is None
    assert RONDONIA.capital is None
    assert not City(1800001, "Santarém").is_capital
