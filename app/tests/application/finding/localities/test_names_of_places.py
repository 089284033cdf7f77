"""Every place is found by its name, the likeliest match first."""

import re
import sys
from collections import Counter
from collections.abc import Iterable
from types import FrameType
from typing import Any, TypeVar
from unicodedata import normalize

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from src.application.finding.name_index import NameIndex
from src.domain.localities.territory import City, District, State
from src.domain.searchable_names import searchable

ALL = 20_000

Place = TypeVar("Place", City, District)

any_text = st.text(st.characters())


def index_of(places: Iterable[Place]) -> NameIndex[Place]:
    """An index of these places, by state."""
    return NameIndex(places, groups_of=lambda place: (place.state_id,))


@pytest.fixture(scope="module")
def all_cities(brazil: tuple[State, ...]) -> tuple[City, ...]:
    """Every city there is."""
    return tuple(city for state in brazil for city in state.cidades)


@pytest.fixture(scope="module")
def all_districts(all_cities: tuple[City, ...]) -> tuple[District, ...]:
    """Every district there is."""
    return tuple(district for city in all_cities for district in city.distritos or ())


@pytest.fixture(scope="module")
def cities(all_cities: tuple[City, ...]) -> NameIndex[City]:
    """An index of every city there is."""
    return index_of(all_cities)


@pytest.fixture(scope="module")
def districts(all_districts: tuple[District, ...]) -> NameIndex[District]:
    """An index of every district there is."""
    return index_of(all_districts)


@st.composite
def spellings(draw: st.DrawFn, name: str) -> str:
    """The name as somebody may type it: any case, encoding, punctuation and blanks."""
    between = draw(st.sampled_from(["'", "’", "ʼ", "´", "-", "–", " ", "   ", "\u00a0", "\0", "."]))
    around = draw(st.sampled_from(["", " ", "\t", "  ", '"']))
    capitals = draw(st.integers(0, 2 ** len(name) - 1))
    cased = "".join(
        each.upper() if capitals >> at & 1 else each.lower() for at, each in enumerate(name)
    )
    encoded = normalize(draw(st.sampled_from(["NFC", "NFD"])), re.sub(r"\W+", between, cased))
    return around + encoded + around


@given(st.data())
def test_any_spelling_finds_the_place_among_all_and_in_its_state(
    cities: NameIndex[City], all_cities: tuple[City, ...], data: st.DataObject
) -> None:
    """Only places of the same name come before it."""
    city = data.draw(st.sampled_from(all_cities))
    query = data.draw(spellings(city.nome))

    for state_id in (None, city.state_id):
        found = cities.search(query, group=state_id).parts
        before = found[: found.index(city)]
        assert {searchable(each.nome) for each in before} <= {searchable(city.nome)}


def test_every_place_is_found_by_its_own_name(
    districts: NameIndex[District], all_districts: tuple[District, ...]
) -> None:
    """Each of the real districts is found, in its state."""
    for district in all_districts:
        found = districts.search(district.nome, group=district.state_id)
        assert district in found.parts


@given(st.data())
def test_one_wrong_letter_does_not_hide_a_place(
    cities: NameIndex[City], all_cities: tuple[City, ...], data: st.DataObject
) -> None:
    """The place is found, unless another name contains the text that was typed."""
    city = data.draw(st.sampled_from(all_cities).filter(lambda city: len(city.nome) >= 4))
    key = searchable(city.nome)
    at = data.draw(st.sampled_from([at for at, each in enumerate(key) if each != " "]))
    query = key[:at] + "w" + key[at + 1 :]

    found = cities.search(query).parts

    assert city in found or any(query in searchable(place.nome) for place in found)


@pytest.mark.parametrize("query", [None, "a", "sao", "oeste", "sao joze", "s paulo", "pará pa"])
@pytest.mark.parametrize("state_id", [None, 11, 35])
def test_each_place_is_found_once(
    cities: NameIndex[City], query: str | None, state_id: int | None
) -> None:
    """It may match in several ways; the best counts."""
    found = cities.search(query, group=state_id).parts

    assert len(set(found)) == len(found)
    assert {city.state_id for city in found} <= ({state_id} if state_id else set(range(100)))


@given(any_text)
@example("\ud800")
@example("🙂 são 🙂")
@example("\ufdfa" * 1_000)
def test_any_text_may_be_searched_for(
    cities: NameIndex[City], all_cities: tuple[City, ...], query: str
) -> None:
    """Nothing raises, and everything found exists."""
    found = cities.search(query)

    assert set(found.parts) <= set(all_cities)


@pytest.mark.parametrize("query", ["doeste", "florinaopolis", "zzz", "x" * 100])
def test_no_name_is_made_anew_for_a_query(districts: NameIndex[District], query: str) -> None:
    """There are 10,768 of them; what names are compared by is made once, with the index."""
    calls: Counter[str] = Counter()

    def count(_: FrameType, event: str, called: Any) -> None:
        if event == "c_call":
            calls[called.__name__] += 1

    sys.setprofile(count)
    try:
        districts.search(query)
    finally:
        sys.setprofile(None)

    assert calls["replace"] <= 1
    assert calls["casefold"] <= 3  # of the query alone
