"""Spellings of one sound are the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.domain.portuguese_spelling import sound, words_of
from src.domain.searchable_names import searchable


@pytest.mark.parametrize(
    "spellings",
    [
        ["jesus", "gesus", "jezus"],
        ["ruy", "rui"],
        ["teresinha", "terezinha", "theresinha"],
        ["assucar", "asucar"],
        ["philomena", "filomena"],
        ["wenceslau", "venceslau", "vensceslau"],
        ["shampu", "champu", "xampu"],
        ["helena", "elena"],
        ["canpo", "campo"],
        ["lybia", "libia"],
        ["mello", "melo"],
        ["quilo", "kilo"],
    ],
)
def test_old_and_new_spellings_sound_the_same(spellings: list[str]) -> None:
    """Official names keep what the orthographies of 1911 and 1943 have changed elsewhere."""
    assert len({sound(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("galo", "gelo"), ("caso", "saso"), ("malha", "mala"), ("banho", "bano")]
)
def test_other_words_sound_otherwise(one: str, other: str) -> None:
    """C and g are soft only before e and i; lh and nh are sounds of their own."""
    assert sound(one) != sound(other)


@pytest.mark.parametrize("name", ["Açúcar", "AÇÚCAR", "Ac\u0327u\u0301car"])
def test_a_cedilla_sounds_like_ss(name: str) -> None:
    """Its searchable form has lost it."""
    assert words_of(name) == [("acucar", "assucar")]


@given(st.text())
def test_each_word_has_its_other_spelling(name: str) -> None:
    """There are as many as the searchable form has, whatever the text is."""
    assert [word for word, _ in words_of(name)] == searchable(name).split()
