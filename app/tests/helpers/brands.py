"""A small upstream that no feature knows: brands of cars, and the models of each."""

import re
from collections.abc import Sequence

import msgspec

from stand_in.content import Content, Row

_MODELS = re.compile(r"/brands/([^/]+)/models")


class Brand(msgspec.Struct, frozen=True):
    """A brand, as a client reads it."""

    id: int
    name: str


BRANDS = (Brand(1, "Ford"), Brand(2, "Toyota"))
MODELS = tuple(Brand(100 + number, f"Model {number}") for number in range(50))  # of the first brand


class Brands(Content):
    """Two brands, one with fifty models; an unknown brand gets an empty list."""

    base_path = "/api/cars"

    def __init__(self) -> None:
        self._changes = 0

    def rows(self, path: str) -> Sequence[Row] | None:
        if path == "/brands":
            first, *others = BRANDS
            name = f"{first.name} {self._changes}" if self._changes else first.name
            return [msgspec.to_builtins(each) for each in (Brand(first.id, name), *others)]
        if match := _MODELS.fullmatch(path):
            return [msgspec.to_builtins(each) for each in MODELS] if match[1] == "1" else []
        return None

    def change(self, path: str) -> None:
        self._changes += path == "/brands"
