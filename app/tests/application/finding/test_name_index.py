"""A typed name finds its place, the likeliest match first."""

import re
from collections.abc import Iterable
from typing import TypeVar
from unicodedata import normalize

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from src.application.finding.name_index import NameIndex
from src.domain.localities.territory import City, District, State
from src.domain.searchable_names import searchable
from tests.helpers.localities.places import ALTA_FLORESTA, ARIQUEMES, BRASILIA

ALL = 20_000

Place = TypeVar("Place", City, District)

any_text = st.text(st.characters())


def cities_named(*names: str, state_id: int = 11) -> list[City]:
    """Cities of one state with these names and ascending ids."""
    return [City(state_id * 100_000 + number, name) for number, name in enumerate(names)]


def index_of(places: Iterable[Place]) -> NameIndex[Place]:
    """An index of these places, by state."""
    return NameIndex(places, root_of=lambda place: place.state_id)


def names_found(
    places: Iterable[City], query: str | None, *, state_id: int | None = None
) -> list[str]:
    """The names of all places that the query finds, in order."""
    found = index_of(places).search(query, root=state_id, limit=ALL, offset=0)
    assert found.total == len(found.parts)
    return [place.nome for place in found.parts]


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


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("ALTA FLORESTA D’OESTE", "Alta Floresta D'Oeste"),
        ("sao joao del rei", "São João del-Rei"),
        ("olho d agua do borges", "Olho-d'Água do Borges"),
        ("  sa\u0303o   tome\u0301 ", "São Tomé"),
    ],
)
def test_a_name_is_found_in_any_spelling(query: str, name: str) -> None:
    """Accents, case, punctuation and blanks do not count."""
    names = ["Alta Floresta D'Oeste", "São João del-Rei", "Olho-d'Água do Borges", "São Tomé"]

    assert names_found(cities_named(*names), query) == [name]


@given(st.data())
def test_any_spelling_finds_the_place_among_all_and_in_its_state(
    cities: NameIndex[City], all_cities: tuple[City, ...], data: st.DataObject
) -> None:
    """Only places of the same name come before it."""
    city = data.draw(st.sampled_from(all_cities))
    query = data.draw(spellings(city.nome))

    for state_id in (None, city.state_id):
        found = cities.search(query, root=state_id, limit=ALL, offset=0).parts
        before = found[: found.index(city)]
        assert {searchable(each.nome) for each in before} <= {searchable(city.nome)}


def test_every_place_is_found_by_its_own_name(
    districts: NameIndex[District], all_districts: tuple[District, ...]
) -> None:
    """Each of the real districts is found, in its state."""
    for district in all_districts:
        found = districts.search(district.nome, root=district.state_id, limit=ALL, offset=0)
        assert district in found.parts


def test_the_likeliest_come_first() -> None:
    """First the name itself, then names that begin with it, then a word that does, then others."""
    names = ["Itaguaçu", "Olho-d'Água do Borges", "Águas Belas", "Boa Água", "Água", "Água Boa"]

    assert names_found(cities_named(*names), "agua") == [
        "Água",
        "Água Boa",
        "Águas Belas",
        "Boa Água",
        "Olho-d'Água do Borges",
        "Itaguaçu",
    ]


def rank(wanted: str, key: str) -> int:
    """The rank of a match, written as plainly as possible; 4 is no match."""
    words = [key[at:] for at in range(1, len(key)) if key[at - 1] == " "]
    if key == wanted:
        return 0
    if key.startswith(wanted):
        return 1
    if any(word.startswith(wanted) for word in words):
        return 2
    return 3 if wanted in key else 4


@given(
    st.lists(st.text("aÁb -", min_size=1, max_size=8).filter(str.strip), max_size=12),
    st.text("ab", min_size=1, max_size=3),
)
def test_the_order_is_by_match_then_name_then_id(names: list[str], query: str) -> None:
    """This holds for any names, and only those that match are found."""
    places = cities_named(*names)
    keys = {place: searchable(place.nome) for place in places}
    matching = [place for place in places if rank(query, keys[place]) < 4] or [
        place for place in places if closed(query) in closed(keys[place])
    ]

    found = index_of(reversed(places)).search(query, limit=ALL, offset=0)

    assert list(found.parts) == sorted(
        matching, key=lambda place: (rank(query, keys[place]), keys[place], place.id)
    )


def closed(name: str) -> str:
    """The name without its blanks."""
    return searchable(name).replace(" ", "")


@pytest.mark.parametrize("query", ["doeste", "DOeste", "d oeste", "d'oeste"])
def test_an_apostrophe_may_be_left_out(query: str) -> None:
    """Most people leave it out."""
    places = cities_named("Alta Floresta D'Oeste", "Cacoal")

    assert names_found(places, query) == ["Alta Floresta D'Oeste"]


@pytest.mark.parametrize("query", [None, "", " ", "\t \u00a0"])
def test_without_a_query_all_places_come_in_order_of_name(query: str | None) -> None:
    """A blank field asks for all; accents and case do not affect the order."""
    places = [*cities_named("Ouro", "água", "Óbidos"), BRASILIA]

    assert names_found(places, query) == ["água", "Brasília", "Óbidos", "Ouro"]
    assert names_found(places, query, state_id=53) == ["Brasília"]


@pytest.mark.parametrize("query", ["!!!", "\0", "🙂", "\ud800", "-"])
def test_a_query_without_letters_or_digits_finds_nothing(query: str) -> None:
    """It asks for something that no name has."""
    assert names_found(cities_named("São João del-Rei"), query) == []


