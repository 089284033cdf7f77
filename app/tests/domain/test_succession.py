"""Succession in any tree: here shelves, their boxes and the items in a box.

Ids are unique on their level only: a shelf, a box and an item all have the id 1.
"""

from dataclasses import replace

from src.domain.snapshot import Gap
from src.domain.succession import NOT_BELIEVED, UNREAD, CredibleLoss, Succession, missing
from tests.sample_feature.shelves import Box, Item, Shelf


def items(*ids: int) -> tuple[Item, ...]:
    """Items with these ids."""
    return tuple(Item(each, f"item {each}") for each in ids)


ONE, TWO = Box(1, "caixa 1", items(1, 2)), Box(2, "caixa 2", items(1))
FIRST = Shelf(1, "A", "estante 1", (ONE, TWO))
SECOND = Shelf(2, "B", "estante 2", (Box(3, "caixa 3", ()),))
ALL = (FIRST, SECOND)


def test_a_complete_collection_is_taken_as_it_is() -> None:
    """Nothing is kept, and nothing is rebuilt."""
    succession = Succession(unread={})
    later = (replace(FIRST, caixas=(ONE, TWO, Box(4, "caixa 4", items(1)))), SECOND)

    after = succession.of(ALL, later)

    assert after == list(later)
    assert after[1] is SECOND
    assert succession.filled == []


def test_a_gap_gets_the_reason_of_its_own_level() -> None:
    """Shelf 1 was read and its box 1 was not; their ids alone do not tell them apart."""
    collected = (replace(FIRST, caixas=(replace(ONE, itens=None), TWO)), SECOND)
    succession = Succession(unread={(0, 1): "estante", (1, 1): "caixa"})

    assert succession.of(ALL, collected) == list(ALL)
    assert succession.filled == [Gap(1, "caixa 1", "caixa", level=1)]


def test_an_unread_branch_is_kept_with_all_branches_below_it() -> None:
    """Each of them is named, because its parts may be old."""
    succession = Succession(unread={})

    assert succession.of(ALL, (replace(FIRST, caixas=None), SECOND)) == list(ALL)
    assert succession.filled == [
        Gap(1, "estante 1", UNREAD),
        Gap(1, "caixa 1", UNREAD, level=1),
        Gap(2, "caixa 2", UNREAD, level=1),
    ]


def test_an_empty_branch_counts_as_read() -> None:
    """Only an unread branch is named as missing."""
    empty, unread = Box(5, "caixa 5", ()), Box(5, "caixa 5", None)

    assert list(missing((Shelf(1, "A", "estante 1", (empty,)),), {})) == []
    assert list(missing((Shelf(1, "A", "estante 1", (unread,)),), {})) == [
        Gap(5, "caixa 5", UNREAD, level=1)
    ]


def test_a_loss_that_the_feature_finds_credible_is_believed() -> None:
    """In this tree, a shelf may disappear and a box may lose all its items."""
    loss = CredibleLoss(of_top=lambda before: before // 2, of_list=lambda before: before)
    gone = (replace(FIRST, caixas=(replace(ONE, itens=()), TWO)),)
    generous, strict = Succession(unread={}, loss=loss), Succession(unread={})

    assert generous.of(ALL, gone) == list(gone)
    assert generous.filled == []
    assert strict.of(ALL, gone) == [FIRST, SECOND]
    assert strict.filled == [
        Gap(2, "estante 2", NOT_BELIEVED),
        Gap(3, "caixa 3", NOT_BELIEVED, level=1),
        Gap(1, "caixa 1", NOT_BELIEVED, level=1),
    ]
