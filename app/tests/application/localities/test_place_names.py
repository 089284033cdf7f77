"""Places are found by what people type: a name, often with the state beside it."""

import re

import pytest

from src.application.localities.place_names import PlaceNames
from src.domain.localities.territory import City, District, State
from src.domain.searchable_names import searchable


@pytest.fixture(scope="module")
def cities(brazil: tuple[State, ...]) -> PlaceNames[City]:
    """The names of all cities."""
    return PlaceNames([city for state in brazil for city in state.cidades], brazil)


@pytest.fixture(scope="module")
def districts(brazil: tuple[State, ...]) -> PlaceNames[District]:
    """The names of all districts."""
    return PlaceNames(
        [
            district
            for state in brazil
            for city in state.cidades
            for district in city.distritos or ()
        ],
        brazil,
    )


def found(names: PlaceNames[City], query: str, *, uf: int | None = None) -> list[tuple[str, int]]:
    """The names and states of the first five."""
    return [(city.nome, city.state_id) for city in names.search(query, state_id=uf)[:5]]


def test_of_two_readings_the_better_counts(cities: PlaceNames[City]) -> None:
    """Minas Gerais has names that begin with "Para"; Pará has no "Minas Gerais"."""
    assert {state for _, state in found(cities, "para minas gerais")} == {31}


def test_a_state_beside_the_name_may_lie_in_the_region(cities: PlaceNames[City]) -> None:
    """One of another region is no state there, and nothing of it is found."""

    def within(query: str, region_id: int) -> list[int]:
        return [city.state_id for city in cities.search(query, region_id=region_id)]

    assert within("Campo Grande - MS", 5) == [50]
    assert set(within("Campo Grande", 2)) == {22, 24, 27}
    assert 50 not in within("Campo Grande - MS", 2)
    assert set(within("Santa, Brasil", 4)) == {41, 42, 43}
    assert set(within("Santa", 4)) == {41, 42, 43}


FORMS = [
    "{0} - {1}",
    "{0}/{1}",
    "{0}, {2}",
    "{0} {1}",
    "{0} ({1})",
    "{1} - {0}",
    "{0}, {2}, Brasil",
]


@pytest.mark.parametrize("form", FORMS)
def test_the_state_may_stand_beside_the_name(
    cities: PlaceNames[City], brazil: tuple[State, ...], form: str
) -> None:
    """Every city comes first with its state, by sigla or name, upper or lower case."""
    for state in brazil:
        for city in state.cidades[::10]:
            query = form.format(city.nome, state.sigla, state.nome)
            for typed in (query, query.lower()):
                assert cities.search(typed)[0] == city, typed


def test_every_official_name_comes_first_in_its_state(
    cities: PlaceNames[City], brazil: tuple[State, ...]
) -> None:
    """Case and accents do not count."""
    for state in brazil:
        for city in state.cidades:
            for typed in (city.nome, city.nome.upper(), searchable(city.nome)):
                assert cities.search(typed, state_id=state.id)[0] == city, typed


@pytest.mark.parametrize(
    ("query", "name", "uf"),
    [
        ("Amparo de São Francisco", "Amparo do São Francisco", 28),
        ("Mato Grosso", "Mato Grosso", 25),
        ("Rio Grande", "Rio Grande", 43),
        ("São Paulo", "São Paulo", 35),
        ("Alegre", "Alegre", 32),
        ("Santa Helena de Goiás", "Santa Helena de Goiás", 52),
        ("Conceição do Pará", "Conceição do Pará", 31),
        ("Pará de Minas", "Pará de Minas", 31),
        ("Pau Brasil", "Pau Brasil", 29),
        ("Bela Vista do To", "Bela Vista do Toldo", 42),
        ("São José do Pi", "São José do Piauí", 22),
    ],
)
def test_names_that_end_like_a_state_are_found(
    cities: PlaceNames[City], query: str, name: str, uf: int
) -> None:
    """So are their beginnings, as they are typed."""
    assert found(cities, query)[0] == (name, uf)


@pytest.mark.parametrize(
    ("query", "name", "uf"),
    [
        ("Campo Grande - MS", "Campo Grande", 50),
        ("Campo Grande - AL", "Campo Grande", 27),
        ("Aracatu - BA", "Aracatu", 29),
        ("planaltina de goias", "Planaltina", 52),
        ("campo alegre de lourdes, bahia, brasil", "Campo Alegre de Lourdes", 29),
        ("s. paulo sp", "São Paulo", 35),
        ("Cachoeiro Itapemirim ES", "Cachoeiro de Itapemirim", 32),
        ("Rio de Janeiro, Rio de Janeiro", "Rio de Janeiro", 33),
        ("campinas brasil", "Campinas", 35),
    ],
)
def test_the_state_is_a_filter_if_the_name_is_found_there(
    cities: PlaceNames[City], query: str, name: str, uf: int
) -> None:
    """A namesake elsewhere does not come first; the name may be shortened."""
    assert found(cities, query)[0] == (name, uf)


