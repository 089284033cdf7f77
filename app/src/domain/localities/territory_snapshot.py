"""The whole territory, as read at one moment."""

from dataclasses import dataclass, field, replace
from typing import Self

from src.domain.credible_change import GAINS, CredibleChange
from src.domain.localities.regional_divisions import RegionalDivisions
from src.domain.localities.territory import State, require_own_siglas
from src.domain.snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class TerritorySnapshot(Snapshot):
    """The states in order of id, with all below them, and the regions that their cities lie in.

    A handful of places changes in a year, since cities merge and districts become cities. The last
    state that went was Guanabara, in 1975, and the last that came Tocantins, in 1988.

    Raises InvalidTerritoryError if a state has not its own sigla.
    """

    ROOTS = "states"

    states: tuple[State, ...]
    divisions: RegionalDivisions = field(default_factory=RegionalDivisions)

    def __post_init__(self) -> None:
        require_own_siglas(self.states)

    def completed_from(self, earlier: Self) -> Self:
        """With the earlier regions of each city of which the collection has read none."""
        cities = {city.id for state in self.states for city in state.cidades}
        divisions = self.divisions.completed_from(earlier.divisions, cities)
        return self if divisions is self.divisions else replace(self, divisions=divisions)


# As of any tree, but no state comes from one collection to the next.
CREDIBLE_CHANGE = CredibleChange(gains=replace(GAINS, of_top=lambda _: 0))
