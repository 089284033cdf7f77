"""The whole territory, as read at one moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import cast

from src.domain.localities.territory import State, in_order
from src.domain.snapshot import Snapshot
from src.domain.tree import Leaf


@dataclass(frozen=True, slots=True, kw_only=True)
class TerritorySnapshot(Snapshot):
    """The states in order of id, with all below them."""

    states: tuple[State, ...]

    @property
    def roots(self) -> tuple[State, ...]:
        """The states."""
        return self.states

    def with_roots(self, roots: Iterable[Leaf]) -> TerritorySnapshot:
        """The same with these states, put in order. Raises InvalidTerritoryError."""
        return replace(self, states=in_order(cast("Iterable[State]", roots)))
