"""What a newly read tree keeps of the one before it, so that data never get worse.

A part that could not be read is kept. So is what has changed, unless the change is believed
(judgement.py).
"""

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from src.domain.credible_change import CredibleChange
from src.domain.judgement import GAIN_NOT_BELIEVED, NAMES_NOT_BELIEVED, NOT_BELIEVED, Judgement
from src.domain.snapshot import Gap, Key, S, in_order_of_level
from src.domain.tree import Branch, Leaf, Part

UNREAD = "não pôde ser lido"


def succeed(earlier: S | None, collected: S, change: CredibleChange | None = None) -> S:
    """The collected snapshot, with all that it lacks and the earlier one has, if there is one.

    Its `filled` names the branches that were kept or completed; its `missing` those of which
    neither snapshot knows the parts. `change` says what may have changed.
    """
    if earlier is None or not earlier.roots:
        return replace(collected, failures=int(not collected.is_whole))
    judgement = Judgement(change, earlier.doubted)
    succession = Succession(judgement, unread={gap.key: gap.reason for gap in collected.missing})
    succeeding = collected.with_roots(succession.of(earlier.roots, collected.roots))
    succeeding = succeeding.completed_from(earlier)
    reasons = {gap.key: gap.reason for gap in (*earlier.missing, *collected.missing)}
    unknown = missing(succeeding.roots, lambda key, _: reasons.get(key))
    filled = _in_order_and_known(succession.filled, unknown)
    believed_at = [earlier.believed_at, collected.believed_at]
    if judgement.has_believed_the_incredible:
        believed_at.append(collected.collected_at)
    return replace(
        succeeding,
        missing=unknown,
        filled=filled,
        failures=earlier.failures + 1 if unknown or filled else 0,
        believed_at=max(filter(None, believed_at), default=None),
        doubted=judgement.doubts(kept={gap.key for gap in succession.filled}),
    )


def unread(earlier: S, reason: str) -> S:
    """The earlier snapshot after a collection that could read nothing at all: all of it is kept."""
    reasons = {gap.key: gap.reason for gap in earlier.missing}
    unknown = missing(earlier.roots, lambda key, _: reasons.get(key))
    kept = [gap for root in earlier.roots for gap in branches(root, reason)]
    filled = _in_order_and_known(kept, unknown)
    return replace(earlier, missing=unknown, filled=filled, failures=earlier.failures + 1)


def is_credible(earlier: Leaf, collected: Leaf, change: CredibleChange | None = None) -> bool:
    """Whether a part at the top that was read whole may be believed as it is."""
    succession = Succession(Judgement(change), unread={})
    succession.of((earlier,), (collected,))
    return not succession.filled


class Succession:
    """Goes down both trees at once, and notes in `filled` which branches were kept or completed.

    `judgement` says which changes are not believed; `unread` has the reasons why parts below some
    branches could not be read.
    """

    def __init__(self, judgement: Judgement, *, unread: Mapping[Key, str]) -> None:
        self._judgement = judgement
        self._unread = unread
        self.filled: list[Gap] = []

    def of(self, before: Sequence[Part], after: Sequence[Part]) -> list[Part]:
        """The new tree, with all that it lacks and the earlier one has; in any order."""
        self._judgement.compare(before, after)
        return self._list((), before, after)

    def _list(self, key: Key, before: Sequence[Part], after: Sequence[Part]) -> list[Part]:
        """A list of the new tree, below the branch with this key, from what both trees have."""
        lost, gained = self._judgement.lost(key), self._judgement.gained(key)
        for part in lost:
            self.filled += branches(part, NOT_BELIEVED, key)
        for part in gained:
            self.filled += branches(part, GAIN_NOT_BELIEVED, key)[:1]
        earlier = {part.id: part for part in before}
        not_believed = {part.id for part in gained}
        believed = (part for part in after if part.id not in not_believed)
        return [*(self._one(key, earlier.get(part.id), part) for part in believed), *lost]

    def _one(self, parents: Key, before: Part | None, after: Part) -> Part:
        if before is None or before == after:
            return after
        key = (*parents, after.id)
        keeps_name = self._judgement.keeps_name(len(parents), before, after)
        if not isinstance(before, Branch) or not isinstance(after, Branch):
            return before if keeps_name else after
        named = before if keeps_name else after
        if keeps_name:
            self.filled.append(Gap(before.id, before.nome, NAMES_NOT_BELIEVED, parents))
        if before.children is None:
            return named if after.children is None else named.with_children(after.children)
        if after.children is None:
            kept = named.with_children(before.children)
            self.filled += branches(kept, self._unread.get(key, UNREAD), parents)
            return kept
        children = self._list(key, before.children, after.children)
        if reason := self._judgement.reason_of_leaves(key, before.children, after.children):
            self.filled.append(Gap(named.id, named.nome, reason, parents))
        if named is after and _are_the_same(children, after.children):
            return after
        return named.with_children(children)


def branches(part: Leaf, reason: str, parents: Key = ()) -> list[Gap]:
    """A gap for the part, if it is a branch, and for each branch below it."""
    if not isinstance(part, Branch):
        return []
    gap = Gap(part.id, part.nome, reason, parents)
    below = [each for child in part.children or () for each in branches(child, reason, gap.key)]
    return [gap, *below]


def missing(
    roots: Iterable[Leaf], reason: Callable[[Key, Branch], str | None] = lambda *_: None
) -> tuple[Gap, ...]:
    """The branches below which nothing is known, with the reason for each, if there is one."""
    gaps: list[Gap] = []

    def look(parts: Iterable[Leaf], parents: Key) -> None:
        for part in parts:
            if isinstance(part, Branch):
                key = (*parents, part.id)
                if part.children is None:
                    gaps.append(Gap(part.id, part.nome, reason(key, part) or UNREAD, parents))
                else:
                    look(part.children, key)

    look(roots, ())
    return in_order_of_level(gaps)


def _are_the_same(parts: Sequence[Leaf], others: Sequence[Leaf]) -> bool:
    return len(parts) == len(others) and all(map(operator.is_, parts, others))


def _in_order_and_known(kept: Iterable[Gap], unknown: Iterable[Gap]) -> tuple[Gap, ...]:
    """What was kept, each branch once, without those of which nothing was there to keep."""
    keys = {gap.key for gap in unknown}
    named = {gap.key: gap for gap in kept}
    return in_order_of_level(gap for gap in named.values() if gap.key not in keys)
