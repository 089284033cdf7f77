"""Succession in any tree: here shelves, their boxes and the items in a box.

Ids are unique in their list only: a shelf, its box and an item all have the id 1.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from src.domain.credible_change import ANY_CHANGE, Bounds, CredibleChange
from src.domain.judgement import (
    CONFIRMATIONS,
    GAIN_NOT_BELIEVED,
    NAMES_NOT_BELIEVED,
    NOT_BELIEVED,
    Judgement,
    is_credible_beside,
)
from src.domain.snapshot import Doubt, Gap
from src.domain.succession import UNREAD, Succession, missing, succeed, unread
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
    succession = Succession(Judgement(), unread={})
    later = (replace(FIRST, caixas=(ONE, TWO, Box(4, "caixa 4", items(1)))), SECOND)

    after = succession.of(ALL, later)

    assert after == list(later)
    assert after[1] is SECOND
    assert succession.filled == []


def test_a_gap_gets_the_reason_of_its_own_level() -> None:
    """Shelf 1 was read and its box 1 was not; their ids alone do not tell them apart."""
    collected = (replace(FIRST, caixas=(replace(ONE, itens=None), TWO)), SECOND)
    succession = Succession(Judgement(), unread={(1,): "estante", (1, 1): "caixa", (2, 1): "outra"})

    assert succession.of(ALL, collected) == list(ALL)
    assert succession.filled == [Gap(1, "caixa 1", "caixa", parents=(1,))]


def test_an_unread_branch_is_kept_with_all_branches_below_it() -> None:
    """Each of them is named, because its parts may be old."""
    succession = Succession(Judgement(), unread={})

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
    change = CredibleChange(
        losses=Bounds(of_top=lambda before: before // 2, of_list=lambda before: before)
    )
    gone = (replace(FIRST, caixas=(replace(ONE, itens=()), TWO)),)
    generous, strict = Succession(Judgement(change), unread={}), Succession(Judgement(), unread={})

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
    change = CredibleChange(losses=Bounds(of_top=lambda before: before, of_tree=lambda _: 1))
    before = [FIRST, *(Shelf(each, "X", "extra", ()) for each in range(10, 30))]
    succession = Succession(Judgement(change), unread={})
    after = [replace(FIRST, caixas=(ONE,))]

    assert succession.of(before, after) == after
    assert succession.filled == []


# Thirty boxes with one item each.
MANY = Shelf(1, "A", "estante 1", tuple(Box(each, f"caixa {each}", items(1)) for each in range(30)))


def in_turn(first: ShelvesSnapshot, *shelves: Shelf) -> list[ShelvesSnapshot]:
    """The snapshots after collections of each of these shelves, one after the other."""
    made = [first]
    for shelf in shelves:
        made.append(succeed(made[-1], snapshot([shelf])))
    return made[1:]


def believed(collected: ShelvesSnapshot) -> ShelvesSnapshot:
    """The snapshot after a collection whose changes were believed though beyond the bounds."""
    return replace(collected, believed_at=collected.collected_at)


def with_boxes(shelf: Shelf, *new: Box) -> Shelf:
    """The shelf with these boxes besides."""
    return replace(shelf, caixas=(*(shelf.caixas or ()), *new))


def test_a_gain_within_the_bounds_is_believed_at_once() -> None:
    """A list of thirty may gain ten parts."""
    grown = with_boxes(MANY, *(Box(each, "nova", items(1)) for each in range(100, 110)))

    assert succeed(snapshot([MANY]), snapshot([grown])) == snapshot([grown])


def test_a_larger_gain_is_not_believed_and_leaves_nothing_behind() -> None:
    """The eleven new boxes, and an item too many in a list, are gone with the next collection."""
    grown = with_boxes(MANY, *(Box(each, "nova", items(1)) for each in range(100, 111)))

    doubted, after = in_turn(snapshot([MANY]), grown, MANY)

    assert doubted.tree == (MANY,)
    assert {gap.key for gap in doubted.filled} == {(1, each) for each in range(100, 111)}
    assert {gap.reason for gap in doubted.filled} == {GAIN_NOT_BELIEVED}
    assert after == snapshot([MANY])


def test_a_gain_of_leaves_names_their_branch() -> None:
    """An item has no parts that could be unread."""
    first, *others = MANY.caixas or ()
    grown = replace(MANY, caixas=(replace(first, itens=items(*range(1, 20))), *others))

    doubted = succeed(snapshot([MANY]), snapshot([grown]))

    assert doubted.tree == (MANY,)
    assert doubted.filled == (Gap(0, "caixa 0", GAIN_NOT_BELIEVED, parents=(1,)),)


def test_a_loss_that_eight_collections_have_shown_is_believed() -> None:
    """What would be kept for ever otherwise: twenty boxes that came in by mistake."""
    shrunk = replace(MANY, caixas=(MANY.caixas or ())[:10])

    *before, last = in_turn(snapshot([MANY]), *[shrunk] * CONFIRMATIONS)

    assert [each.tree for each in before] == [(MANY,)] * (CONFIRMATIONS - 1)
    assert [each.failures for each in before] == list(range(1, CONFIRMATIONS))
    assert before[-1].doubted[0] == Doubt((1, 10), CONFIRMATIONS - 1)
    assert last == believed(snapshot([shrunk]))


def test_a_root_that_stays_is_believed_in_the_end_and_so_is_its_loss() -> None:
    """No change at the top is credible here, and yet none has to be kept for ever."""
    change = CredibleChange(gains=Bounds())
    one, both = snapshot([FIRST]), snapshot(ALL)
    for earlier, later in ((one, both), (both, one)):
        current = earlier
        for _ in range(CONFIRMATIONS - 1):
            current = succeed(current, later, change)
            assert current.tree == earlier.tree
            assert not current.is_whole
        assert succeed(current, later, change) == believed(later)


def test_what_was_believed_last_is_remembered() -> None:
    """Other processes tell by it whether to believe a snapshot that they take over."""
    later = snapshot([FIRST])
    later = replace(later, collected_at=later.collected_at + timedelta(days=1))
    vouched_for = succeed(snapshot(ALL), snapshot([FIRST]), ANY_CHANGE)

    assert succeed(vouched_for, later).believed_at == vouched_for.believed_at
    assert unread(vouched_for, "caiu").believed_at == vouched_for.collected_at
    assert succeed(snapshot(ALL), snapshot(ALL)).believed_at is None


def test_only_collections_in_a_row_count() -> None:
    """One that has the parts again begins the count anew."""
    shrunk = replace(MANY, caixas=(MANY.caixas or ())[:10])
    several = [shrunk] * (CONFIRMATIONS - 1)

    made = in_turn(snapshot([MANY]), *several, MANY, *several)

    assert made[CONFIRMATIONS - 1] == snapshot([MANY])
    assert made[-1].tree == (MANY,)


def test_what_was_believed_step_by_step_may_be_incredible_in_one() -> None:
    """Two of five boxes, one after the other, or two names; a small change is credible."""
    five = replace(MANY, caixas=(MANY.caixas or ())[:5])
    three = replace(MANY, caixas=(MANY.caixas or ())[:3])
    named = replace(
        five, caixas=tuple(replace(each, nome=f"nova {each.id}") for each in five.caixas or ())
    )

    assert not is_credible_beside(snapshot([five]), snapshot([three]))
    assert not is_credible_beside(snapshot([five]), snapshot([named]))
    assert not is_credible_beside(snapshot([FIRST]), snapshot([MANY]))
    assert is_credible_beside(snapshot([five]), snapshot([replace(five, nome="outra")]))
    assert is_credible_beside(snapshot(ALL), snapshot([FIRST, SECOND, replace(MANY, id=3)]))


def test_a_collection_that_could_not_read_the_list_says_nothing_of_it() -> None:
    """It neither confirms a loss nor clears it, whether it has read the rest or nothing."""
    shrunk = replace(MANY, caixas=(MANY.caixas or ())[:10])
    doubted = succeed(snapshot([MANY]), snapshot([shrunk]))

    partly = succeed(doubted, snapshot([replace(MANY, caixas=None)]))

    assert partly.doubted == unread(doubted, "caiu").doubted == doubted.doubted
    assert succeed(partly, snapshot([shrunk])).doubted[0].times == 2


def test_doubts_go_with_the_branch_that_they_are_about() -> None:
    """A shelf that is believed gone leaves none behind."""
    shrunk = replace(MANY, caixas=(MANY.caixas or ())[:10])
    doubted = succeed(snapshot([SECOND, MANY]), snapshot([SECOND, shrunk]))

    assert succeed(doubted, snapshot([SECOND]), ANY_CHANGE) == believed(snapshot([SECOND]))


def test_few_new_names_are_believed_and_many_are_not() -> None:
    """Three of thirty boxes; of all names none but the one that is alone on its level."""
    boxes = MANY.caixas or ()

    def named(count: int) -> Shelf:
        new = [replace(box, nome="Indisponível") for box in boxes[:count]]
        return replace(MANY, caixas=(*new, *boxes[count:]))

    assert succeed(snapshot([MANY]), snapshot([named(3)])) == snapshot([named(3)])
    made = in_turn(snapshot([MANY]), *[named(4)] * (CONFIRMATIONS + 1))
    assert {each.tree for each in made} == {(MANY,)}
    assert {gap.key for gap in made[-1].filled} == {(1, each) for each in range(4)}
    assert {gap.reason for gap in made[-1].filled} == {NAMES_NOT_BELIEVED}
    assert succeed(made[-1], snapshot([named(4)]), ANY_CHANGE) == believed(snapshot([named(4)]))


def test_kept_names_stand_beside_what_is_new_below_them() -> None:
    """Short names count as names, leaves as their branch; all else is taken as it was read."""
    unread_shelf = Shelf(3, "C", "estante 3", None)
    before = [replace(FIRST, caixas=(ONE,)), SECOND, unread_shelf]
    box = Box(1, "caixa 1", (Item(1, "x"), Item(2, "y"), Item(3, "z")))
    after = [
        Shelf(1, "X", "estante 1", (box,)),
        Shelf(2, "X", "estante 2", None),
        Shelf(3, "X", "estante 3", (TWO,)),
    ]

    kept = succeed(snapshot(before), snapshot(after))

    assert [shelf.letra for shelf in kept.tree] == ["A", "B", "C"]
    (first,) = kept.tree[0].caixas or ()
    assert [item.nome for item in first.itens or ()] == ["item 1", "item 2", "z"]
    assert kept.tree[2].caixas == (TWO,)
    assert kept.tree[1] == SECOND
    assert succeed(kept, snapshot([replace(each, caixas=None) for each in after])).tree == kept.tree
