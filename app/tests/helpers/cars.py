"""A small upstream that no feature knows: a table of cars, with brands and their models."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from stand_in.content import Content, Row
from stand_in.server import StandIn

_MODELS_OF_A_BRAND = re.compile(r"/brands/([^/]+)/models")


class Brand(msgspec.Struct, frozen=True):
    """A brand, as a client reads it."""

    id: int
    name: str


BRANDS = (Brand(1, "Ford"), Brand(2, "Toyota"))
MODELS = [{"id": number, "name": f"Model {number}"} for number in range(50)]  # of the first brand


def read_brands(body: bytes) -> list[Brand]:
    """The brands in an answer; raises ValueError if it holds anything else, or nothing."""
    brands = msgspec.json.decode(body, type=list[Brand])
    if not brands:
        raise ValueError("lista vazia")
    return brands


class Brands(Content):
    """Two brands, one with fifty models; an unknown brand gets an empty list."""

    base_path = "/api/cars"

    def __init__(self) -> None:
        self._changes = 0

    def rows(self, path: str) -> Sequence[Row] | None:
        if path == "/brands":
            rows: list[Row] = [msgspec.to_builtins(brand) for brand in BRANDS]
            if self._changes:
                rows[0]["name"] += f" {self._changes}"
            return rows
        if match := _MODELS_OF_A_BRAND.fullmatch(path):
            return MODELS if match[1] == "1" else []
        return None

    def change(self, path: str) -> None:
        self._changes += path == "/brands"


class CarTable(StandIn):
    """Serves the brands and their models, with the options of StandIn."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Brands(), **options)

    @property
    def base_url(self) -> str:
        """The address below which the brands are."""
        return self.url + Brands.base_path
