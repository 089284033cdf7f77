"""What becomes of many requests at once: the tree, its gaps, and what is an error."""

import asyncio
from collections.abc import Sequence

import pytest

from src.application.collecting.fan_out import FanOut
from src.application.ports.fan_out_watch import FanOutWatch
from src.application.ports.upstream_errors import UpstreamMalformedError, UpstreamTimeoutError
from src.domain.snapshot import Gap
from src.domain.succession import UNREAD
from tests.sample_feature.shelves import Box, Item, Shelf

HIGH, LOW = Shelf(1, "A", "Alta"), Shelf(2, "B", "Baixa")
SLOW = UpstreamTimeoutError("demorou")


def fan_out() -> FanOut[Shelf]:
    """A collection that nobody watches."""
    return FanOut(roots_limit=asyncio.Semaphore(1), watch=FanOutWatch(), on_root=lambda _: None)


async def test_equal_ids_in_two_lists_are_two_gaps() -> None:
    """Each shelf has a box 1, and each of these has a reason of its own."""
    collecting = fan_out()

    async def boxes_of(shelf: Shelf) -> Sequence[Box]:
        async def items_of(box: Box) -> Sequence[Item]:
            raise UpstreamTimeoutError(f"{shelf.letra}{box.id} demorou")

        return await collecting.below([Box(1, "caixa")], items_of)

    collected = await collecting.roots([LOW, HIGH], boxes_of)

    assert collecting.gaps(collected) == (
        Gap(1, "caixa", "A1 demorou", parents=(1,)),
        Gap(1, "caixa", "B1 demorou", parents=(2,)),
    )


async def test_a_root_that_is_listed_twice_fails_the_collection() -> None:
    """Before anything else is asked for."""

    async def boxes_of(shelf: Shelf) -> Sequence[Box]:
        raise AssertionError(shelf)

    with pytest.raises(UpstreamMalformedError, match="repetido"):
        await fan_out().roots([HIGH, LOW, HIGH], boxes_of)


async def test_a_part_that_appears_twice_is_a_gap() -> None:
    """The list is not believed, and the shelf stays without boxes."""
    collecting = fan_out()

    async def boxes_of(shelf: Shelf) -> Sequence[Box]:
        return [Box(1, "caixa", ()), Box(1, "outra", ())] if shelf is HIGH else []

    collected = await collecting.roots([HIGH, LOW], boxes_of)

    assert collected == [HIGH, LOW.with_children([])]
    assert [gap.key for gap in collecting.gaps(collected)] == [(1,)]


async def test_some_root_may_be_required() -> None:
    """If none has any parts, the error of the first is raised; an empty one counts as read."""
    failing, empty = fan_out(), fan_out()

    async def fails(_: Shelf) -> Sequence[Box]:
        raise SLOW

    async def none_of(shelf: Shelf) -> Sequence[Box]:
        return [] if shelf is LOW else await fails(shelf)

    failed = await failing.roots([HIGH, LOW], fails)
    read = await empty.roots([HIGH, LOW], none_of)

    with pytest.raises(UpstreamTimeoutError, match="demorou"):
        failing.require_any(failed)
    empty.require_any(read)
    fan_out().require_any([HIGH])  # nothing was requested, so nothing has failed
    fan_out().require_any([])


async def test_the_gaps_are_those_of_the_tree_that_is_made() -> None:
    """Roots may come in pages, and some may be left out; what was never asked for is unread."""
    collecting = fan_out()

    async def boxes_of(shelf: Shelf) -> Sequence[Box]:
        raise UpstreamTimeoutError(f"{shelf.letra} demorou")

    first = await collecting.roots([HIGH], boxes_of)
    await collecting.roots([LOW], boxes_of)

    assert collecting.gaps([*first, Shelf(3, "C", "Canto")]) == (
        Gap(1, "Alta", "A demorou"),
        Gap(3, "Canto", UNREAD),
    )


@pytest.mark.parametrize("ids", [[10**20], [-(2**53)], [1, 1]])
async def test_ids_that_cannot_be_told_apart_are_refused_before_anything_is_asked(
    ids: list[int],
) -> None:
    """JSON numbers beyond 2^53 are not exact everywhere; the shelf is a gap."""
    collecting = fan_out()

    async def boxes_of(_: Shelf) -> Sequence[Box]:
        async def items_of(box: Box) -> Sequence[Item]:
            raise AssertionError(box)

        return await collecting.below([Box(each, "caixa") for each in ids], items_of)

    collected = await collecting.roots([HIGH], boxes_of)

    (gap,) = collecting.gaps(collected)
    assert gap.key == (1,)
    assert gap.reason.startswith("código")
