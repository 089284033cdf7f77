"""Finds parts of a tree by name, as people type it."""

from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import accumulate
from typing import Generic, TypeVar
from unicodedata import normalize

from src.application.finding.names_by_word import MatchedNames, NamesByWord
from src.domain.portuguese_spelling import DIRECTIONS
from src.domain.searchable_names import searchable
from src.domain.tree import Leaf

Part = TypeVar("Part", bound=Leaf)

# How many letters may be wrong in a whole name: one in four, and three at most, since what differs
# in more is another name.
LETTERS_FOR_AN_EDIT = 4
MAX_EDITS = 3

# All that is looked at of a query. No name is nearly as long, and one character may decompose into
# eighteen: what lies beyond would cost time only.
LONGEST_QUERY = 100

FEW_LETTERS = 3

# Not a character, hence in no searchable name and after all of them in order.
_LAST = "\U0010ffff"


class Match(IntEnum):
    """How a name matches a query, the best first."""

    VERY_NAME = 0  # accents, case and punctuation do not count
    JOINED = 1  # nor do blanks
    BEGINNING = 2  # the name begins with the query
    WHOLE = 3  # all words of the name, some of them shortened; joining words do not count
    FIRST_WORDS = 4  # so the first words of the name
    WORDS = 5  # so words of the name
    NEAR = 6  # so the whole name, but letters are wrong
    PART = 7  # the query lies somewhere in the name
    OTHERWISE = 8  # see `search`
    NONE = 9


@dataclass(frozen=True, slots=True)
class Found(Generic[Part]):
    """All parts that a search finds, the best first, and how the first matches.

    Without a query every name begins with it.
    """

    parts: Sequence[Part]
    match: Match


