"""What a tree looks like from afar: enough to see at a glance what cannot have come of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from src.domain.credible_change import CredibleChange
from src.domain.tree import Leaf, count_by_level


@dataclass(frozen=True, slots=True)
class RootOutline:
    """A part at the top, and how many parts it has on each level below, the upper one first."""

    id: int
    nome: str
    short_name: str
    counts: tuple[int, ...]


def outline(roots: Sequence[Leaf]) -> tuple[RootOutline, ...]:
    """The outline of the tree with these parts at its top."""
    return tuple(
        RootOutline(root.id, root.nome, root.short_name, tuple(count_by_level((root,))[1:]))
        for root in roots
    )


def may_follow(
    before: Sequence[RootOutline],
    after: Sequence[RootOutline],
    change: CredibleChange | None = None,
) -> bool:
    """Whether the later tree looks credible after the earlier one, seen from afar.

    Only the parts at the top are compared, and the numbers of those below them. A closer look may
    find that the tree is not credible, and in rare cases that it is though it does not look so.
    """
    change = change or CredibleChange()
    losses, gains = change.losses, change.gains
    earlier = {root.id: root for root in before}
    both = [(earlier[root.id], root) for root in after if root.id in earlier]
    top = len(before)
    renamed = sum(
        (root.nome, root.short_name) != (later.nome, later.short_name) for root, later in both
    )
    if (
        top - len(both) > losses.of_top(top)
        or len(after) - len(both) > gains.of_top(top)
        or renamed > change.names(0, top)
    ):
        return False
    parts_before = parts_after = top
    for root, later in both:
        in_list, now_in_list = sum(root.counts[:1]), sum(later.counts[:1])
        if in_list - now_in_list > losses.of_list(in_list) or now_in_list - in_list > gains.of_list(
            in_list
        ):
            return False
        parts_before += sum(root.counts)
        parts_after += sum(later.counts)
    return parts_before - parts_after <= losses.of_tree(
        parts_before
    ) and parts_after - parts_before <= gains.of_tree(parts_before)
