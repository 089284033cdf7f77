"""Finds names word by word, with words shortened, misspelled or left out."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TypeAlias

from src.application.finding.words import Words
from src.domain.portuguese_spelling import JOINING_WORDS, words_of

# What each word costs that a typed one may stand for, by its number.
Costs: TypeAlias = dict[int, int]


# Beginnings of one or two letters find too much if nothing else was typed.
TELLING_LETTERS = 3


@dataclass(frozen=True, slots=True)
class MatchedNames:
    """The names that match, by which of their words do: their positions, the likeliest first."""

    whole: list[int] = field(default_factory=list)  # all words
    first: list[int] = field(default_factory=list)  # the first words
    later: list[int] = field(default_factory=list)  # words behind the first
    apart: list[int] = field(default_factory=list)  # words with others between them

    def __iter__(self) -> Iterator[int]:
        return chain(self.whole, self.first, self.later, self.apart)


class NamesByWord:
    """Names as the words that tell them apart, without those that join them.

    A name is known by its position in `names`; equally likely ones come in this order.
    """

    def __init__(self, names: Sequence[str]) -> None:
        split = {name: _words(name) for name in dict.fromkeys(names)}
        spellings: defaultdict[str, set[str]] = defaultdict(set)
        for words in split.values():
            for word, soft in words:
                spellings[word].add(soft)
        self._words = Words(spellings)
        number = self._words.number
        numbers = {name: tuple([number[word] for word, _ in split[name]]) for name in split}
        self._names = [numbers[name] for name in names]
        self._with: list[list[int]] = [[] for _ in number]
        for position, name in enumerate(self._names):
            for each in name:
                self._with[each].append(position)
        self._most_words = max(map(len, self._names), default=0)

    def matches(self, query: str) -> Iterator[MatchedNames]:
        """Names in which the typed words stand for words, in this order.

        First those where each is, begins or shortens a word; then those where some only sound like
        the word; then those where some differ from it in a few letters.
        """
        typed, words = self._typed(query), self._words
        costs: list[Costs] = [{} for _ in typed]
        known: set[int] = set()
        for stand_ins in (words.meant, words.sounding, words.near):
            more = [stand_ins(word, soft) for word, soft in typed]
            widened = [new | old for new, old in zip(more, costs, strict=True)]
            found = self._matched(widened, known) if widened != costs else MatchedNames()
            known.update(found)
            costs = widened
            yield found

    def _typed(self, query: str) -> list[tuple[str, str]]:
        """The words to look for; none if there are too many, or all tell too little."""
        typed = _words(query)
        longest = max((len(word) for word, _ in typed), default=0)
        return typed if longest >= TELLING_LETTERS and len(typed) <= self._most_words else []

    def _matched(self, typed: Sequence[Costs], besides: Collection[int] = ()) -> MatchedNames:
        costs: dict[int, int] = {}
        found = MatchedNames()
        for position in self._with_all(typed).difference(besides):
            name = self._names[position]
            place = _place(name, typed)
            if place is None:
                if _in_order(name, typed):
                    costs[position] = 0
                    found.apart.append(position)
                continue
            start, costs[position] = place
            if start:
                found.later.append(position)
            elif len(name) > len(typed):
                found.first.append(position)
            else:
                found.whole.append(position)
        for positions in (found.whole, found.first, found.later, found.apart):
            positions.sort()
            positions.sort(key=costs.__getitem__)
        return found

    def _with_all(self, typed: Sequence[Costs]) -> set[int]:
        """The names that have a word for each typed one, in whatever order."""
        sets = [set().union(*(self._with[number] for number in costs)) for costs in typed]
        return set.intersection(*sets) if sets else set()


def _words(name: str) -> list[tuple[str, str]]:
    """The words of a name, each with its sound, without those that only join others.

    A single letter at the beginning joins nothing: it stands for a word ("D. Pedro").
    """
    words = words_of(name)
    telling = [
        (word, soft)
        for at, (word, soft) in enumerate(words)
        if word not in JOINING_WORDS or (at == 0 and len(word) == 1)
    ]
    return telling or words


def _place(words: Sequence[int], typed: Sequence[Costs]) -> tuple[int, int] | None:
    """Where the typed words stand among these, side by side, and what that costs."""
    for start in range(len(words) - len(typed) + 1):
        cost = 0
        for at, costs in enumerate(typed, start):
            if words[at] not in costs:
                break
            cost += costs[words[at]]
        else:
            return start, cost
    return None


def _in_order(words: Iterable[int], typed: Sequence[Costs]) -> bool:
    """Whether each typed word stands for one of these, in this order."""
    left = iter(words)
    return all(any(word in costs for word in left) for costs in typed)
