"""The territory in the formats that programs and spreadsheets read."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import TypeAlias
from unicodedata import category, normalize

from src.application.localities.place_lookup import Places
from src.domain.localities.territory import State
from src.domain.localities.territory_snapshot import TerritorySnapshot
from src.infra.editions.edition import Edition
from src.infra.editions.presentation import Presentation, TreeFormat
from src.infra.editions.tree_formats import as_json, as_ndjson
from src.infra.http.media_types import CSV, JSON, NDJSON

CSV_HEADER = [
    *("estado_id", "estado_sigla", "estado_nome"),
    *("cidade_id", "cidade_nome"),
    *("distrito_id", "distrito_nome"),
]

# A cell that begins so would be run as a formula (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@")

# Spreadsheets may split lines here, in Portuguese at the semicolon, though a name stands in quotes.
# A comma is not among these: a name with a comma is quoted (RFC 4180), which is enough wherever
# lines are split at commas. One of full width is, since it gets no quotes.
_SEPARATORS = ";\u037e\ufe14\ufe54\uff1b\ufe10\ufe50\uff0c\t\n\v\f\r\x85\u2028\u2029"
_SEPARATED = re.compile(f"([{_SEPARATORS}])([^{_SEPARATORS}]+)")


def as_csv(states: Sequence[State]) -> bytes:
    """A district a line, below a header (RFC 4180), in UTF-8 with the mark that spreadsheets need.

    A city of which no district is known has a line without one, and so has a state without cities.
    The codes have nine digits at most and no leading zeros, so that spreadsheets leave them as they
    are.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(CSV_HEADER)
    writer.writerows(_lines(states))
    return text.getvalue().encode("utf-8-sig")


def _lines(states: Sequence[State]) -> Iterator[list[object]]:
    for state in states:
        of_state = [state.id, state.sigla, _cell(state.nome)]
        if not state.cidades:
            yield [*of_state, *[""] * 4]
        for city in state.cidades:
            of_city = [*of_state, city.id, _cell(city.nome)]
            for district in city.distritos or ():
                yield [*of_city, district.id, _cell(district.nome)]
            if city.distritos is None:
                yield [*of_city, "", ""]


def _cell(text: str) -> str:
    """The text, as no formula, nor as several cells with a formula among them."""
    guarded = _SEPARATED.sub(lambda each: each[1] + _no_formula(each[2], ignored='"'), text)
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

TERRITORY: Presentation[TerritorySnapshot, Places] = Presentation(
    formats={
        JSON: TreeFormat(lambda snapshot: as_json(snapshot.states)),
        NDJSON: TreeFormat(lambda snapshot: as_ndjson(snapshot.states)),
        CSV: TreeFormat(
            lambda snapshot: as_csv(snapshot.states),
            {"Content-Disposition": 'attachment; filename="estados-e-cidades.csv"'},
        ),
    },
    available="application/json (em /api/v1/states, também application/x-ndjson e text/csv)",
    look_up=lambda snapshot: Places(snapshot.states),
)
