"""The parts of any tree."""

import pytest

from src.domain.tree import InvalidTreeError, count_by_level, in_order
from tests.helpers.shelves import BOOKS, HIGH, LOW, TOOLS, TWO_SHELVES
from tests.sample_feature.shelves import Item


def test_parts_are_put_in_order() -> None:
    """Whatever order they come in."""
    assert in_order([TOOLS, BOOKS]) == (BOOKS, TOOLS)
    assert HIGH.with_children([TOOLS, BOOKS]) == HIGH


def test_a_part_that_comes_twice_is_refused() -> None:
    """The error names its code."""
    with pytest.raises(InvalidTreeError, match="código repetido: 1"):
        HIGH.with_children([BOOKS, TOOLS, BOOKS])


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("a" * 201, "nome grande demais"),
        ("linha\nfalsa no log", "caracteres de controle"),
        ("\x1b[2J", "caracteres de controle"),
        ("\u3164", "caracteres de controle"),
        ("A\u034ftlas", "caracteres de controle"),
        ("Atlas\ufe0f", "caracteres de controle"),
    ],
    ids=["long", "two lines", "escape", "blank letter", "unseen joiner", "unseen selector"],
)
def test_a_name_that_is_none_is_refused(name: str, why: str) -> None:
    """At every level; names of 200 characters, and with blanks that do not break, are let in."""
    with pytest.raises(InvalidTreeError, match=f"{why}: o código 7"):
        BOOKS.with_children([Item(7, name)])
    assert in_order([Item(7, "a\u00a0" * 100)])


def test_parts_are_counted_by_level() -> None:
    """Unread parts do not count."""
    assert count_by_level(TWO_SHELVES) == [2, 3, 4]
    assert count_by_level([LOW, HIGH.with_children([])]) == [2, 1, 1]


def test_a_short_name_is_the_parts_own_affair() -> None:
    """It is empty unless such parts have one."""
    assert HIGH.short_name == "A"
    assert Item(1, "Atlas").short_name == ""
