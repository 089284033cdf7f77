"""Finds parts of a tree by name, however it is spelled."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Generic, TypeVar

from src.domain.searchable_names import searchable
from src.domain.tree import Leaf

Part = TypeVar("Part", bound=Leaf)

# How many letters may be wrong, missing, too many or swapped with the next: one in four, so none
# below four letters, where nearly every name would be near; and three at most, since what differs
# in more is another name.
LETTERS_FOR_AN_EDIT = 4
MAX_EDITS = 3

# All that is looked at of a query. No name is nearly as long, and one character may decompose into
# eighteen: what lies beyond would cost time only.
LONGEST_QUERY = 100

# Not a character, hence in no searchable name and after all of them in order.
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Found(Generic[Part]):
    """One page of what a search finds, and how many parts it finds in all."""

    parts: tuple[Part, ...]
    total: int


class _Names(Generic[Part]):
    """Parts in order of name, then of id, with everything that a search needs of each.

    `keys` are their searchable names, and `closed` the same without blanks, in the same order.
    """

    def __init__(self, keyed: Sequence[tuple[str, Part]] = ()) -> None:
        self.parts = [part for _, part in keyed]
        self.keys = [key for key, _ in keyed]
        self.closed = [key.replace(" ", "") for key in self.keys]
        # One look into all names together tells whether any has it; no name has a line break.
        self.all_keys, self.all_closed = "\n".join(self.keys), "\n".join(self.closed)
        self.at_length: defaultdict[int, list[int]] = defaultdict(list)
        for at, key in enumerate(self.keys):
            self.at_length[len(key)].append(at)


class NameIndex(Generic[Part]):
    """Finds parts of one level by name: made once for a snapshot, and never changed.

    `root_of` gives the id of the root above a part: a search may be for the parts of one root.
    """

    def __init__(self, parts: Iterable[Part], *, root_of: Callable[[Part], int]) -> None:
        # By root, and all of them under None.
        named: defaultdict[int | None, list[tuple[str, Part]]] = defaultdict(list)
        keyed = ((searchable(part.nome), part) for part in parts)
        for key, part in sorted(keyed, key=lambda each: (each[0], each[1].id)):
            for root in (None, root_of(part)):
                named[root].append((key, part))
        self._names = {root: _Names(parts) for root, parts in named.items()}

    def search(
        self, query: str | None, *, root: int | None = None, limit: int, offset: int
    ) -> Found[Part]:
        """The parts whose names contain the query: `limit` of them, from `offset` on.

        First the very name, then names that begin with the query, then those in which a later word
        does, then those that have it inside a word; of equals, in order of name and id. Without a
        query, or with a blank one, all parts in that order.

        Names that have it in them where blanks do not count ("doeste"), or else nearly, are found
        only if nothing else is found: a correct spelling finds no others, and
        `total` counts what was asked for.
        """
        names: _Names[Part] = self._names.get(root, _Names())
        ranked = _ranked(query, names)
        page = ranked[offset : offset + limit]
        return Found(tuple(names.parts[at] for at in page), len(ranked))


def _ranked(query: str | None, names: _Names[Part]) -> Sequence[int]:
    """The positions of the names that the query finds, the best first."""
    if query is None or not query.strip():
        return range(len(names.keys))
    wanted = searchable(query)[:LONGEST_QUERY]
    if not wanted:
        return ()
    return _with_it(wanted, names) or _without_blanks(wanted, names) or _nearly(wanted, names)


def _with_it(wanted: str, names: _Names[Part]) -> list[int]:
    """Those that have it in them."""
    if wanted not in names.all_keys:
        return []
    # Those that begin with it are neighbours in the order, and the very name is the first of them.
    keys = names.keys
    first, end = bisect_left(keys, wanted), bisect_left(keys, wanted + _LAST)
    others = chain(range(first), range(end, len(keys)))
    inside = [at for at in others if wanted in keys[at]]
    word = f" {wanted}"
    inside.sort(key=lambda at: word not in keys[at])
    return [*range(first, end), *inside]


def _without_blanks(wanted: str, names: _Names[Part]) -> list[int]:
    """Those that have it in them where blanks do not count: "doeste", "dagua"."""
    closed = wanted.replace(" ", "")
    if closed not in names.all_closed:
        return []
    return [at for at, key in enumerate(names.closed) if closed in key]


def _nearly(wanted: str, names: _Names[Part]) -> list[int]:
    """Those that few edits make the same, the fewest first."""
    # It takes 4 MB, which a worker needs only once somebody has misspelled something.
    from rapidfuzz import process  # noqa: PLC0415  # as above
    from rapidfuzz.distance import OSA  # noqa: PLC0415  # as above

    edits = min(len(wanted) // LETTERS_FOR_AN_EDIT, MAX_EDITS)
    # An edit makes a name longer or shorter by one letter at most.
    lengths = range(len(wanted) - edits, len(wanted) + edits + 1)
    near = sorted(at for length in lengths for at in names.at_length.get(length, ()))
    found = process.extract(
        wanted,
        [names.keys[at] for at in near],
        scorer=OSA.distance,
        score_cutoff=edits,
        limit=None,
    )
    return [near[index] for _, _, index in found]
