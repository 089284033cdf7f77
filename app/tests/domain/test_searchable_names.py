"""Spellings of the same name are the same."""

import sys
from unicodedata import normalize

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from src.domain.searchable_names import searchable


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("São Tomé", "sao tome"),
        ("Alta Floresta D'Oeste", "alta floresta d oeste"),
        ("São João del-Rei", "sao joao del rei"),
        ("Olho-d'Água do Borges", "olho d agua do borges"),
        ("  Lagoa \t da  Cruz ", "lagoa da cruz"),
        ("Km 27", "km 27"),
        ("São José (1ª Seção)", "sao jose 1a secao"),
        ("Straße", "strasse"),
        ("İSTANBUL", "istanbul"),
        ("ＢＥＬÉＭ", "belem"),
        ("東京", "東京"),
        ("القدس", "القدس"),
    ],
)
def test_accents_case_and_punctuation_do_not_count(name: str, form: str) -> None:
    """What is left are the words: letters of any script and digits, with a blank between."""
    assert searchable(name) == form


@pytest.mark.parametrize("between", [*"'’‘`´ʼ-‐–_./ \t\n\0\u00a0\u200b🙂", "' ", " - ", "\ud800"])
def test_whatever_stands_between_words_is_one_blank(between: str) -> None:
    """An apostrophe is typed in many ways, or left out for a blank."""
    assert searchable(f"Filadélfia d{between}Oeste") == "filadelfia d oeste"


@pytest.mark.parametrize("text", ["", " ", "!!!", "\0\0", "🙂🙂", "\ud800", "\u0301", "'", "_"])
def test_without_letter_or_digit_nothing_is_left(text: str) -> None:
    """The form is empty, and no error."""
    assert searchable(text) == ""


@given(st.text(st.characters()))
@example("\u1fb3")
@example("a\u0301\u0327")
def test_composed_and_decomposed_are_the_same(text: str) -> None:
    """Keyboards and systems differ in how they write an accent."""
    forms = {searchable(normalize(form, text)) for form in ("NFC", "NFD", "NFKC", "NFKD")}

    assert forms == {searchable(text)}


def test_the_form_of_a_form_is_itself() -> None:
    """For every character there is, and thereby for every text: each is taken by itself."""
    form = searchable(" ".join(map(chr, range(sys.maxunicode + 1))))

    assert searchable(form) == form
    assert all(each.isalnum() for each in form.split(" "))
