"""The territory in the formats that programs and spreadsheets read."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from functools import partial
from typing import TypeAlias
from unicodedata import category, normalize

import msgspec

from src.application.localities.place_lookup import Places
from src.domain.localities.territory import City, State
from src.domain.localities.territory_snapshot import TerritorySnapshot
from src.infra.editions import tree_formats
from src.infra.editions.edition import Edition
from src.infra.editions.localities.shapes import Depth, state_down_to, states_down_to
from src.infra.editions.presentation import Format, Formats, Presentation, TreeFormats
from src.infra.http.media_types import CSV, JSON, NDJSON_NAMES


class Separator(StrEnum):
    """What stands between the cells of a line: spreadsheets in Portuguese expect a semicolon."""

    COMMA = ","
    SEMICOLON = ";"


_OF_STATE = ("estado_id", "estado_sigla", "estado_nome")
_OF_CITY = ("cidade_id", "cidade_nome")
_OF_DISTRICT = ("distrito_id", "distrito_nome")
# What was added later comes last: programs may count the columns. Many tables know a city by its
# code without the last digit, which is a check digit.
_ADDED = ("estado_regiao", "cidade_codigo6")

CSV_HEADERS = {
    Depth.STATES: [*_OF_STATE, "estado_regiao"],
    Depth.CITIES: [*_OF_STATE, *_OF_CITY, *_ADDED],
    Depth.DISTRICTS: [*_OF_STATE, *_OF_CITY, *_OF_DISTRICT, *_ADDED],
}

_FILES = {
    Depth.STATES: "estados",
    Depth.CITIES: "cidades",
    Depth.DISTRICTS: "estados-e-cidades",
}

# A cell that begins so would be run as a formula (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@")

# Spreadsheets may split lines here, in Portuguese at the semicolon, though a name stands in quotes.
# A comma of full width is among these, since it gets no quotes.
_SEPARATORS = ";\u037e\ufe14\ufe54\uff1b\ufe10\ufe50\uff0c\t\n\v\f\r\x85\u2028\u2029"
# A name with a comma is quoted in a file with commas (RFC 4180), which is enough wherever lines are
# split at commas. In a file with semicolons it is not.
_SEPARATED = {
    Separator.COMMA: re.compile(f"([{_SEPARATORS}])([^{_SEPARATORS}]+)"),
    Separator.SEMICOLON: re.compile(f"([,{_SEPARATORS}])([^,{_SEPARATORS}]+)"),
}


def as_json(states: Sequence[State], depth: Depth = Depth.DISTRICTS) -> bytes:
    """One array of all states."""
    return tree_formats.as_json(states_down_to(depth, states))


def as_ndjson(states: Sequence[State], depth: Depth = Depth.DISTRICTS) -> bytes:
    """One state per line."""
    return tree_formats.as_ndjson(states_down_to(depth, states))


def as_csv(
    states: Sequence[State],
    depth: Depth = Depth.DISTRICTS,
    separator: Separator = Separator.COMMA,
) -> bytes:
    """A place of the lowest level a line, below a header, in UTF-8 with the mark that spreadsheets
    need; with commas as RFC 4180 has it.

    A city of which no district is known has a line without one, and so has a state without cities.
    The codes have nine digits at most and no leading zeros, so that spreadsheets leave them as they
    are.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator)
    writer.writerow(CSV_HEADERS[depth])
    writer.writerows(_lines(states, depth, partial(_cell, separator=separator)))
    return text.getvalue().encode("utf-8-sig")


def _lines(
    states: Sequence[State], depth: Depth, cell: Callable[[str], str]
) -> Iterator[list[object]]:
    for state in states:
        of_state = [state.id, state.sigla, cell(state.nome)]
        if depth is Depth.STATES:
            yield [*of_state, state.regiao]
        elif not state.cidades:
            unknown = [""] * (len(CSV_HEADERS[depth]) - len(of_state) - len(_ADDED))
            yield [*of_state, *unknown, state.regiao, ""]
        else:
            for city in state.cidades:
                of_city = [*of_state, city.id, cell(city.nome)]
                for line in _lines_of_city(of_city, city, depth, cell):
                    yield [*line, state.regiao, city.id // 10]


def _lines_of_city(
    of_city: list[object], city: City, depth: Depth, cell: Callable[[str], str]
) -> Iterator[list[object]]:
    if depth is Depth.CITIES:
        yield of_city
    elif city.distritos is None:
        yield [*of_city, "", ""]
    else:
        for district in city.distritos:
            yield [*of_city, district.id, cell(district.nome)]


def _cell(text: str, separator: Separator = Separator.COMMA) -> str:
    """The text, as no formula, nor as several cells with a formula among them."""
    if text.replace(" ", "").isalpha():  # as nearly all names
        return text
    guarded = _SEPARATED[separator].sub(
        lambda each: each[1] + _no_formula(each[2], ignored='"'), text
    )
    return _no_formula(guarded)


def _no_formula(text: str, *, ignored: str = "") -> str:
    """The text, as no formula: the apostrophe is what spreadsheets themselves take for that.

    Some read signs of full width as the usual ones, and skip what nobody sees before them, and
    `ignored`.
    """
    if text[:1].isalnum():
        return text
    visible = (
        each
        for each in normalize("NFKC", text)
        if category(each)[0] in "LNPS" and each not in ignored
    )
    is_formula = next(visible, "") in _FORMULA or text.startswith(("\t", "\r"))
    return f"'{text}" if is_formula else text


TerritoryEdition: TypeAlias = Edition[TerritorySnapshot, Places]


# The formats of the tree, and those of one of its states. Each format is made once, as it is what
# the bytes are kept under: only CSV depends on the separator.


def _of_tree(depth: Depth) -> dict[Separator, TreeFormats]:
    others: TreeFormats = {
        JSON: Format(partial(as_json, depth=depth)),
        **dict.fromkeys(NDJSON_NAMES, Format(partial(as_ndjson, depth=depth))),
    }
    return {separator: {**others, CSV: _csv_of_tree(depth, separator)} for separator in Separator}


def _csv_of_tree(depth: Depth, separator: Separator) -> Format[Sequence[State]]:
    return Format(
        partial(as_csv, depth=depth, separator=separator), lambda _: f"{_FILES[depth]}.csv"
    )


def _of_state(depth: Depth) -> dict[Separator, Formats[State]]:
    others: Formats[State] = {
        JSON: Format(lambda state: msgspec.json.encode(state_down_to(depth, state))),
        **dict.fromkeys(
            NDJSON_NAMES,
            Format(lambda state: tree_formats.as_ndjson([state_down_to(depth, state)])),
        ),
    }
    return {separator: {**others, CSV: _csv_of_state(depth, separator)} for separator in Separator}


def _csv_of_state(depth: Depth, separator: Separator) -> Format[State]:
    return Format(
        lambda state: as_csv([state], depth, separator),
        lambda state: f"{_FILES[depth]}-{state.sigla}.csv",
    )


TREE = {depth: _of_tree(depth) for depth in Depth}
STATE = {depth: _of_state(depth) for depth in Depth}

TERRITORY: Presentation[TerritorySnapshot, Places] = Presentation(
    formats=TREE[Depth.DISTRICTS][Separator.COMMA],
    shallower=[TREE[depth][Separator.COMMA] for depth in (Depth.CITIES, Depth.STATES)],
    available=(
        "application/json (em /api/v1/states e /api/v1/states/{uf}, também application/x-ndjson, "
        "application/ndjson, application/jsonl e text/csv)"
    ),
    look_up=lambda snapshot: Places(snapshot.states, snapshot.divisions),
)
