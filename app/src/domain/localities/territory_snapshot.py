"""The whole territory, as read at one moment."""

from dataclasses import dataclass, replace

from src.domain.credible_change import GAINS, CredibleChange
from src.domain.localities.territory import State, require_own_siglas
from src.domain.snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class TerritorySnapshot(Snapshot):
    """The states in order of id, with all below them.

    A handful of places changes in a year, since cities merge and districts become cities. The last
    state that went was Guanabara, in 1975, and the last that came Tocantins, in 1988.

    Raises InvalidTerritoryError if a state has not its own sigla.
    """

    ROOTS = "states"

    states: tuple[State, ...]

    def __post_init__(self) -> None:
        require_own_siglas(self.states)


# As of any tree, but no state comes from one collection to the next.
CREDIBLE_CHANGE = CredibleChange(gains=replace(GAINS, of_top=lambda _: 0))
