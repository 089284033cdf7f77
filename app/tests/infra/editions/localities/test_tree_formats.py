"""The same tree in each format."""

import csv
import io
import itertools
import re
from collections.abc import Sequence
from functools import partial
from unicodedata import category, normalize

import msgspec
import pytest
from hypothesis import given
from hypothesis.strategies import sampled_from

from src.domain.localities.territory import City, District, State
from src.infra.editions.localities.shapes import Depth
from src.infra.editions.localities.tree_formats import (
    CSV_HEADERS,
    STATE,
    TERRITORY,
    TREE,
    Separator,
    _cell,
    as_csv,
    as_json,
    as_ndjson,
)
from tests.helpers.localities.places import ALTA_FLORESTA, DISTRITO_FEDERAL, RONDONIA, TWO_STATES
from tests.helpers.localities.trees import trees

Rows = list[list[str]]

FORMULA = ("=", "+", "-", "@")


def rows_of(body: bytes, *, depth: Depth = Depth.DISTRICTS, separator: str = ",") -> Rows:
    """The rows of a file as Python's csv module reads them, without the header."""
    text = io.StringIO(body.decode("utf-8-sig"), newline="")
    header, *rows = csv.reader(text, delimiter=separator)
    assert header == CSV_HEADERS[depth]
    return rows


def rows_from(states: Sequence[State], *, separator: str = ",") -> Rows:
    """The rows that a tree should have in a file with this separator."""
    as_cell = partial(shown, separator=separator)
    rows = []
    for state in states:
        of_state = [str(state.id), state.sigla, as_cell(state.nome)]
        for city in state.cidades:
            of_city = [*of_state, str(city.id), as_cell(city.nome)]
            added = [state.regiao, str(city.id)[:6]]
            if city.distritos is None:
                rows.append([*of_city, "", "", *added])
            else:
                of_districts = [[str(each.id), as_cell(each.nome)] for each in city.distritos]
                rows += [[*of_city, *of_district, *added] for of_district in of_districts]
        if not state.cidades:
            rows.append([*of_state, "", "", "", "", state.regiao, ""])
    return rows


def rows_down_to(depth: Depth, states: Sequence[State]) -> Rows:
    """The rows that a tree should have that ends at this depth: each place once."""
    all_columns = CSV_HEADERS[Depth.DISTRICTS]
    at = [all_columns.index(column) for column in CSV_HEADERS[depth]]
    rows = dict.fromkeys(tuple(row[each] for each in at) for row in rows_from(states))
    return [list(row) for row in rows]


def shown(name: str, *, separator: str = ",") -> str:
    """A name as it appears in a cell of a file with this separator."""
    unquoted = "," if separator == ";" else ""
    first, *others = re.split(f"([{unquoted};\u037e\ufe14\ufe54；︐﹐，])", name)
    return as_text(first) + "".join(as_text(each, skipped='"') for each in others)


def as_text(piece: str, *, skipped: str = "") -> str:
    """A piece of a name between separators, with an apostrophe if it would be a formula."""
    visible = "".join(each for each in normalize("NFKC", piece) if category(each)[0] not in "MCZ")
    return f"'{piece}" if visible.lstrip(skipped or None).startswith(FORMULA) else piece


def from_json(body: bytes) -> tuple[State, ...]:
    """The tree in a JSON body."""
    return msgspec.json.decode(body, type=tuple[State, ...])


def from_ndjson(body: bytes) -> tuple[State, ...]:
    """The tree in an NDJSON body."""
    lines = body.decode().split("\n")
    assert lines.pop() == ""
    return tuple(msgspec.json.decode(line, type=State) for line in lines)


@given(trees())
def test_all_formats_carry_the_same_places(states: tuple[State, ...]) -> None:
    """JSON and NDJSON give the tree back; CSV has a row for each district, or for the gap."""
    assert from_json(as_json(states)) == states
    assert from_ndjson(as_ndjson(states)) == states
    assert rows_of(as_csv(states)) == rows_from(states)
    with_semicolons = as_csv(states, separator=Separator.SEMICOLON)
    assert rows_of(with_semicolons, separator=";") == rows_from(states, separator=";")


