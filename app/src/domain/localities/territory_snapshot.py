"""The whole territory, as read at one moment."""

from dataclasses import dataclass

from src.domain.localities.territory import State
from src.domain.snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class TerritorySnapshot(Snapshot):
    """The states in order of id, with all below them.

    The usual bounds for a credible loss suit it (src/domain/succession.py): a handful of places
    changes in a year, since cities merge and districts become cities. The last state that went was
    Guanabara, in 1975.
    """

    ROOTS = "states"

    states: tuple[State, ...]
