"""Car brands, their models and the years of a model.

Ids are unique on their level only: a brand, a model and a year all have the id 1. And no number
says which brand a model belongs to: its parents have to be named in the path.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import cast

from src.domain.snapshot import Snapshot
from src.domain.tree import Branch, Leaf


@dataclass(frozen=True, slots=True)
class Year(Leaf):
    """A model's year."""

    id: int
    nome: str


@dataclass(frozen=True, slots=True)
class Model(Branch):
    """A brand's model; it may have no years at all, which is not the same as unread years."""

    id: int
    nome: str
    anos: tuple[Year, ...] | None = None

    @property
    def children(self) -> tuple[Year, ...] | None:
        """Its years."""
        return self.anos

    def with_children(self, children: Iterable[Leaf]) -> "Model":
        """The same with these years."""
        return replace(self, anos=tuple(cast("Iterable[Year]", children)))


@dataclass(frozen=True, slots=True)
class Brand(Branch):
    """A maker of cars."""

    id: int
    nome: str
    modelos: tuple[Model, ...] | None = None

    @property
    def children(self) -> tuple[Model, ...] | None:
        """Its models."""
        return self.modelos

    def with_children(self, children: Iterable[Leaf]) -> "Brand":
        """The same with these models."""
        return replace(self, modelos=tuple(cast("Iterable[Model]", children)))


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandsSnapshot(Snapshot):
    """All brands with everything below them."""

    marcas: tuple[Brand, ...]

    @property
    def roots(self) -> tuple[Brand, ...]:
        """The brands."""
        return self.marcas

    def with_roots(self, roots: Iterable[Leaf]) -> "BrandsSnapshot":
        """The same with these brands."""
        return replace(self, marcas=tuple(cast("Iterable[Brand]", roots)))
