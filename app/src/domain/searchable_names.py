"""Names: which spellings are of the same one."""

import re
from unicodedata import category, normalize

# To Unicode the apostrophes among the modifier letters (U+02BC and its like) are letters; not here.
_NEITHER_LETTERS_NOR_DIGITS = re.compile(r"[\W_\u02b0-\u02ff]+")

_ENDING_OF_AN_ABBREVIATION = re.compile(r"(?<=\W)[ºª]")


def searchable(name: str) -> str:
    """The form in which names are compared: that of "Olho-d’Água" is "olho d agua".

    Accents and case do not count: the name is decomposed (form NFKD of Unicode Standard Annex #15,
    https://www.unicode.org/reports/tr15/), case is folded and marks are dropped. Nor does it count
    what stands between words or around them: what is neither letter nor digit is one blank.

    Every text has this form, empty where it has no letter and no digit; that of a form is itself.
    """
    if "º" in name or "ª" in name:  # "Eng.º", "N.ª": they are letters to Unicode
        name = _ENDING_OF_AN_ABBREVIATION.sub("", name)
    bare = normalize("NFKD", name).casefold()
    if not bare.isascii():  # most of what remains has no marks, and looking takes most of the time
        bare = "".join([each for each in bare if each < "\x80" or category(each)[0] != "M"])
    return _NEITHER_LETTERS_NOR_DIGITS.sub(" ", bare).strip()