@given(trees())
def test_all_formats_end_at_the_same_depth(states: tuple[State, ...]) -> None:
    """Less of the tree has no other places, and none twice."""
    for depth in (Depth.STATES, Depth.CITIES):
        lines = as_ndjson(states, depth).splitlines()

        assert [msgspec.json.decode(line) for line in lines] == msgspec.json.decode(
            as_json(states, depth)
        )
        assert rows_of(as_csv(states, depth), depth=depth) == rows_down_to(depth, states)


def test_all_formats_carry_the_real_tree(brazil: tuple[State, ...]) -> None:
    """The same holds for every place there is."""
    assert from_json(as_json(brazil)) == brazil
    assert from_ndjson(as_ndjson(brazil)) == brazil
    assert rows_of(as_csv(brazil)) == rows_from(brazil)


@given(trees())
def test_no_cell_is_run_as_a_formula(states: tuple[State, ...]) -> None:
    """No cell begins as a formula does (OWASP, "CSV Injection")."""
    cells = [cell for row in rows_of(as_csv(states)) for cell in row]

    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


@pytest.mark.parametrize("expected", [";", "\t", ","])
@given(trees(), sampled_from(Separator))
def test_no_cell_is_run_as_a_formula_wherever_lines_are_split(
    expected: str, states: tuple[State, ...], separator: Separator
) -> None:
    """A spreadsheet in Portuguese expects semicolons, others commas, whatever the file has."""
    text = io.StringIO(as_csv(states, separator=separator).decode("utf-8-sig"), newline="")
    cells = [cell for row in csv.reader(text, delimiter=expected) for cell in row]

    assert [cell for cell in cells if as_text(cell) != cell] == []


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+55", "'+55"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'=1"),  # blanks around a name are stripped
        ("\r=1", "'=1"),
        ("Alta, Floresta", "Alta, Floresta"),
        ('"Aspas"', '"Aspas"'),
        ("Olho-d'Água", "Olho-d'Água"),
        ("São João del-Rei; 🙂", "São João del-Rei; 🙂"),
        ("Vila;=1+1", "Vila;'=1+1"),
        ('Vila;"=1+1"', 'Vila;\'"=1+1"'),
        ("Vila; \u00a0-1;@x;y", "Vila;' \u00a0-1;'@x;y"),
        ("Vila；＝1", "Vila；'＝1"),
        ("Vila，+1", "Vila，'+1"),
        ("=1;=2", "'=1;'=2"),
        (";=1", ";'=1"),
        ("Vila;", "Vila;"),
        ("Vila,=1+1", "Vila,=1+1"),  # quoted
    ],
)
def test_awkward_names_survive_a_spreadsheet(name: str, cell: str) -> None:
    """They stay text, at each level."""
    district = District(530010805, name)
    state = State(53, "DF", name).with_children([City(5300108, name).with_children([district])])

    assert rows_of(as_csv([state])) == [
        ["53", "DF", cell, "5300108", cell, "530010805", cell, "CO", "530010"]
    ]


def test_spreadsheets_open_the_file_correctly() -> None:
    """The file has a UTF-8 byte order mark, a header and the line ends of RFC 4180."""
    body = as_csv(TWO_STATES)

    lines = body.decode().split("\r\n")
    assert body.startswith(b"\xef\xbb\xbf")
    assert lines[0].removeprefix("\ufeff") == (
        "estado_id,estado_sigla,estado_nome,cidade_id,cidade_nome,"
        "distrito_id,distrito_nome,estado_regiao,cidade_codigo6"
    )
    assert lines[2] == (
        "11,RO,Rondônia,1100015,Alta Floresta D'Oeste,110001515,Filadélfia d'Oeste,N,110001"
    )
    assert lines[-1] == ""
    assert len(lines) == 6


def test_a_file_for_spreadsheets_in_portuguese_has_semicolons() -> None:
    """Commas are part of the text there; all else is as usual."""
    state = State(53, "DF", "Distrito; Federal").with_children([City(5300108, "Alta, Brasília")])

    lines = as_csv([state], Depth.CITIES, Separator.SEMICOLON).decode("utf-8-sig").splitlines()

    assert lines == [
        "estado_id;estado_sigla;estado_nome;cidade_id;cidade_nome;estado_regiao;cidade_codigo6",
        '53;DF;"Distrito; Federal";5300108;Alta, Brasília;CO;530010',
    ]


