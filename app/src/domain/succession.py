"""What a newly read tree keeps of the one before it, so that data never get worse.

A part that could not be read is kept. So is what has changed, unless the change is credible:

    In one collection a list may lose one part, or a tenth of its parts if that is more;
    and the whole tree ten parts, or a hundredth of its parts if that is more.
    The list at the top loses nothing.
    A list may gain ten parts, or a tenth of its parts if that is more; the tree as it may lose.
    On a level one part may have a new name, or a tenth of its parts; above a hundred parts ten, or
    a hundredth.

The reason: data of record change by a handful of parts in a year, and such a change must get
through at once. An ill upstream loses by the list: the first page of many, an empty answer, a
backup from another year. The bound for a list finds the one list that was cut off; the bound for
the tree finds the many short lists that lost one part each, which a bound for a list alone would
believe. A part counts as lost by the list it stood in: those below it are not counted again. For
trees that change in another way, CredibleChange has other bounds.

A loss or a gain beyond the bounds is believed once CONFIRMATIONS collections in a row have shown
it, or a tree could never again be whole after something wrong has come in. Names are not: an
upstream with wrong names has the same ones each time. Any true change gets through at once if
somebody vouches for it (ANY_CHANGE), or if there is no earlier tree to compare with.
"""

import operator
import sys
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, TypeVar

from src.domain.snapshot import Doubt, Gap, Key, S, in_order_of_level
from src.domain.tree import Branch, Leaf, count_by_level

Part = TypeVar("Part", bound=Leaf)

UNREAD = "não pôde ser lido"
NOT_BELIEVED = "a lista veio menor do que é plausível"
GAIN_NOT_BELIEVED = "a lista veio maior do que é plausível"
NAMES_NOT_BELIEVED = "vieram mais nomes novos do que é plausível"
DISBELIEF = {NOT_BELIEVED, GAIN_NOT_BELIEVED, NAMES_NOT_BELIEVED}

