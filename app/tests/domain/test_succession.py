"""Succession in any tree: here car brands, their models and the years of a model.

Ids are unique on their level only: a brand, a model and a year all have the id 1.
"""

from dataclasses import replace

from src.domain.snapshot import Gap
from src.domain.succession import NOT_BELIEVED, UNREAD, CredibleLoss, Succession, missing
from tests.second_feature.brands import Brand, Model, Year


def years(*ids: int) -> tuple[Year, ...]:
    """Years with these ids."""
    return tuple(Year(each, f"ano {each}") for each in ids)


ONE, TWO = Model(1, "modelo 1", years(1, 2)), Model(2, "modelo 2", years(1))
FIRST, SECOND = Brand(1, "marca 1", (ONE, TWO)), Brand(2, "marca 2", (Model(3, "modelo 3", ()),))
ALL = (FIRST, SECOND)


def test_a_complete_collection_is_taken_as_it_is() -> None:
    """Nothing is kept, and nothing is rebuilt."""
    succession = Succession(unread={})
    later = (replace(FIRST, modelos=(ONE, TWO, Model(4, "modelo 4", years(1)))), SECOND)

    after = succession.of(ALL, later)

    assert after == list(later)
    assert after[1] is SECOND
    assert succession.filled == []


def test_a_gap_gets_the_reason_of_its_own_level() -> None:
    """Brand 1 was read and its model 1 was not; their ids alone do not tell them apart."""
    collected = (replace(FIRST, modelos=(replace(ONE, anos=None), TWO)), SECOND)
    succession = Succession(unread={(0, 1): "marca", (1, 1): "modelo"})

    assert succession.of(ALL, collected) == list(ALL)
    assert succession.filled == [Gap(1, "modelo 1", "modelo", level=1)]


def test_an_unread_branch_is_kept_with_all_branches_below_it() -> None:
    """Each of them is named, because its parts may be old."""
    succession = Succession(unread={})

    assert succession.of(ALL, (replace(FIRST, modelos=None), SECOND)) == list(ALL)
    assert succession.filled == [
        Gap(1, "marca 1", UNREAD),
        Gap(1, "modelo 1", UNREAD, level=1),
        Gap(2, "modelo 2", UNREAD, level=1),
    ]


def test_an_empty_branch_counts_as_read() -> None:
    """Only an unread branch is named as missing."""
    empty, unread = Model(5, "modelo 5", ()), Model(5, "modelo 5", None)

    assert list(missing((Brand(1, "marca 1", (empty,)),), {})) == []
    assert list(missing((Brand(1, "marca 1", (unread,)),), {})) == [
        Gap(5, "modelo 5", UNREAD, level=1)
    ]


def test_a_loss_that_the_feature_finds_credible_is_believed() -> None:
    """In this tree, a brand may disappear and a model may lose all its years."""
    loss = CredibleLoss(of_top=lambda before: before // 2, of_list=lambda before: before)
    gone = (replace(FIRST, modelos=(replace(ONE, anos=()), TWO)),)
    generous, strict = Succession(unread={}, loss=loss), Succession(unread={})

    assert generous.of(ALL, gone) == list(gone)
    assert generous.filled == []
    assert strict.of(ALL, gone) == [FIRST, SECOND]
    assert strict.filled == [
        Gap(2, "marca 2", NOT_BELIEVED),
        Gap(3, "modelo 3", NOT_BELIEVED, level=1),
        Gap(1, "modelo 1", NOT_BELIEVED, level=1),
    ]
