"""What can be seen of a tree from afar."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from src.domain.credible_change import GAINS, Bounds, CredibleChange
from src.domain.outline import RootOutline, may_follow, outline
from tests.helpers.shelves import HIGH, LOW, TWO_SHELVES
from tests.sample_feature.shelves import Shelf


def test_an_outline_has_the_names_at_the_top_and_the_numbers_below() -> None:
    """A shelf of which nothing is known has none."""
    bare = Shelf(3, "C", "Nova")

    assert outline([HIGH, LOW, bare]) == (
        RootOutline(1, "Alta", "A", (2, 3)),
        RootOutline(2, "Baixa", "B", (1, 1)),
        RootOutline(3, "Nova", "C", ()),
    )


# A shelf with 100 boxes of ten items each, and one with a box.
LARGE, SMALL = RootOutline(1, "Alta", "A", (100, 1000)), RootOutline(2, "Baixa", "B", (1, 1))


@pytest.mark.parametrize(
    ("after", "may"),
    [
        ([LARGE, SMALL], True),
        ([LARGE], False),
        ([LARGE, SMALL, replace(SMALL, id=3)], True),
        ([LARGE, SMALL, *(replace(SMALL, id=each) for each in range(3, 14))], False),
        ([LARGE, replace(SMALL, nome="Embaixo")], True),
        ([replace(LARGE, short_name="Z"), replace(SMALL, nome="Embaixo")], False),
        ([replace(LARGE, counts=(90, 1000)), SMALL], True),
        ([replace(LARGE, counts=(89, 1000)), SMALL], False),
        ([replace(LARGE, counts=(110, 1000)), SMALL], True),
        ([replace(LARGE, counts=(111, 1000)), SMALL], False),
        ([replace(LARGE, counts=(100, 989)), SMALL], True),
        ([replace(LARGE, counts=(100, 988)), SMALL], False),
        ([replace(LARGE, counts=(100, 1012)), SMALL], False),
        ([replace(LARGE, counts=()), SMALL], False),
        ([], False),
    ],
)
def test_what_is_beyond_the_bounds_may_not_follow(
    after: Sequence[RootOutline], *, may: bool
) -> None:
    """The bounds of the top, of a list below it, of the names at the top and of the whole tree."""
    assert may_follow([LARGE, SMALL], after) is may


def test_the_feature_says_what_is_credible() -> None:
    """Here any shelf may go, and none may come."""
    change = CredibleChange(
        losses=Bounds(of_top=lambda before: before), gains=replace(GAINS, of_top=lambda _: 0)
    )
    both, one = outline(TWO_SHELVES), outline([HIGH])

    assert may_follow(both, one, change)
    assert not may_follow(one, both, change)