# With the pauses after collections that are not whole, these take two hours.
CONFIRMATIONS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How many parts may go from one collection to the next, or come, by how many there were."""

    of_top: Callable[[int], int] = lambda _: 0
    of_list: Callable[[int], int] = lambda before: max(1, before // 10)
    of_tree: Callable[[int], int] = lambda before: max(10, before // 100)


def _some(before: int) -> int:
    return max(10, before // 10)


def _few_names(_: int, before: int) -> int:
    return max(1, min(before // 10, max(10, before // 100)))


LOSSES = Bounds()
GAINS = Bounds(of_top=_some, of_list=_some)


def any_number(_: int) -> int:
    """As one of the Bounds: none."""
    return sys.maxsize


@dataclass(frozen=True, slots=True, kw_only=True)
class CredibleChange:
    """How much may change from one collection to the next.

    `names` says how many parts of a level may have another name or short name, by the level, 0 for
    the top, and by how many parts it had.
    """

    losses: Bounds = LOSSES
    gains: Bounds = GAINS
    names: Callable[[int, int], int] = _few_names


_NO_BOUNDS = Bounds(of_top=any_number, of_list=any_number, of_tree=any_number)

# For a change that somebody vouches for.
ANY_CHANGE = CredibleChange(
    losses=_NO_BOUNDS, gains=_NO_BOUNDS, names=lambda _, before: any_number(before)
)


def succeed(earlier: S | None, collected: S, change: CredibleChange | None = None) -> S:
    """The collected snapshot, with all that it lacks and the earlier one has, if there is one.

    Its `filled` names the branches that were kept or completed; its `missing` those of which
    neither snapshot knows the parts. `change` says what may have changed.
    """
    if earlier is None or not earlier.roots:
        return replace(collected, failures=int(not collected.is_whole))
    succession = Succession(
        unread={gap.key: gap.reason for gap in collected.missing},
        change=change,
        doubted=earlier.doubted,
    )
    succeeding = collected.with_roots(succession.of(earlier.roots, collected.roots))
    reasons = {gap.key: gap.reason for gap in (*earlier.missing, *collected.missing)}
    unknown = missing(succeeding.roots, lambda key, _: reasons.get(key))
    filled = _in_order_and_known(succession.filled, unknown)
    believed_at = [earlier.believed_at, collected.believed_at]
    if succession.has_believed_the_incredible:
        believed_at.append(collected.collected_at)
    return replace(
        succeeding,
        missing=unknown,
        filled=filled,
        failures=earlier.failures + 1 if unknown or filled else 0,
        believed_at=max(filter(None, believed_at), default=None),
        doubted=tuple(Doubt(key, times) for key, times in sorted(succession.doubted.items())),
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
    succession = Succession(unread={}, change=change)
    succession.of((earlier,), (collected,))
    return not succession.filled


def is_credible_beside(earlier: S, later: S, change: CredibleChange | None = None) -> bool:
    """Whether everything in the later snapshot may come from the earlier one in one collection."""
    succession = Succession(unread={}, change=change)
    succession.of(earlier.roots, later.roots)
    return succession.believes_all


# Parts of the lists that both trees have, by the key of the branch that has the list.
_ByList: TypeAlias = dict[Key, list[Any]]


class Succession:
    """Goes down both trees at once, and notes in `filled` which branches were kept or completed.

    `unread` has the reasons why parts below some branches could not be read; `change` says what may
    have changed. `doubted` counts how many collections in a row have shown each loss and each gain
    that is not believed: those of the earlier snapshot, and after `of` those of the next.
    `has_believed_the_incredible` says whether a change got through that is beyond the bounds.
    """

    def __init__(
        self,
        *,
        unread: Mapping[Key, str],
        change: CredibleChange | None = None,
        doubted: Iterable[Doubt] = (),
    ) -> None:
        self._unread = unread
        self._change = change or CredibleChange()
        self._lost: _ByList = {}  # what is gone, and not believed to be
        self._gained: _ByList = {}
        self._levels_with_old_names: set[int] = set()
        self.has_believed_the_incredible = change is ANY_CHANGE
        self.doubted = {doubt.key: doubt.times for doubt in doubted}
        self.filled: list[Gap] = []

    @property
    def believes_all(self) -> bool:
        """Whether `of` has found no change that is not believed."""
        return not self.doubted and not self._levels_with_old_names

    def of(self, before: Sequence[Part], after: Sequence[Part]) -> list[Part]:
        """The new tree, with all that it lacks and the earlier one has; in any order."""
        lists = dict(_lists_in_both((), before, after))
        sizes = {key: len(earlier) for key, (earlier, _) in lists.items()}
        counts = count_by_level(before)
        gone: _ByList = {key: _gone(*pair) for key, pair in lists.items()}
        new: _ByList = {key: _gone(later, earlier) for key, (earlier, later) in lists.items()}
        self._lost = self._not_credible(gone, sizes, self._change.losses, sum(counts))
        self._gained = self._not_credible(new, sizes, self._change.gains, sum(counts))
        renamed = Counter[int]()
        for key, pair in lists.items():
            renamed[len(key)] += _renamed(*pair)
        self._levels_with_old_names = {
            level
            for level, count in (+renamed).items()
            if count > self._change.names(level, counts[level])
        }
        succeeding = self._list((), before, after)
        self._count_doubts(read=lists)
        return succeeding

    def _not_credible(
        self, changed: _ByList, sizes: Mapping[Key, int], bounds: Bounds, parts_before: int
    ) -> _ByList:
        """What of the changed parts is beyond the bounds, and not confirmed."""
        open_to_doubt = {
            key: [part for part in parts if self._times((*key, part.id)) < CONFIRMATIONS]
            for key, parts in changed.items()
        }
        if sum(map(len, open_to_doubt.values())) < sum(map(len, changed.values())):
            self.has_believed_the_incredible = True
        of_top = len(open_to_doubt[()])
        of_tree = sum(map(len, open_to_doubt.values()))
        top_is_credible = of_top <= bounds.of_top(sizes[()])
        if top_is_credible:
            of_tree -= of_top  # what may change at the top does not count against the rest
        tree_is_credible = of_tree <= bounds.of_tree(parts_before)

        def is_credible(key: Key, count: int) -> bool:
            if not key:
                return top_is_credible
            return tree_is_credible and count <= bounds.of_list(sizes[key])

        return {
            key: parts for key, parts in open_to_doubt.items() if not is_credible(key, len(parts))
        }

    def _times(self, key: Key) -> int:
        """How many collections in a row, this one included, have shown a change of this part."""
        return self.doubted.get(key, 0) + 1

    def _count_doubts(self, *, read: Container[Key]) -> None:
        shown = {
            key: self._times(key)
            for changed in (self._lost, self._gained)
            for parents, parts in changed.items()
            for key in ((*parents, part.id) for part in parts)
        }
        # A list that could not be read neither confirms a doubt nor removes it.
        kept = {gap.key for gap in self.filled}
        unread = {
            key: times
            for key, times in self.doubted.items()
            if key[:-1] in kept and key[:-1] not in read
        }
        self.doubted = unread | shown

    def _list(self, key: Key, before: Sequence[Part], after: Sequence[Part]) -> list[Part]:
        """A list of the new tree, below the branch with this key, from what both trees have."""
        lost, gained = self._lost.get(key, []), self._gained.get(key, [])
        for part in lost:
            self.filled += branches(part, NOT_BELIEVED, key)
        for part in gained:
            self.filled += branches(part, GAIN_NOT_BELIEVED, key)[:1]
        earlier = {part.id: part for part in before}
        believed = _gone(after, gained) if gained else after
        return [*(self._one(key, earlier.get(part.id), part) for part in believed), *lost]

    def _one(self, parents: Key, before: Part | None, after: Part) -> Part:
        if before is None or before == after:
            return after
        key = (*parents, after.id)
        keeps_name = len(parents) in self._levels_with_old_names and _is_renamed(before, after)
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
        if reason := self._reason_of_leaves(key, before.children, after.children):
            self.filled.append(Gap(named.id, named.nome, reason, parents))
        if named is after and _are_the_same(children, after.children):
            return after
        return named.with_children(children)

    def _reason_of_leaves(
        self, key: Key, before: Sequence[Leaf], after: Sequence[Leaf]
    ) -> str | None:
        """Why the leaves of this list are not those that were read; None if they are."""
        if any(not isinstance(part, Branch) for part in self._lost.get(key, ())):
            return NOT_BELIEVED
        if any(not isinstance(part, Branch) for part in self._gained.get(key, ())):
            return GAIN_NOT_BELIEVED
        leaves = [part for part in after if not isinstance(part, Branch)]
        if len(key) in self._levels_with_old_names and _renamed(before, leaves):
            return NAMES_NOT_BELIEVED
        return None


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


def _lists_in_both(
    key: Key, before: Sequence[Leaf], after: Sequence[Leaf]
) -> Iterator[tuple[Key, tuple[Sequence[Leaf], Sequence[Leaf]]]]:
    """Each list of the earlier tree that was read again, beside what was read.

    Each has the key of its branch; `key` is that of the first. Lists below parts that are the same
    in both trees, as nearly all are, are left out.
    """
    yield key, (before, after)
    later = {part.id: part for part in after}
    for earlier in before:
        part = later.get(earlier.id)
        if (
            isinstance(earlier, Branch)
            and isinstance(part, Branch)
            and earlier.children is not None
            and part.children is not None
            and earlier != part
        ):
            yield from _lists_in_both((*key, part.id), earlier.children, part.children)


def _gone(before: Sequence[Part], after: Iterable[Leaf]) -> list[Part]:
    ids = {part.id for part in after}
    return [part for part in before if part.id not in ids]


def _renamed(before: Iterable[Leaf], after: Iterable[Leaf]) -> int:
    earlier = {part.id: part for part in before}
    return sum(part.id in earlier and _is_renamed(earlier[part.id], part) for part in after)


def _is_renamed(before: Leaf, after: Leaf) -> bool:
    return (before.nome, before.short_name) != (after.nome, after.short_name)


def _are_the_same(parts: Sequence[Leaf], others: Sequence[Leaf]) -> bool:
    return len(parts) == len(others) and all(map(operator.is_, parts, others))


def _in_order_and_known(kept: Iterable[Gap], unknown: Iterable[Gap]) -> tuple[Gap, ...]:
    """What was kept, each branch once, without those of which nothing was there to keep."""
    keys = {gap.key for gap in unknown}
    named = {gap.key: gap for gap in kept}
    return in_order_of_level(gap for gap in named.values() if gap.key not in keys)
