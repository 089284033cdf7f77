"""How much may credibly change from one collection to the next.

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
trees that change in another way, a CredibleChange has other bounds.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass


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
