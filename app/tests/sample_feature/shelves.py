"""Shelves, their boxes and the items in a box.

Ids are unique in their list only: a shelf, a box and an item all have the id 1. And no number says
which shelf a box belongs to: its parents have to be named in the path.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias

from src.domain.snapshot import TreeSnapshot
from src.domain.tree import Branch, InvalidTreeError, Leaf


class Level(IntEnum):
    """Which parts a request asks the upstream for."""

    SHELVES = 0
    BOXES = 1  # of a shelf
    ITEMS = 2  # of a box


@dataclass(frozen=True, slots=True)
class Item(Leaf):
    """An item in a box. Raises InvalidTreeError if it has no name."""

    id: int
    nome: str

    def __post_init__(self) -> None:
        if not self.nome:
            raise InvalidTreeError(f"item sem nome: {self.id}")


@dataclass(frozen=True, slots=True)
class Box(Branch):
    """A box on a shelf; it may have no items at all, which is not the same as unread items."""

    PARTS = "itens"

    id: int
    nome: str
    itens: tuple[Item, ...] | None = None


@dataclass(frozen=True, slots=True)
class Shelf(Branch):
    """A shelf in the storeroom."""

    PARTS = "caixas"

    id: int
    letra: str
    nome: str
    caixas: tuple[Box, ...] | None = None

    @property
    def short_name(self) -> str:
        """The letter that is written on it."""
        return self.letra


ShelvesSnapshot: TypeAlias = TreeSnapshot[Shelf]
