"""The territory in the formats that programs and spreadsheets read."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import TypeAlias
from unicodedata import category, normalize

from src.application.localities.place_lookup import Places
from src.domain.localities.territory import State
from src.domain.localities.territory_snapshot import TerritorySnapshot
from src.infra.editions import tree_formats
from src.infra.editions.edition import Edition
from src.infra.editions.localities import shapes
from src.infra.editions.localities.shapes import shaped
from src.infra.editions.presentation import Format, Presentation
from src.infra.http.media_types import CSV, JSON, NDJSON

CSV_HEADER = [
    *("estado_id", "estado_sigla", "estado_nome"),
    *("cidade_id", "cidade_nome"),
    *("distrito_id", "distrito_nome"),
]

# A cell that begins so would be run as a formula (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@")


def as_json(states: Sequence[State]) -> bytes:
    """One array of all states."""
    return tree_formats.as_json(shaped(states, tuple[shapes.State, ...]))


def as_ndjson(states: Sequence[State]) -> bytes:
    """One state per line."""
    return tree_formats.as_ndjson(shaped(states, tuple[shapes.State, ...]))


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
    """The text, as no formula: the apostrophe is what spreadsheets themselves take for that.

    Some read signs of full width as the usual ones, and skip what nobody sees before them.
    """
    if text[:1].isalnum():
        return text
    visible = (each for each in normalize("NFKC", text) if category(each)[0] in "LNPS")
    is_formula = next(visible, "") in _FORMULA or text.startswith(("\t", "\r"))
    return f"'{text}" if is_formula else text


TerritoryEdition: TypeAlias = Edition[TerritorySnapshot, Places]

TERRITORY: Presentation[TerritorySnapshot, Places] = Presentation(
    formats={
        JSON: Format(as_json),
        NDJSON: Format(as_ndjson),
        CSV: Format(as_csv, lambda _: "estados-e-cidades.csv"),
    },
    available="application/json (em /api/v1/states, também application/x-ndjson e text/csv)",
    look_up=lambda snapshot: Places(snapshot.states, snapshot.divisions),
)
