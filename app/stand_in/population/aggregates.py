"""The stand-in's answers for IBGE's aggregates: estimates of population, all of them made up."""

import re
from collections.abc import Mapping

from stand_in.content import Content, Row

BASE_PATH = "/api/v3/agregados"

_PATH = re.compile(r"/6579/periodos/-1/variaveis/9324\?localidades=(N3|N6)\[([^\]]*)\]")

LEVELS = {"N3": "Unidade da Federação", "N6": "Município"}
YEAR = 2025


def inhabitants(place_id: int) -> int:
    """A figure that nobody has counted; the same for the same place."""
    return 800 + place_id * 7_919 % 2_000_000


class PopulationContent(Content):
    """The estimates for places, given the name of each by its code.

    As at the upstream, an unknown code has no series.
    """

    base_path = BASE_PATH

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def rows(self, path: str) -> list[Row] | None:
        match = _PATH.fullmatch(path)
        if match is None:
            return None
        level, codes = match.groups()
        known = [code for code in codes.split("|") if code in self._names]
        if not known:
            return []
        series = [
            {
                "localidade": {
                    "id": code,
                    "nivel": {"id": level, "nome": LEVELS[level]},
                    "nome": self._names[code],
                },
                "serie": {str(YEAR): str(inhabitants(int(code)))},
            }
            for code in known
        ]
        return [
            {
                "id": "9324",
                "variavel": "População residente estimada",
                "unidade": "Pessoas",
                "resultados": [{"classificacoes": [], "series": series}],
            }
        ]

    def heading(self, path: str) -> str:
        return "estimativas"
