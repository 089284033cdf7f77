"""The snapshot: the whole territory as read at one moment, with its source and its gaps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from src.domain.localities.territory import State


class Source(StrEnum):
    """Where a snapshot was collected from."""

    LIVE = "live"
    BUNDLED = "bundled"


@dataclass(frozen=True, slots=True)
class Gap:
    """A branch without its parts, which could not be read, and why; `level` is 0 at the top."""

    id: int
    nome: str
    reason: str
    level: int = 0

    @property
    def key(self) -> tuple[int, int]:
        """Its level and id: ids are unique on their level only."""
        return self.level, self.id


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The states in order of id with all below them, when they were collected and from where.

    `collected_at` is in UTC. `missing` names the states without cities and the cities without
    districts: nothing at all is known of what is below them. `filled` names the states and cities
    that were kept, whole or in part, from an earlier snapshot, because the last collection could
    not read them or is not believed. Both are in order of id, and empty for a whole snapshot.
    `failures` counts the collections in a row, up to the last, that did not read everything.
    """

    states: tuple[State, ...]
    collected_at: datetime
    source: Source
    missing: tuple[Gap, ...] = ()
    filled: tuple[Gap, ...] = ()
    failures: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether the last collection has read everything that is in it."""
        return not self.missing and not self.filled

    @property
    def is_unread(self) -> bool:
        """Whether the last collection has read nothing, or the list of states at most."""
        not_read = {gap.key for gap in (*self.missing, *self.filled)}
        return all((0, state.id) in not_read for state in self.states)
