"""All spellings of a name have the same searchable form."""

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
    """Only the words are left: letters of any script and digits, with one blank between words."""
    assert searchable(name) == form


@pytest.mark.parametrize("between", [*"'’‘`´ʼ-‐–_./ \t\n\0\u00a0\u200b🙂", "' ", " - ", "\ud800"])
def test_anything_between_words_becomes_one_blank(between: str) -> None:
    """People type an apostrophe in many ways, or a blank instead."""
    assert searchable(f"Filadélfia d{between}Oeste") == "filadelfia d oeste"


@pytest.mark.parametrize("text", ["", " ", "!!!", "\0\0", "🙂🙂", "\ud800", "\u0301", "'", "_"])
def test_text_without_letters_or_digits_has_an_empty_form(text: str) -> None:
    """An empty form is no error."""
    assert searchable(text) == ""


@given(st.text(st.characters()))
@example("\u1fb3")
@example("a\u0301\u0327")
def test_composed_and_decomposed_accents_are_the_same(text: str) -> None:
    """Keyboards and systems differ in how they encode an accent."""
    forms = {searchable(normalize(form, text)) for form in ("NFC", "NFD", "NFKC", "NFKD")}

    assert forms == {searchable(text)}


def test_the_form_of_a_form_is_itself() -> None:
    """This holds for every character, and so for every text: each is converted by itself."""
    form = searchable(" ".join(map(chr, range(sys.maxunicode + 1))))

    assert searchable(form) == form
    assert all(each.isalnum() for each in form.split(" "))
