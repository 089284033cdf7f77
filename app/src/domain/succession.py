"""What a newly read tree keeps of the one before it, so that data never get worse.

A part that could not be read is kept. So is a part that is gone, unless its going is credible:

    In one collection a list may lose one part, or a tenth of its parts if that is more;
    and the whole tree ten parts, or a hundredth of its parts if that is more.
    The list at the top loses nothing.

The reason: data of record change by a handful of parts in a year, and such a change must get
through at once. An ill upstream loses by the list: the first page of many, an empty answer, a
backup from another year. The bound for a list finds the one list that was cut off; the bound for
the tree finds the many short lists that lost one part each, which a bound for a list alone would
believe. A part counts as lost by the list it stood in: those below it are not counted again. For
trees that change in another way, CredibleLoss has other bounds.

A true change beyond these bounds gets through if there is no earlier tree to compare with: nothing
stored, and nothing bundled.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from src.domain.snapshot import Gap, Key, S, in_order_of_level
from src.domain.tree import Branch, Leaf, count_by_level

Part = TypeVar("Part", bound=Leaf)

UNREAD = "não pôde ser lido"
NOT_BELIEVED = "a lista veio menor do que é plausível"


@dataclass(frozen=True, slots=True)
class CredibleLoss:
    """How many parts may go from one collection to the next, by how many there were."""

    of_top: Callable[[int], int] = lambda _: 0
    of_list: Callable[[int], int] = lambda before: max(1, before // 10)
    of_tree: Callable[[int], int] = lambda before: max(10, before // 100)


def succeed(earlier: S | None, collected: S, loss: CredibleLoss | None = None) -> S:
    """The collected snapshot, with all that it lacks and the earlier one has, if there is one.

    Its `filled` names the branches that were kept or completed; its `missing` those of which
    neither snapshot knows the parts. `loss` says what may be gone.
    """
    if earlier is None:
        return replace(collected, failures=int(not collected.is_whole))
    succession = Succession(unread={gap.key: gap.reason for gap in collected.missing}, loss=loss)
    succeeding = collected.with_roots(succession.of(earlier.roots, collected.roots))
    reasons = {gap.key: gap.reason for gap in (*earlier.missing, *collected.missing)}
    unknown = missing(succeeding.roots, lambda key, _: reasons.get(key))
    filled = _in_order_and_known(succession.filled, unknown)
    failures = earlier.failures + 1 if unknown or filled else 0
    return replace(succeeding, missing=unknown, filled=filled, failures=failures)


def unread(earlier: S, reason: str) -> S:
    """The earlier snapshot after a collection that could read nothing at all: all of it is kept."""
    reasons = {gap.key: gap.reason for gap in earlier.missing}
    unknown = missing(earlier.roots, lambda key, _: reasons.get(key))
    kept = [gap for root in earlier.roots for gap in branches(root, reason)]
    filled = _in_order_and_known(kept, unknown)
    return replace(earlier, missing=unknown, filled=filled, failures=earlier.failures + 1)


def is_credible(earlier: Leaf, collected: Leaf, loss: CredibleLoss | None = None) -> bool:
    """Whether a part at the top that was read whole may be believed as it is."""
    succession = Succession(unread={}, loss=loss)
    succession.of((earlier,), (collected,))
    return not succession.filled


class Succession:
    """Goes down both trees at once, and notes in `filled` which branches were kept or completed.

    `unread` has the reasons why parts below some branches could not be read; `loss` says what may
    go.
    """

    def __init__(self, *, unread: Mapping[Key, str], loss: CredibleLoss | None = None) -> None:
        self._unread = unread
        self._loss = loss or CredibleLoss()
        self._tree_is_credible = True
        self.filled: list[Gap] = []

    def of(self, before: Sequence[Part], after: Sequence[Part]) -> list[Part]:
        """The new tree, with all that it lacks and the earlier one has; in any order."""
        gone = _gone(before, after)
        kept = gone if len(gone) > self._loss.of_top(len(before)) else []
        lists = list(_lists_in_both(before, after))
        if not kept:
            lists.pop(0)  # what may go from the top does not count against the rest
        lost = sum(len(_gone(earlier, later)) for earlier, later in lists)
        self._tree_is_credible = lost <= self._loss.of_tree(sum(count_by_level(before)))
        for root in kept:
            self.filled += branches(root, NOT_BELIEVED)
        return [*self._each((), before, after), *kept]

    def _each(self, parents: Key, before: Sequence[Part], after: Sequence[Part]) -> list[Part]:
        earlier = {part.id: part for part in before}
        return [self._one(parents, earlier.get(part.id), part) for part in after]

    def _one(self, parents: Key, before: Part | None, after: Part) -> Part:
        if not isinstance(before, Branch) or not isinstance(after, Branch):
            return after
        if before.children is None:
            return after
        key = (*parents, after.id)
        if after.children is None:
            kept = after.with_children(before.children)
            self.filled += branches(kept, self._unread.get(key, UNREAD), parents)
            return kept
        children = self._each(key, before.children, after.children)
        gone = self._not_believed_gone(before.children, after.children)
        for part in gone:
            self.filled += branches(part, NOT_BELIEVED, key)
        if any(not isinstance(part, Branch) for part in gone):
            self.filled.append(Gap(after.id, after.nome, NOT_BELIEVED, parents))
        if not gone and all(new is old for new, old in zip(children, after.children, strict=True)):
            return after
        return after.with_children([*children, *gone])

    def _not_believed_gone(self, before: Sequence[Part], after: Sequence[Part]) -> list[Part]:
        gone = _gone(before, after)
        is_credible = self._tree_is_credible and len(gone) <= self._loss.of_list(len(before))
        return [] if is_credible else gone


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
    return in_order_of_level(_missing(roots, reason, ()))


def _missing(
    parts: Iterable[Leaf], reason: Callable[[Key, Branch], str | None], parents: Key
) -> Iterator[Gap]:
    for part in parts:
        if isinstance(part, Branch):
            key = (*parents, part.id)
            if part.children is None:
                yield Gap(part.id, part.nome, reason(key, part) or UNREAD, parents)
            else:
                yield from _missing(part.children, reason, key)


def _lists_in_both(
    before: Sequence[Leaf], after: Sequence[Leaf]
) -> Iterator[tuple[Sequence[Leaf], Sequence[Leaf]]]:
    """Each list of the earlier tree that was read again, beside what was read."""
    yield before, after
    later = {part.id: part for part in after}
    for earlier in before:
        part = later.get(earlier.id)
        if (
            isinstance(earlier, Branch)
            and isinstance(part, Branch)
            and earlier.children is not None
            and part.children is not None
        ):
            yield from _lists_in_both(earlier.children, part.children)


def _gone(before: Sequence[Part], after: Iterable[Leaf]) -> list[Part]:
    ids = {part.id for part in after}
    return [part for part in before if part.id not in ids]


def _in_order_and_known(kept: Iterable[Gap], unknown: Iterable[Gap]) -> tuple[Gap, ...]:
    """What was kept, without the branches of which nothing was there to keep."""
    keys = {gap.key for gap in unknown}
    return in_order_of_level(gap for gap in kept if gap.key not in keys)
