"""Portuguese nouns, and the words that agree with them."""

import re
from dataclasses import dataclass

_IRREGULAR = {"um": "uma", "nenhum": "nenhuma", "dele": "dela"}


@dataclass(frozen=True, slots=True)
class Noun:
    """What something is called, in Portuguese."""

    singular: str
    plural: str
    feminine: bool = False

    def agreeing(self, word: str) -> str:
        """The form for this noun of a word in the masculine: "todos" or "todas", "um" or "uma"."""
        if not self.feminine:
            return word
        if word in _IRREGULAR:
            return _IRREGULAR[word]
        return re.sub("o(?=s?$)", "a", re.sub("O(?=s?$)", "A", word))
