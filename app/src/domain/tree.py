"""The parts of a tree that is read from an upstream level by level."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from typing import Self


class Leaf:
    """A part without parts of its own. Its id is unique on its level of the tree."""

    __slots__ = ()

    id: int
    nome: str


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
