"""Brands of cars, their models, and the years of a model.

Ids are unique on their level only: a brand, a model and a year may all have the id 1. The
attributes are the names of the JSON fields.
"""

from dataclasses import dataclass

from src.domain.tree import Branch, Leaf


@dataclass(frozen=True, slots=True)
class Year(Leaf):
    """A year in which a model was made."""

    id: int
    nome: str


@dataclass(frozen=True, slots=True)
class Model(Branch):
    """A model; an empty `anos` means that it has none, None that they could not be read."""

    PARTS = "anos"

    id: int
    nome: str
    anos: tuple[Year, ...] | None = None


@dataclass(frozen=True, slots=True)
class Brand(Branch):
    """A brand; None in place of `modelos` means that they could not be read."""

    PARTS = "modelos"

    id: int
    nome: str
    modelos: tuple[Model, ...] | None = None
