"""A typed name finds its part, the likeliest match first."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.application.finding.name_index import Match, NameIndex
from src.domain.searchable_names import searchable
from tests.sample_feature.shelves import Item

BALL = Item(1_001, "Bola Amarela d'Água")
TOOL = Item(1_002, "Ferramenta")
SCREEN = Item(2_001, "Televisão")


def items_named(*names: str, shelf: int = 1) -> list[Item]:
    """Items of one shelf with these names and ascending ids."""
    return [Item(shelf * 1_000 + number, name) for number, name in enumerate(names)]


def shelf_of(item: Item) -> int:
    """The id of the shelf that the item is on."""
    return item.id // 1_000


def index_of(items: Iterable[Item]) -> NameIndex[Item]:
    """An index of these items, by shelf."""
    return NameIndex(items, groups_of=lambda item: (shelf_of(item),))


def names_found(items: Iterable[Item], query: str | None, *, shelf: int | None = None) -> list[str]:
    """The names of all items that the query finds, in order."""
    found = index_of(items).search(query, group=shelf)
    return [item.nome for item in found.parts]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("GOTA D’ÁGUA", "Gota d'Água"),
        ("guarda roupa alemao", "Guarda-Roupa Alemão"),
        ("pe d agua de verao", "Pé-d'Água de Verão"),
        ("  irma\u0303o   jose\u0301 ", "Irmão José"),
    ],
)
def test_a_name_is_found_in_any_spelling(query: str, name: str) -> None:
    """Accents, case, punctuation and blanks do not count."""
    names = ["Gota d'Água", "Guarda-Roupa Alemão", "Pé-d'Água de Verão", "Irmão José"]

    assert names_found(items_named(*names), query) == [name]


def test_the_likeliest_come_first() -> None:
    """First the name itself, then names that begin with it, then a word that does, then others."""
    names = ["Enxaguada", "Pé-d'Água de Verão", "Águas Claras", "Boa Água", "Água", "Água Boa"]

    assert names_found(items_named(*names), "agua") == [
        "Água",
        "Água Boa",
        "Águas Claras",
        "Boa Água",
        "Pé-d'Água de Verão",
        "Enxaguada",
    ]


def rank(wanted: str, key: str) -> int:
    """The rank of a match, written as plainly as possible; 7 is no match."""
    words = key.split()
    matches = [
        key == wanted,
        closed(key) == wanted,
        key.startswith(wanted),
        wanted in words,
        any(word.startswith(wanted) for word in words),
        wanted in key,
        wanted in closed(key),
        True,
    ]
    return matches.index(True)


@given(
    st.lists(st.text("aÁb -", min_size=1, max_size=8).filter(str.strip), max_size=12),
    st.sampled_from(["aaa", "aab", "abb", "bab", "bbb"]),
)
def test_the_order_is_by_match_then_name_then_id(names: list[str], query: str) -> None:
    """This holds for any names; these queries are too short for misspellings."""
    items = items_named(*names)
    keys = {item: searchable(item.nome) for item in items}
    matching = [item for item in items if rank(query, keys[item]) < 7]

    found = index_of(reversed(items)).search(query).parts

    # What only sounds like it ("aab" like "ab") stands between words and their parts.
    assert [item for item in found if item in matching] == sorted(
        matching, key=lambda item: (rank(query, keys[item]), keys[item], item.id)
    )


def closed(name: str) -> str:
    """The name without its blanks."""
    return searchable(name).replace(" ", "")


@pytest.mark.parametrize("query", ["dagua", "DAgua", "d agua", "d'agua"])
def test_an_apostrophe_may_be_left_out(query: str) -> None:
    """Most people leave it out."""
    items = items_named("Gota d'Água", "Cortiço")

    assert names_found(items, query) == ["Gota d'Água"]


@pytest.mark.parametrize("query", [None, "", " ", "\t \u00a0"])
def test_without_a_query_all_parts_come_in_order_of_name(query: str | None) -> None:
    """A blank field asks for all; accents and case do not affect the order."""
    items = [*items_named("Ouro", "água", "Óculos"), SCREEN]

    assert names_found(items, query) == ["água", "Óculos", "Ouro", "Televisão"]
    assert names_found(items, query, shelf=2) == ["Televisão"]


@pytest.mark.parametrize("query", ["!!!", "\0", "🙂", "\ud800", "-"])
def test_a_query_without_letters_or_digits_finds_nothing(query: str) -> None:
    """It asks for something that no name has."""
    assert names_found(items_named("Guarda-Roupa Alemão"), query) == []


def test_only_the_parts_of_the_group_are_found() -> None:
    """A group that does not exist has none."""
    items = [*items_named("Irmão José", shelf=1), *items_named("Irmão José", shelf=2)]
    index = index_of(items)

    for item in items:
        found = index.search("Irmão José", group=shelf_of(item))
        assert list(found.parts) == [item]
    assert names_found(items, "Irmão José", shelf=9) == []


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("Ferramemta", "Ferramenta"),
        ("Ferrametna", "Ferramenta"),
        ("Feerramenta", "Ferramenta"),
        ("Televizao", "Televisão"),
        ("Bola Amarela Dagua", "Bola Amarela d'Água"),
        ("Bolo Amarella da Agua", "Bola Amarela d'Água"),
    ],
)
def test_a_small_misspelling_is_forgiven(query: str, name: str) -> None:
    """A letter may be wrong, missing, superfluous or swapped; in a longer name, more than one."""
    items = [BALL, TOOL, SCREEN]

    assert names_found(items, query) == [name]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("Pau", ["Pão", "Pá"]),
        ("Caixa", ["Faixas"]),
        ("Porta Retrato", ["Porta Lápis"]),
    ],
)
def test_another_name_is_no_misspelling(query: str, names: list[str]) -> None:
    """Nearly all short names are similar."""
    assert names_found(items_named(*names), query) == []


def test_a_correct_spelling_finds_no_misspelled_names() -> None:
    """The same holds within a group."""
    items = [*items_named("Cortina Verde"), *items_named("Cortinas", "Continas", shelf=2)]

    assert names_found(items, "Cortina") == ["Cortina Verde", "Cortinas"]
    assert names_found(items, "Cortinaz") == ["Cortinas", "Continas"]
    assert names_found(items, "Cortina Verdi", shelf=1) == ["Cortina Verde"]
    assert names_found(items, "Cortina Verdi", shelf=2) == []


def test_misspellings_are_in_order_of_similarity_then_name_then_id() -> None:
    """Many parts may be equally similar, and pages need a stable order."""
    items = items_named(*["Continas", "Cortinas", "Cortanas"] * 20)

    found = index_of(reversed(items)).search("cortinaz").parts

    ranks = {"Cortinas": 0, "Continas": 1, "Cortanas": 2}
    assert list(found) == sorted(items, key=lambda item: (ranks[item.nome], item.id))


def test_a_name_is_found_however_long_it_is() -> None:
    """Only the beginning of such a long query is used."""
    name = " ".join(["Irmão José"] * 30)

    assert names_found(items_named(name, "Irmão José"), name) == [name]


@pytest.mark.parametrize("query", [None, "Ferramenta"])
def test_without_parts_nothing_is_found(query: str | None) -> None:
    """A snapshot may lack all of them."""
    assert names_found([], query) == []


def test_near_names_are_not_hidden_by_names_that_contain_the_query() -> None:
    """They come before those in which it is part of a word."""
    items = items_named("Cristalinas", "Cristalino Novo", "Supercristalina", "Christalina")

    assert names_found(items, "cristalina") == [
        "Cristalinas",
        "Christalina",
        "Supercristalina",
    ]


def test_a_name_that_sounds_the_same_follows_the_very_name() -> None:
    """Which of the two is meant, nobody can hear."""
    assert names_found(items_named("Mesa Luiz", "Mesa Luís", "Mesa Ruiz"), "mesa luis") == [
        "Mesa Luís",
        "Mesa Luiz",
    ]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("p. de verao", "Porta de Verão"),
        ("porta verao", "Porta de Verão"),
        ("porta da verao", "Porta de Verão"),
        ("pta verao", "Porta de Verão"),
        ("mesa d agua", "Mesa d'Água"),
        ("m dagua", "Mesa d'Água"),
        ("e. mesa", "Estante e Mesa"),
        ("mesinha verde e amarela", "Mesinha Verde"),
        ("cadeira rodas", "Cadeira Dobrável de Rodas"),
        ("rodaz", "Cadeira Dobrável de Rodas"),
    ],
)
def test_words_may_be_shortened_exchanged_or_left_out(query: str, name: str) -> None:
    """A letter or a few stand for a word; words that join others do not count."""
    names = [
        *("Porta de Verão", "Mesa d'Água", "Estante e Mesa", "Mesinha Verde"),
        "Cadeira Dobrável de Rodas",
    ]

    assert names_found(items_named(*names), query)[:1] == [name]


def test_shortened_words_are_ranked_by_how_much_of_the_name_they_are() -> None:
    """The whole name, its first words, later words; of these the least shortened first."""
    names = ["Nova Mesa Azul", "Mesa Azul Nova", "Mesa Azulada", "Mesa Azul", "Mala Azul"]

    assert names_found(items_named(*names), "m azul") == [
        "Mala Azul",
        "Mesa Azul",
        "Mesa Azulada",
        "Mesa Azul Nova",
        "Nova Mesa Azul",
    ]


@pytest.mark.parametrize(
    ("query", "name"), [("Sala 12", "Sala 13"), ("Ala Leste", "Ala Oeste"), ("sudeste", "Sudoeste")]
)
def test_numbers_and_directions_are_not_misspelled(query: str, name: str) -> None:
    """Another number is another place."""
    assert names_found(items_named(name), query) == []


@pytest.mark.parametrize(
    ("query", "match"),
    [
        ("Mesa de Vidro", Match.VERY_NAME),
        ("mesadevidro", Match.JOINED),
        ("mesa de vi", Match.BEGINNING),
        (None, Match.BEGINNING),
        ("m vidro", Match.WHOLE),
        ("mesa", Match.BEGINNING),
        ("vidro", Match.WORDS),
        ("mesa de vidru", Match.NEAR),
        ("sadevi", Match.PART),
        ("mesa de vidro azul", Match.OTHERWISE),
        ("cama", Match.NONE),
    ],
)
def test_the_result_says_how_its_first_matches(query: str | None, match: Match) -> None:
    """Callers choose between two readings of a text by it."""
    found = index_of(items_named("Mesa de Vidro")).search(query)

    assert found.match is match
