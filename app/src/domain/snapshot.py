"""The snapshot: a whole tree as read at one moment, with its source and its gaps."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Generic, Self, TypeAlias, TypeVar

from src.domain.tree import Leaf, in_order


class Source(StrEnum):
    """Where a snapshot was collected from."""

    LIVE = "live"
    BUNDLED = "bundled"


# The ids of a part and of those above it, the top first: an id alone is unique in its list only.
Key: TypeAlias = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """A branch without its parts, which could not be read, and why.

    `parents` are the ids of the branches above it, the top first.
    """

    id: int
    nome: str
    reason: str
    parents: Key = ()

    @property
    def key(self) -> Key:
        """The ids that identify the branch in the whole tree, the top first."""
        return (*self.parents, self.id)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A part that is gone, or has come, though that is not credible.

    `times` counts the collections in a row that have shown it.
    """

    key: Key
    times: int


def in_order_of_level(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """The gaps, those at the top first, and those on a level in the order of the tree."""
    return tuple(sorted(gaps, key=lambda gap: (len(gap.parents), gap.key)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """When a tree was collected and from where; each tree's own class adds the parts at its top.

    ROOTS names the field that has them, a tuple in order of id.

    `collected_at` is in UTC. `missing` names the branches of which nothing at all is known below.
    `filled` names those that were kept, whole or in part, from an earlier snapshot, because the
    last collection could not read them or is not believed. Both are in order of level, and
    empty for a whole snapshot. `failures` counts the collections in a row, up to the last, that did
    not read everything. `doubted` are the losses and the gains that are not believed yet;
    `believed_at` is the `collected_at` of the last collection whose changes were believed though
    they are not credible: somebody vouched for them, they had been shown often enough, or small
    ones had added up.
    `upstream_rests_until` is how long the upstream has asked to be left alone, if it has.
    """

    ROOTS: ClassVar[str]

    collected_at: datetime
    source: Source = Source.LIVE
    missing: tuple[Gap, ...] = ()
    filled: tuple[Gap, ...] = ()
    failures: int = 0
    doubted: tuple[Doubt, ...] = ()
    believed_at: datetime | None = None
    upstream_rests_until: datetime | None = None

    @property
    def roots(self) -> tuple[Any, ...]:
        """The parts at the top, in order of id."""
        roots: tuple[Any, ...] = getattr(self, self.ROOTS)
        return roots

    @classmethod
    def collected(cls, roots: Iterable[Leaf], *, at: datetime, missing: tuple[Gap, ...]) -> Self:
        """What a collection that ended at this time, in UTC, has read, and what it has not."""
        fields: dict[str, Any] = {cls.ROOTS: in_order(roots)}
        return cls(collected_at=at, missing=missing, **fields)

    def with_roots(self, roots: Iterable[Leaf]) -> Self:
        """A copy with these parts at the top, put in order. Raises InvalidTreeError."""
        changed: dict[str, Any] = {self.ROOTS: in_order(roots)}
        return replace(self, **changed)

    def dated_after(self, earlier: Self) -> Self:
        """Itself, or a copy a second newer than the earlier one if its date says it is older.

        It is then by a clock that is behind another machine's. The newer date counts, in a store as
        for HTTP, which has whole seconds.
        """
        if self.collected_at >= earlier.collected_at:
            return self
        return replace(self, collected_at=earlier.collected_at + timedelta(seconds=1))

    def completed_from(self, earlier: Self) -> Self:  # noqa: ARG002  # most trees are all there is
        """A copy with what it lacks beside its tree, and the earlier one has; itself if nothing."""
        return self

    @property
    def is_whole(self) -> bool:
        """Whether the last collection has read everything that is in it."""
        return not self.missing and not self.filled

    @property
    def is_unread(self) -> bool:
        """Whether the last collection has read nothing, or the list at the top at most."""
        not_read = {gap.key for gap in (*self.missing, *self.filled)}
        return all((root.id,) in not_read for root in self.roots)


Root = TypeVar("Root", bound=Leaf)


@dataclass(frozen=True, kw_only=True)  # with slots, Python 3.11 makes no object of TreeSnapshot[…]
class TreeSnapshot(Snapshot, Generic[Root]):
    """The snapshot of any tree with such roots."""

    ROOTS = "tree"

    tree: tuple[Root, ...]


# A tree's own class of snapshots.
S = TypeVar("S", bound=Snapshot)