class NameIndex(Generic[Part]):
    """Finds parts of one level by name: made once for a snapshot, and never changed.

    `groups_of` gives the groups that a part belongs to: a search may be for those of one.
    """

    def __init__(
        self, parts: Iterable[Part], *, groups_of: Callable[[Part], Sequence[Hashable]]
    ) -> None:
        keyed = ((searchable(part.nome), part) for part in parts)
        in_order = sorted(keyed, key=lambda each: (each[0], each[1].id))
        self._keys = [key for key, _ in in_order]
        # A position in any of these is that of the same part in all.
        self._parts = [part for _, part in in_order]
        # One object for all that belong to the same groups.
        same: dict[Sequence[Hashable], Sequence[Hashable]] = {}
        self._groups = [same.setdefault(groups_of(part), groups_of(part)) for part in self._parts]
        self._closed = [key.replace(" ", "") for key in self._keys]
        # One look into all names together tells whether any has it; no name has a line break.
        self._all_closed = "\n".join(self._closed)
        lengths = (len(key) + 1 for key in self._closed)
        self._starts = array("L", accumulate(lengths, initial=0))  # of each name in all of them
        self._at_length: defaultdict[int, list[int]] = defaultdict(list)
        for at, key in enumerate(self._keys):
            self._at_length[len(key)].append(at)
        self._by_word = NamesByWord([part.nome for part in self._parts])

    def search(self, query: str | None, *, group: Hashable | None = None) -> Found[Part]:
        """The parts with a name that matches the query.

        They come in the order of Match; of equals, in order of name and id, but the very name with
        the accents of the query before others. Without a query, or with a blank one, all parts in
        that order.

        Near names are left out if there is the very name: a correct spelling asks for no others.
        Only if nothing else is found come names with misspelled words and others besides, names
        that have the words with others between them, and names that the query begins with.
        """
        best, ranked = Match.NONE, dict[int, None]()
        for match, positions in self._matches(query, group, found=ranked):
            mine = self._in(group, positions)
            if mine and not ranked:
                best = match
            ranked.update(dict.fromkeys(mine))
        return Found([self._parts[at] for at in ranked], best)

    def has(self, name: str, *, group: Hashable | None = None) -> bool:
        """Whether a part has this very name."""
        return bool(self._in(group, self._with_key(searchable(name))))

    def beginning_with(self, query: str, *, group: Hashable | None = None) -> list[Part]:
        """The parts with a name that begins with the query, in order of name and id."""
        wanted = searchable(query)
        positions = self._beginning_with(wanted) if wanted else ()
        return [self._parts[at] for at in self._in(group, positions)]

    def _in(self, group: Hashable | None, positions: Sequence[int]) -> Sequence[int]:
        if group is None:
            return positions
        return [at for at in positions if group in self._groups[at]]

    def _matches(
        self, query: str | None, group: Hashable | None, *, found: Collection[int]
    ) -> Iterator[tuple[Match, Sequence[int]]]:
        """The positions of the names that match, the best first; some come more than once.

        Not all of them are in the group; `found` has those that are and came before.
        """
        if query is None or not query.strip():
            yield Match.BEGINNING, range(len(self._keys))
            return
        wanted = searchable(query)[:LONGEST_QUERY]
        if not wanted:
            return
        closed = wanted.replace(" ", "")
        inside = self._inside(closed, group) if closed in self._all_closed else []
        yield Match.VERY_NAME, self._with_accents_first(query, self._with_key(wanted))
        yield Match.JOINED, [at for at in inside if self._closed[at] == closed]
        is_known = bool(found)
        yield Match.BEGINNING, self._beginning_with(wanted)
        by_word = self._by_word.matches(query)
        meant = next(by_word)
        yield Match.WHOLE, meant.whole
        yield Match.FIRST_WORDS, meant.first
        yield Match.WORDS, meant.later
        sounding = next(by_word)
        yield Match.NEAR, sounding.whole
        near = next(by_word) if not is_known else MatchedNames()
        if not is_known:
            yield Match.NEAR, near.whole or self._nearly(wanted)
        yield Match.PART, [at for at in inside if wanted in self._keys[at]]
        yield Match.PART, inside
        if not found:
            others = (sounding.first, sounding.later, near.first, near.later, meant.apart)
            for positions in (*others, self._begun(wanted)):
                yield Match.OTHERWISE, positions

    def _inside(self, closed: str, group: Hashable | None) -> list[int]:
        """The names that have it in them, those in the group among others."""
        if len(closed) < FEW_LETTERS:  # nearly all have it, and looking at each is quicker
            mine = self._in(group, range(len(self._closed)))
            return [at for at in mine if closed in self._closed[at]]
        found = []
        at = self._all_closed.find(closed)
        while at >= 0:
            found.append(bisect_right(self._starts, at) - 1)
            at = self._all_closed.find(closed, self._starts[found[-1] + 1])
        return found

    def _nearly(self, wanted: str) -> list[int]:
        """The names that few edits make the same, the fewest first."""
        # It takes 4 MB, which a worker needs only once somebody has misspelled something.
        from rapidfuzz import process  # noqa: PLC0415  # as above
        from rapidfuzz.distance import OSA  # noqa: PLC0415  # as above

        edits = min(len(wanted) // LETTERS_FOR_AN_EDIT, MAX_EDITS)
        # An edit makes a name longer or shorter by one letter at most.
        lengths = range(len(wanted) - edits, len(wanted) + edits + 1)
        found = sorted(
            (distance, positions[index])
            for positions in map(self._at_length.get, lengths)
            if positions is not None
            for _, distance, index in process.extract(
                wanted,
                [self._keys[at] for at in positions],
                scorer=OSA.distance,
                score_cutoff=edits,
                limit=None,
            )
        )
        fixed = _fixed(wanted)
        return [at for _, at in found if _fixed(self._keys[at]) == fixed]

    def _begun(self, wanted: str) -> list[int]:
        """The names that the query begins with, word by word, the longest first."""
        ends = [at for at, letter in enumerate(wanted) if letter == " "]
        return [at for end in reversed(ends) for at in self._with_key(wanted[:end])]

    def _with_accents_first(self, query: str, same: range) -> Sequence[int]:
        if len(same) < 2:
            return same
        typed = _composed(query)
        return sorted(same, key=lambda at: _composed(self._parts[at].nome) != typed)

    def _beginning_with(self, wanted: str) -> range:
        # They are neighbours in the order.
        return range(bisect_left(self._keys, wanted), bisect_left(self._keys, wanted + _LAST))

    def _with_key(self, key: str) -> range:
        return range(bisect_left(self._keys, key), bisect_right(self._keys, key))


def _composed(name: str) -> str:
    """The name with its accents, in either case."""
    return normalize("NFC", name.strip()).casefold()


def _fixed(key: str) -> list[str]:
    """The words that are never near to others."""
    return [word for word in key.split() if word in DIRECTIONS or not word.isalpha()]
