"""A whole collection fans out within its limit, and names what it could not read."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from src.application.collecting.fan_out import FanOut
from src.application.ports.fan_out_watch import FanOutWatch
from src.application.ports.upstream_errors import (
    UpstreamConnectionError,
    UpstreamError,
    UpstreamTimeoutError,
)
from src.domain.snapshot import Gap
from tests.helpers.shelves import BOOKS, HIGH, LOW, TOOLS, TWO_SHELVES
from tests.sample_feature.feature import collect
from tests.sample_feature.shelves import Level, Shelf
from tests.sample_feature.upstream import (
    SHELVES_PATH,
    FakeUpstream,
    boxes_path,
    items_path,
    many_shelves,
)


class Collecting:
    """Collections of the shelves that share a limit; `whole` gets each root as it becomes whole."""

    def __init__(self, upstream: FakeUpstream, *, roots_at_once: int = 5) -> None:
        self.upstream = upstream
        self.whole: list[Shelf] = []
        self.gaps: tuple[Gap, ...] = ()
        self._limit = asyncio.Semaphore(roots_at_once)

    async def execute(self) -> Sequence[Shelf]:
        """Collects once."""
        fan_out = FanOut(roots_limit=self._limit, watch=FanOutWatch(), on_root=self.whole.append)
        collected = await collect(self.upstream, fan_out)
        self.gaps = fan_out.gaps(collected)
        return collected


async def test_the_tree_is_assembled_in_order() -> None:
    """Every part is there once, sorted by id, in whatever order they come."""
    collecting = Collecting(FakeUpstream(TWO_SHELVES))

    assert tuple(await collecting.execute()) == TWO_SHELVES
    assert collecting.gaps == ()
    assert set(collecting.upstream.asked.values()) == {1}
    assert set(collecting.whole) == set(TWO_SHELVES)


async def test_a_branch_that_fails_stops_no_other() -> None:
    """Its parts are None, everything else is there, and it is named with the reason."""
    errors = {items_path(HIGH, BOOKS): UpstreamTimeoutError("demorou")}
    collecting = Collecting(FakeUpstream(TWO_SHELVES, errors=errors))

    collected = await collecting.execute()

    bare = replace(BOOKS, itens=None)
    assert tuple(collected) == (HIGH.with_children([bare, TOOLS]), LOW)
    assert [(gap.nome, gap.reason) for gap in collecting.gaps] == [("Livros", "demorou")]
    assert collecting.whole == [LOW]


async def test_a_root_that_fails_stops_no_other() -> None:
    """It stays without parts, and it is named."""
    errors = {boxes_path(HIGH): UpstreamConnectionError("caiu")}
    collecting = Collecting(FakeUpstream(TWO_SHELVES, errors=errors))

    collected = await collecting.execute()

    assert tuple(collected) == (replace(HIGH, caixas=None), LOW)
    assert collecting.gaps == (Gap(1, "Alta", "caiu"),)


async def test_without_the_list_at_the_top_there_is_nothing_to_collect() -> None:
    """If the first request fails, the whole collection fails."""
    errors = {SHELVES_PATH: UpstreamConnectionError("caiu")}

    with pytest.raises(UpstreamError, match="caiu"):
        await Collecting(FakeUpstream(TWO_SHELVES, errors=errors)).execute()


async def test_a_fault_of_ours_is_not_passed_off_as_missing_data() -> None:
    """Any error but the upstream's ends the collection."""
    errors = {items_path(HIGH, TOOLS): ZeroDivisionError()}

    with pytest.raises(ZeroDivisionError):
        await Collecting(FakeUpstream(TWO_SHELVES, errors=errors)).execute()


async def test_the_limit_holds_for_all_collections_together() -> None:
    """Two collections share the limit of roots; it is reached and never exceeded."""
    shelves = many_shelves(10, boxes=9)
    upstream = FakeUpstream(shelves)
    collecting = Collecting(upstream, roots_at_once=3)

    one, other = await asyncio.gather(collecting.execute(), collecting.execute())

    assert tuple(one) == tuple(other) == shelves
    assert upstream.most_at_once[Level.BOXES] == 3


async def test_cancelling_cancels_everything_under_it() -> None:
    """No request outlives the collection that made it."""
    upstream = FakeUpstream(TWO_SHELVES)
    upstream.held_level = Level.ITEMS
    collecting = asyncio.create_task(Collecting(upstream).execute())
    async with asyncio.timeout(30):
        while upstream.at_once[Level.ITEMS] < 3:
            await asyncio.sleep(0)

    collecting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await collecting

    assert upstream.at_once.total() == 0
    assert len(asyncio.all_tasks()) == 1