def test_the_state_in_the_query_does_not_widen_the_filter(cities: PlaceNames[City]) -> None:
    """Both may name the same; of two states the parameter counts."""
    assert found(cities, "Campinas - SP", uf=35)[0] == ("Campinas", 35)
    assert not [state for _, state in found(cities, "Campinas - SP", uf=31) if state != 31]


@pytest.mark.parametrize(
    "query",
    ["SP", "Rio Grande do Sul", "Brasil", "brazil", "- SP", "!!!", "de SP", "e Acre", "do AM"],
)
def test_a_state_alone_is_no_filter(cities: PlaceNames[City], query: str) -> None:
    """There is no name beside it: not all its cities are found."""
    assert len(cities.search(query)) < 100
    assert len(cities.search(query, state_id=33)) < 20


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("Altamira do Para", ["Altamira", "Altamira do Paraná"]),
        ("Bragança Pa", ["Bragança", "Bragança Paulista"]),
        ("Capela do Al", ["Capela", "Capela do Alto", "Capela do Alto Alegre"]),
    ],
)
def test_a_state_at_the_end_hides_no_name_that_begins_so(
    cities: PlaceNames[City], query: str, names: list[str]
) -> None:
    """The name may be typed only in part yet."""
    assert [city.nome for city in cities.search(query)] == names


def test_no_name_is_hidden_while_it_is_typed(
    cities: PlaceNames[City], brazil: tuple[State, ...]
) -> None:
    """Each beginning of a name finds it, however it is read."""
    for city in [city for state in brazil for city in state.cidades][::50]:
        for end in range(1, len(city.nome) + 1):
            assert city in cities.search(city.nome[:end]), city.nome[:end]


@pytest.mark.parametrize(
    ("query", "name", "uf"),
    [("Mt. Alegre", "Monte Alegre", 15), ("Mt. Claros", "Montes Claros", 31)],
)
def test_a_shortened_first_word_is_no_state(
    cities: PlaceNames[City], query: str, name: str, uf: int
) -> None:
    """A state before the name needs a name that begins with the rest."""
    assert found(cities, query)[0] == (name, uf)


@pytest.mark.parametrize(("query", "uf"), [("Paraná", 24), ("Paranã", 17), ("PARANÁ", 24)])
def test_of_names_that_differ_in_accents_the_one_that_was_typed_comes_first(
    cities: PlaceNames[City], query: str, uf: int
) -> None:
    """Both are cities; without accents they come in order of id."""
    assert found(cities, query)[0][1] == uf


# As shop owners, tables of authorities and forms have them, with the code of the city.
TYPED = """
    S. Luís 2111300; Sta. Rita 2513703; Sto Antonio do Descoberto 5219753;
    Gov. Lindenberg 3202256; Pres. Kennedy 3204302; Sen. Canedo 5220454;
    Eng. Paulo de Frontin 3301801; N. Sra. do Socorro 2804805; P. Grossa 4119905;
    J. Pessoa 2507507; U. dos Palmares 2709301; LARANJ, SUL 4113304; Fco. Beltrão 4108403;
    Rio Janeiro 3304557; Lambari do Oeste 5105234; sao jorge do oeste 4125209;
    sãopaulo 3550308; patobranco 4118501; dias davila 2910057; s jorge doeste 4125209;
    D. Aquino 5103601; Parati 3303807; Arez 2401206; Terezópolis 3305802; Assu 2400208;
    Moji Mirim 3530805; foz do iguassu 4108304; belo horizonta 3106200; rio bracnco 1200401;
    sta. ana do ipanema 2708006; itabirinha de mantena 3131802; buzios 3300233;
    Eng.º Paulo de Frontin 3301801; Eng.ª Coelho 3515152; Pç. Caldas 3151800;
    Couto de Magalhães 1706001; vila trindade 5105507; Livramento RS 4317103
"""


@pytest.mark.parametrize(("typed", "code"), re.findall(r"(\S[^;]*) (\d{7})", TYPED))
def test_what_people_type_is_found_among_the_first_five(
    cities: PlaceNames[City], typed: str, code: str
) -> None:
    """Words are shortened, joined, split, left out, misspelled, or spelled as they once were."""
    assert int(code) in [city.id for city in cities.search(typed)[:5]]


def test_a_direction_is_no_misspelling_of_another(districts: PlaceNames[District]) -> None:
    """There is a district "Sudoeste"."""
    assert districts.search("sudoeste")[0].nome == "Sudoeste"
    assert not districts.search("sudeste")
