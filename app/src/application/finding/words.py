"""The words that names consist of, and which of them a typed word may stand for."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from src.domain.portuguese_spelling import DIRECTIONS, sound

# What it costs if a typed word is not the word that stands in the name. The least sum over all
# words of a name tells which name was meant.
BEGINNING, CONTRACTION, SAME_SOUND, EDIT = 1, 2, 2, 4

# "Sto", "Fco", "Sgto": a few consonants of the word, the first among them, and its last letter;
# without a vowel ("Mt", "Pc") that need not be the last.
LONGEST_CONTRACTION = 4
MOST_VOWELS = 1

# With fewer, half of all words begin so.
LETTERS_OF_A_SOUND = 3

# One letter in four may be wrong, missing, too many or swapped with the next. So none below four
# letters, where nearly every word would be near; and two at most in a word.
LETTERS_FOR_AN_EDIT = 4
MAX_EDITS = 2

# Not a character, hence in no word and after all of them in order.
_LAST = "\U0010ffff"


class Words:
    """All words that names consist of, in order; made once, and never changed.

    `spellings` has for each word those that tell how it sounds where it stands.
    """

    def __init__(self, spellings: Mapping[str, Iterable[str]]) -> None:
        self._words = sorted(spellings)
        self.number = {word: number for number, word in enumerate(self._words)}
        sounding = sorted(
            (sound(spelling), self.number[word])
            for word in spellings
            for spelling in spellings[word]
        )
        self._sounds = [each for each, _ in sounding]
        self._sounding = [number for _, number in sounding]
        self._at_length: defaultdict[int, list[str]] = defaultdict(list)
        for word in self._words:
            if not _is_fixed(word):
                self._at_length[len(word)].append(word)

    def meant(self, typed: str, _: str) -> dict[int, int]:
        """The words that are what was typed, begin with it or contract to it.

        Returns the number of each with what it costs, and so do the others.
        """
        meant = self._contracted(typed)
        meant |= dict.fromkeys(_beginning(self._words, typed), BEGINNING)
        if typed in self.number:
            meant[self.number[typed]] = 0
        elif typed[0] == "d" and typed[1:] in self.number:  # "doeste" for "d'Oeste"
            meant[self.number[typed[1:]]] = 0
        return meant

    def _contracted(self, typed: str) -> dict[int, int]:
        vowels = sum(map(typed.count, "aeiou"))
        if not 1 < len(typed) <= LONGEST_CONTRACTION or vowels > MOST_VOWELS:
            return {}
        return {
            number: CONTRACTION
            for number in _beginning(self._words, typed[0])
            if (not vowels or self._words[number][-1] == typed[-1])
            and _contracts(self._words[number], typed)
        }

    def sounding(self, typed: str, soft: str) -> dict[int, int]:
        """The words that sound like the typed one, or begin so.

        `soft` is how it is typed with "ss" for a "ç".
        """
        heard = sound(soft)
        if len(heard) < LETTERS_OF_A_SOUND or _is_fixed(typed):
            return {}
        return {
            self._sounding[at]: SAME_SOUND + (self._sounds[at] != heard)
            for at in _beginning(self._sounds, heard)
        }

    def near(self, typed: str, _: str) -> dict[int, int]:
        """The words that differ from the typed one in a few letters."""
        edits = min(len(typed) // LETTERS_FOR_AN_EDIT, MAX_EDITS)
        if not edits or _is_fixed(typed):
            return {}
        # It takes 4 MB, which a worker needs only once somebody has misspelled something.
        from rapidfuzz import process  # noqa: PLC0415  # as above
        from rapidfuzz.distance import OSA  # noqa: PLC0415  # as above

        # An edit makes a word longer or shorter by one letter at most.
        lengths = range(len(typed) - edits, len(typed) + edits + 1)
        return {
            self.number[word]: EDIT * int(distance)
            for length in lengths
            for word, distance, _ in process.extract(
                typed,
                self._at_length.get(length, ()),
                scorer=OSA.distance,
                score_cutoff=edits,
                limit=None,
            )
        }


def _beginning(words: Sequence[str], typed: str) -> range:
    """Where those that begin with what was typed are among words in order."""
    return range(bisect_left(words, typed), bisect_left(words, typed + _LAST))


def _is_fixed(word: str) -> bool:
    """Whether a letter more or less makes another word of it, and no misspelled one."""
    return word in DIRECTIONS or not word.isalpha()


def _contracts(word: str, typed: str) -> bool:
    """Whether the word has the letters that were typed, in their order, and others."""
    letters = iter(word)
    return len(word) > len(typed) and all(letter in letters for letter in typed)
