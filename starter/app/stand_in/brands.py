"""The stand-in for the table of cars: brands, models and years, all of them made up."""

import re
from collections.abc import Sequence

from stand_in.content import Content, Row

BASE_PATH = "/carros"

BRANDS = ["Alfa", "Bravo", "Charlie", "Delta", "Eco", "Fox", "Golfe", "Hotel", "Índia", "Julieta"]

_MODELS = re.compile(r"/marcas/(\d+)/modelos")
_YEARS = re.compile(r"/marcas/(\d+)/modelos/(\d+)/anos")


class CarTable(Content):
    """Ten brands, each with as many models as its number, and each of those with some years."""

    base_path = BASE_PATH

    def __init__(self) -> None:
        self._changes = 0

    def rows(self, path: str) -> Sequence[Row] | None:
        if path == "/marcas":
            return [{"id": number, "nome": self._name(number)} for number in range(1, 11)]
        if match := _MODELS.fullmatch(path):
            models = range(1, int(match[1]) + 1)
            return [{"id": number, "nome": f"Modelo {number}"} for number in models]
        if match := _YEARS.fullmatch(path):
            years = range(int(match[2]))
            return [{"id": number + 1, "nome": str(2017 + number)} for number in years]
        return None

    def change(self, path: str) -> None:
        self._changes += path == "/marcas"

    def _name(self, number: int) -> str:
        name = BRANDS[number - 1]
        return f"{name} {self._changes}" if number == 1 and self._changes else name
