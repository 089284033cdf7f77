"""The words of a feature agree with its nouns."""

import pytest

from src.infra.controllers.refreshes.noun import Noun
from src.infra.controllers.refreshes.refresh_words import RefreshWords


@pytest.mark.parametrize(
    ("masculine", "feminine"),
    [
        ("todos", "todas"),
        ("Os", "As"),
        ("um", "uma"),
        ("nenhum", "nenhuma"),
        ("dele", "dela"),
        ("o", "a"),
    ],
)
def test_words_agree_with_the_noun(masculine: str, feminine: str) -> None:
    """A masculine noun leaves them as they are."""
    assert Noun("item", "itens").agreeing(masculine) == masculine
    assert Noun("caixa", "caixas", feminine=True).agreeing(masculine) == feminine


@pytest.mark.parametrize(
    ("path", "name", "suffix"),
    [
        ("/api/v1/refreshes", "", ""),
        ("/api/v1/shelves/refreshes", "shelves", "OfShelves"),
        ("/api/v1/tall-shelves/refreshes", "tall-shelves", "OfTallShelves"),
    ],
)
def test_the_name_comes_from_the_address(path: str, name: str, suffix: str) -> None:
    """It makes operations and pages of several features unique."""
    words = RefreshWords(path=path, upstream="a fonte", levels=[Noun("item", "itens")])

    assert (words.name, words.suffix) == (name, suffix)
