"""Succession in any tree: here shelves, their boxes and the items in a box.

Ids are unique in their list only: a shelf, its box and an item all have the id 1.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from src.domain.snapshot import Gap
from src.domain.succession import (
    NOT_BELIEVED,
    UNREAD,
    CredibleLoss,
    Succession,
    missing,
    succeed,
    unread,
)
from tests.sample_feature.shelves import Box, Item, Shelf, ShelvesSnapshot


def items(*ids: int) -> tuple[Item, ...]:
    """Items with these ids."""
    return tuple(Item(each, f"item {each}") for each in ids)


def snapshot(shelves: Sequence[Shelf]) -> ShelvesSnapshot:
    """What a collection has read, with its gaps."""
    noon = datetime(2025, 6, 1, 12, tzinfo=UTC)
    return ShelvesSnapshot.collected(shelves, at=noon, missing=missing(shelves))


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
    succession = Succession(unread={(1,): "estante", (1, 1): "caixa", (2, 1): "outra"})

    assert succession.of(ALL, collected) == list(ALL)
    assert succession.filled == [Gap(1, "caixa 1", "caixa", parents=(1,))]


def test_an_unread_branch_is_kept_with_all_branches_below_it() -> None:
    """Each of them is named, because its parts may be old."""
    succession = Succession(unread={})

    assert succession.of(ALL, (replace(FIRST, caixas=None), SECOND)) == list(ALL)
    assert succession.filled == [
        Gap(1, "estante 1", UNREAD),
        Gap(1, "caixa 1", UNREAD, parents=(1,)),
        Gap(2, "caixa 2", UNREAD, parents=(1,)),
    ]


def test_an_empty_branch_counts_as_read() -> None:
    """Only an unread branch is named as missing."""
    empty, unread = Box(5, "caixa 5", ()), Box(5, "caixa 5", None)

    assert missing((Shelf(1, "A", "estante 1", (empty,)),)) == ()
    assert missing((Shelf(1, "A", "estante 1", (unread,)),)) == (
        Gap(5, "caixa 5", UNREAD, parents=(1,)),
    )


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
        Gap(3, "caixa 3", NOT_BELIEVED, parents=(2,)),
        Gap(1, "caixa 1", NOT_BELIEVED, parents=(1,)),
    ]


def test_the_same_id_in_two_lists_names_two_parts() -> None:
    """Box 1 of the second shelf is unknown; box 1 of the first is kept, and named as kept."""
    before = (FIRST, replace(SECOND, caixas=(Box(1, "caixa 1", None),)))
    after = tuple(
        replace(shelf, caixas=tuple(replace(box, itens=None) for box in shelf.caixas or ()))
        for shelf in before
    )

    succeeding = succeed(snapshot(before), snapshot(after))

    assert [gap.key for gap in succeeding.missing] == [(2, 1)]
    assert [gap.key for gap in succeeding.filled] == [(1, 1), (1, 2)]
    assert succeeding.tree == before


def test_gaps_that_were_stored_without_parents_are_named_anew() -> None:
    """Version 1.0.0 stored them so; a branch is never both unknown and kept."""
    before = (replace(FIRST, caixas=(ONE, Box(2, "caixa 2", None))),)
    stored = replace(snapshot(before), missing=(Gap(2, "caixa 2", "demorou"),))

    kept = unread(stored, "caiu")

    assert [gap.key for gap in kept.missing] == [(1, 2)]
    assert [gap.key for gap in kept.filled] == [(1,), (1, 1)]


def test_what_may_go_from_the_top_does_not_count_against_the_rest() -> None:
    """Twenty shelves are taken out on purpose, and one box is gone elsewhere: both are believed."""
    loss = CredibleLoss(of_top=lambda before: before, of_tree=lambda _: 1)
    before = [FIRST, *(Shelf(each, "X", "extra", ()) for each in range(10, 30))]
    succession = Succession(unread={}, loss=loss)
    after = [replace(FIRST, caixas=(ONE,))]

    assert succession.of(before, after) == after
    assert succession.filled == []
