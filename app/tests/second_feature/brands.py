"""Car brands, their models and the years of a model.

Ids are unique on their level only: a brand, a model and a year all have the id 1. And no number
says which brand a model belongs to: its parents have to be named in the path.
"""

from dataclasses import dataclass

from src.domain.tree import Branch, Leaf


@dataclass(frozen=True, slots=True)
class Year(Leaf):
    """A model's year."""

    id: int
    nome: str


@dataclass(frozen=True, slots=True)
class Model(Branch):
    """A brand's model; it may have no years at all, which is not the same as unread years."""

    PARTS = "anos"

    id: int
    nome: str
    anos: tuple[Year, ...] | None = None


@dataclass(frozen=True, slots=True)
class Brand(Branch):
    """A maker of cars."""

    PARTS = "modelos"

    id: int
    nome: str
    modelos: tuple[Model, ...] | None = None
