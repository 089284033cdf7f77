"""Words of Portuguese names: which ones people leave out, and which ones sound the same."""

import re
from unicodedata import normalize

from src.domain.searchable_names import searchable

# They join the words of a name, and people leave them out or take one for another.
JOINING_WORDS = frozenset(("d", "da", "das", "de", "do", "dos", "e"))

# Each is another direction: a letter more or less is no slip.
DIRECTIONS = frozenset(
    ("norte", "nordeste", "leste", "este", "sudeste", "sul", "sudoeste", "oeste", "noroeste")
)

# In this order; all but the last few are old or foreign spellings of a sound.
_SOUNDS = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("y", "i"),
        ("w", "v"),
        ("ph", "f"),
        ("th", "t"),
        ("[cs]h", "x"),
        ("(?<![ln])h", ""),  # lh and nh are sounds of their own
        ("s?c(?=[ei])", "s"),
        ("z", "s"),
        ("q[ui]?(?=[ei])|k", "c"),
        ("g(?=[ei])", "j"),
        ("n(?=[pb])", "m"),
        (r"(.)\1+", r"\1"),
    )
]


def words_of(name: str) -> list[tuple[str, str]]:
    """The words of the name's searchable form, each also as it is with "ss" for a "ç".

    Both sound the same, unlike the "c" that is left of a "ç" without its mark.
    """
    words = searchable(name).split()
    composed = normalize("NFC", name).casefold()
    if "ç" not in composed:
        return list(zip(words, words, strict=True))
    return list(zip(words, searchable(composed.replace("ç", "ss")).split(), strict=True))


def sound(word: str) -> str:
    """How a searchable word sounds, roughly: that of "luis" and "luiz" is the same."""
    for pattern, sounding in _SOUNDS:
        word = pattern.sub(sounding, word)
    return word
