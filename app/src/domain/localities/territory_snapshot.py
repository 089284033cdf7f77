"""The whole territory, as read at one moment."""

from dataclasses import dataclass
from typing import ClassVar

from src.domain.localities.territory import State
from src.domain.snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class TerritorySnapshot(Snapshot):
    """The states in order of id, with all below them."""

    ROOTS: ClassVar[str] = "states"

    states: tuple[State, ...]