def test_gaps_become_empty_cells() -> None:
    """A city without districts and a state without cities have a row, too."""
    unread = City(ALTA_FLORESTA.id, ALTA_FLORESTA.nome)
    states = [RONDONIA.with_children([unread]), DISTRITO_FEDERAL.with_children([])]

    assert rows_of(as_csv(states)) == [
        ["11", "RO", "Rondônia", "1100015", "Alta Floresta D'Oeste", "", "", "N", "110001"],
        ["53", "DF", "Distrito Federal", "", "", "", "", "CO", ""],
    ]


def test_what_is_unknown_below_a_depth_does_not_show() -> None:
    """A city without known districts is a city like others; a state without cities has a gap."""
    unread = City(ALTA_FLORESTA.id, ALTA_FLORESTA.nome)
    states = [RONDONIA.with_children([unread]), DISTRITO_FEDERAL.with_children([])]

    assert rows_of(as_csv(states, Depth.CITIES), depth=Depth.CITIES) == [
        ["11", "RO", "Rondônia", "1100015", "Alta Floresta D'Oeste", "N", "110001"],
        ["53", "DF", "Distrito Federal", "", "", "CO", ""],
    ]
    assert rows_of(as_csv(states, Depth.STATES), depth=Depth.STATES) == [
        ["11", "RO", "Rondônia", "N"],
        ["53", "DF", "Distrito Federal", "CO"],
    ]


def test_an_error_names_each_format() -> None:
    """A client that is refused learns every media type that there is."""
    named = set(re.findall("(?:application|text)/[a-z-]+", TERRITORY.available))

    for depth, separator in itertools.product(Depth, Separator):
        assert set(TREE[depth][separator]) == set(STATE[depth][separator]) == named


def test_an_empty_tree_is_an_empty_file() -> None:
    """CSV has only the header, NDJSON no line, JSON an empty array."""
    assert rows_of(as_csv(())) == []
    assert as_ndjson(()) == b""
    assert as_json(()) == b"[]"


@pytest.mark.parametrize("name", ["＝1+1", "\u200b=1+1", "\ufe0e＋1", "\u00a0-1", "＠x", "=1"])
def test_a_formula_in_disguise_is_no_formula(name: str) -> None:
    """Spreadsheets read signs of full width, and skip blanks without width."""
    assert _cell(name) == f"'{name}"
    assert _cell(f"Olho {name}") == f"Olho {name}"
    assert _cell("'s-Gravenhage") == "'s-Gravenhage"


@pytest.mark.parametrize("separator", ["\t", "\n", "\r", "\r\n", "\v", "\u2028", "\x85"])
def test_a_formula_on_a_line_of_its_own_is_none(separator: str) -> None:
    """No name has such a character; a format does not rely on that."""
    assert _cell(f"Vila{separator}=1") == f"Vila{separator}'=1"
    assert _cell(f"Vila{separator}1") == f"Vila{separator}1"


def test_a_comma_needs_no_quotes_beside_semicolons() -> None:
    """What follows it would be a cell where lines are split at commas."""
    assert _cell('Vila,=1,"-1;x', Separator.SEMICOLON) == "Vila,'=1,'\"-1;x"


@pytest.mark.parametrize("separator", Separator)
def test_real_names_are_left_as_they_are(brazil: tuple[State, ...], separator: Separator) -> None:
    """Byte for byte as any writer has them, with commas one of RFC 4180."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator)
    writer.writerow(CSV_HEADERS[Depth.DISTRICTS])
    for state in brazil:
        for city in state.cidades:
            for district in city.distritos or ():
                places = (city.id, city.nome, district.id, district.nome)
                added = (state.regiao, city.id // 10)
                writer.writerow([state.id, state.sigla, state.nome, *places, *added])

    assert as_csv(brazil, separator=separator) == text.getvalue().encode("utf-8-sig")