def test_only_the_places_of_the_state_are_found() -> None:
    """A state that does not exist has none."""
    places = [*cities_named("São Tomé", state_id=11), *cities_named("São Tomé", state_id=24)]
    index = index_of(places)

    for place in places:
        found = index.search("São Tomé", root=place.state_id, limit=ALL, offset=0)
        assert found.parts == (place,)
    assert names_found(places, "São Tomé", state_id=99) == []


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("Ariquemis", "Ariquemes"),
        ("Ariqeumes", "Ariquemes"),
        ("Arriquemes", "Ariquemes"),
        ("Brazilia", "Brasília"),
        ("Alta Floresta Doeste", "Alta Floresta D'Oeste"),
        ("Alto Florezta do Oeste", "Alta Floresta D'Oeste"),
    ],
)
def test_a_small_misspelling_is_forgiven(query: str, name: str) -> None:
    """A letter may be wrong, missing, superfluous or swapped; in a longer name, more than one."""
    places = [ALTA_FLORESTA, ARIQUEMES, BRASILIA]

    assert names_found(places, query) == [name]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("Ipu", ["Itu", "Ipê"]),
        ("Macau", ["Manaus"]),
        ("Porto Xavier", ["Porto Alegre"]),
    ],
)
def test_another_name_is_no_misspelling(query: str, names: list[str]) -> None:
    """Nearly all short names are similar."""
    assert names_found(cities_named(*names), query) == []


def test_misspellings_are_found_only_if_nothing_else_is() -> None:
    """The same holds within a state: a correct spelling finds no other names."""
    places = [*cities_named("Campina Verde"), *cities_named("Campinas", "Canpinas", state_id=35)]

    assert names_found(places, "Campina") == ["Campina Verde", "Campinas"]
    assert names_found(places, "Campinaz") == ["Campinas", "Canpinas"]
    assert names_found(places, "Campina Verdi", state_id=11) == ["Campina Verde"]
    assert names_found(places, "Campina Verdi", state_id=35) == []


def test_misspellings_are_in_order_of_similarity_then_name_then_id() -> None:
    """Many places may be equally similar, and pages need a stable order."""
    places = cities_named(*["Canpinas", "Campinas", "Campanas"] * 20)

    found = index_of(reversed(places)).search("campinaz", limit=ALL, offset=0).parts

    ranks = {"Campinas": 0, "Campanas": 1, "Canpinas": 2}
    assert list(found) == sorted(places, key=lambda place: (ranks[place.nome], place.id))


@given(st.data())
def test_one_wrong_letter_does_not_hide_a_place(
    cities: NameIndex[City], all_cities: tuple[City, ...], data: st.DataObject
) -> None:
    """The place is found, unless another name contains the text that was typed."""
    city = data.draw(st.sampled_from(all_cities).filter(lambda city: len(city.nome) >= 4))
    key = searchable(city.nome)
    at = data.draw(st.sampled_from([at for at, each in enumerate(key) if each != " "]))
    query = key[:at] + "w" + key[at + 1 :]

    found = cities.search(query, limit=ALL, offset=0).parts

    assert city in found or any(query in searchable(place.nome) for place in found)


@given(
    query=st.sampled_from([None, "a", "sao", "oeste", "sao joze"]),
    state_id=st.sampled_from([None, 11, 35]),
    limit=st.integers(100, 700),
)
def test_the_pages_add_up_to_the_whole(
    cities: NameIndex[City], query: str | None, state_id: int | None, limit: int
) -> None:
    """Each place comes once, in order, and each page has the same total."""
    whole = cities.search(query, root=state_id, limit=ALL, offset=0)

    pages = [
        cities.search(query, root=state_id, limit=limit, offset=offset)
        for offset in range(0, whole.total, limit)
    ]

    assert tuple(place for page in pages for place in page.parts) == whole.parts
    assert {page.total for page in pages} <= {whole.total}
    assert len(set(whole.parts)) == whole.total == len(whole.parts)


@pytest.mark.parametrize(
    ("limit", "offset", "names"),
    [(2, 0, ["A", "B"]), (2, 2, ["C"]), (2, 3, []), (0, 0, []), (9, 10**30, [])],
)
@pytest.mark.parametrize("query", [None, "cidade"])
def test_a_page_has_no_more_than_its_limit(
    query: str | None, limit: int, offset: int, names: list[str]
) -> None:
    """The last page may have less, pages after it are empty; the total stays."""
    index = index_of(cities_named("Cidade A", "Cidade C", "Cidade B"))

    found = index.search(query, limit=limit, offset=offset)

    assert [place.nome for place in found.parts] == [f"Cidade {name}" for name in names]
    assert found.total == 3


@given(any_text)
@example("\ud800")
@example("🙂 são 🙂")
@example("\ufdfa" * 1_000)
def test_any_text_may_be_searched_for(
    cities: NameIndex[City], all_cities: tuple[City, ...], query: str
) -> None:
    """Nothing raises, and everything found exists."""
    found = cities.search(query, limit=ALL, offset=0)

    assert found.total == len(found.parts)
    assert set(found.parts) <= set(all_cities)


def test_a_name_is_found_however_long_it_is() -> None:
    """Only the beginning of such a long query is used."""
    name = "São Tomé " * 30

    assert names_found(cities_named(name, "São Tomé"), name) == [name.strip()]


@pytest.mark.parametrize("query", [None, "Ariquemes"])
def test_without_places_nothing_is_found(query: str | None) -> None:
    """A snapshot may lack all cities."""
    assert names_found([], query) == []
