"""Which changes of a tree are believed when it is read again.

A change within the bounds is believed at once. A loss or a gain beyond them is believed once
CONFIRMATIONS collections in a row have shown it, or a tree could never again be whole after
something wrong has come in. Names are not: an upstream with wrong names has the same ones each
time. Any true change gets through at once if somebody vouches for it (ANY_CHANGE), or if there is
no earlier tree to compare with.
"""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from src.domain.credible_change import ANY_CHANGE, Bounds, CredibleChange
from src.domain.snapshot import Doubt, Key, S, Snapshot
from src.domain.tree import Branch, Leaf, Part, count_by_level

NOT_BELIEVED = "a lista veio menor do que é plausível"
GAIN_NOT_BELIEVED = "a lista veio maior do que é plausível"
NAMES_NOT_BELIEVED = "vieram mais nomes novos do que é plausível"
DISBELIEF = {NOT_BELIEVED, GAIN_NOT_BELIEVED, NAMES_NOT_BELIEVED}

# With the pauses after collections that are not whole, these take two hours.
CONFIRMATIONS = 8


def is_credible_beside(
    earlier: Snapshot, later: Snapshot, change: CredibleChange | None = None
) -> bool:
    """Whether everything in the later snapshot may come from the earlier one in one collection."""
    judgement = Judgement(change)
    judgement.compare(earlier.roots, later.roots)
    return judgement.believes_all


def believed_beside(bundled: S, snapshot: S, change: CredibleChange | None = None) -> S:
    """The same, as believed if small changes have led far away from the bundled snapshot.

    Each was credible when it came, and the next start is not to doubt all of them together.
    """
    if is_credible_beside(bundled, snapshot, change):
        return snapshot
    return replace(snapshot, believed_at=snapshot.collected_at)


# Parts of the lists that both trees have, by the key of the branch that has the list.
_ByList: TypeAlias = dict[Key, list[Any]]


class Judgement:
    """Compares a tree with the one before it, and says which changes are not believed.

    `change` says what may have changed. `doubted` counts how many collections in a row up to the
    earlier tree's have shown each loss and each gain that was not believed.
    `has_believed_the_incredible` says whether a change got through that is beyond the bounds.
    """

    def __init__(self, change: CredibleChange | None = None, doubted: Iterable[Doubt] = ()) -> None:
        self._change = change or CredibleChange()
        self._doubted = {doubt.key: doubt.times for doubt in doubted}
        self._lists: dict[Key, tuple[Sequence[Leaf], Sequence[Leaf]]] = {}
        self._lost: _ByList = {}  # what is gone, and not believed to be
        self._gained: _ByList = {}
        self._levels_with_old_names: set[int] = set()
        self.has_believed_the_incredible = change is ANY_CHANGE

    def compare(self, before: Sequence[Leaf], after: Sequence[Leaf]) -> None:
        """Judge all changes from the earlier tree to the later; other methods tell the result."""
        self._lists = dict(_lists_in_both((), before, after))
        counts = count_by_level(before)
        gone = {key: _gone(*pair) for key, pair in self._lists.items()}
        new = {key: _gone(later, earlier) for key, (earlier, later) in self._lists.items()}
        self._lost = self._not_credible(gone, self._change.losses, sum(counts))
        self._gained = self._not_credible(new, self._change.gains, sum(counts))
        renamed = Counter[int]()
        for key, pair in self._lists.items():
            renamed[len(key)] += _renamed(*pair)
        self._levels_with_old_names = {
            level
            for level, count in (+renamed).items()
            if count > self._change.names(level, counts[level])
        }

    @property
    def believes_all(self) -> bool:
        """Whether `compare` has found no change that is not believed."""
        return not self.doubts(kept=()) and not self._levels_with_old_names

    def lost(self, key: Key) -> list[Any]:
        """What is gone from the list below the branch with this key, and not believed to be."""
        return self._lost.get(key, [])

    def gained(self, key: Key) -> list[Any]:
        """What has come into that list, and is not believed."""
        return self._gained.get(key, [])

    def keeps_name(self, level: int, before: Leaf, after: Leaf) -> bool:
        """Whether a part on this level has a new name that is not believed."""
        return level in self._levels_with_old_names and _is_renamed(before, after)

    def reason_of_leaves(
        self, key: Key, before: Sequence[Leaf], after: Sequence[Leaf]
    ) -> str | None:
        """Why not all leaves of this list are believed as they were read; None if they are."""
        if any(not isinstance(part, Branch) for part in self.lost(key)):
            return NOT_BELIEVED
        if any(not isinstance(part, Branch) for part in self.gained(key)):
            return GAIN_NOT_BELIEVED
        leaves = [part for part in after if not isinstance(part, Branch)]
        if len(key) in self._levels_with_old_names and _renamed(before, leaves):
            return NAMES_NOT_BELIEVED
        return None

    def doubts(self, *, kept: Container[Key]) -> tuple[Doubt, ...]:
        """The losses and gains that are not believed, in order; `kept` are the branches kept.

        A list that could not be read neither confirms a doubt nor removes it.
        """
        unread = {
            key: times
            for key, times in self._doubted.items()
            if key[:-1] in kept and key[:-1] not in self._lists
        }
        shown = {
            key: self._times(key)
            for changed in (self._lost, self._gained)
            for parents, parts in changed.items()
            for key in ((*parents, part.id) for part in parts)
        }
        return tuple(Doubt(key, times) for key, times in sorted((unread | shown).items()))

    def _not_credible(self, changed: _ByList, bounds: Bounds, parts_before: int) -> _ByList:
        """What of the changed parts is beyond the bounds, and not confirmed."""
        open_to_doubt = {
            key: [part for part in parts if self._times((*key, part.id)) < CONFIRMATIONS]
            for key, parts in changed.items()
        }
        if sum(map(len, open_to_doubt.values())) < sum(map(len, changed.values())):
            self.has_believed_the_incredible = True
        sizes = {key: len(earlier) for key, (earlier, _) in self._lists.items()}
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
        return self._doubted.get(key, 0) + 1


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
