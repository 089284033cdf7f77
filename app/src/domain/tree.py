"""The parts of a tree that is read from an upstream level by level."""

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from typing import Self


class InvalidTreeError(ValueError):
    """A part, or the relation of two parts, breaks a rule of its tree."""


class Leaf:
    """A part without parts of its own. Its id is unique on its level of the tree."""

    __slots__ = ()

    id: int
    nome: str

    @property
    def short_name(self) -> str:
        """A name of some letters, if such parts have one; empty otherwise."""
        return ""


class Branch(Leaf):
    """A part with parts of its own, one level below."""

    __slots__ = ()

    @property
    @abstractmethod
    def children(self) -> Sequence[Leaf] | None:
        """Its parts in order; None as long as nothing is known of them."""

    @abstractmethod
    def with_children(self, children: Iterable[Leaf]) -> Self:
        """The same with these parts, put in order."""


def count_by_level(parts: Sequence[Leaf]) -> list[int]:
    """How many parts are known on each level, the top first."""
    counts = []
    while parts:
        counts.append(len(parts))
        parts = [
            below for part in parts if isinstance(part, Branch) for below in part.children or ()
        ]
    return counts
