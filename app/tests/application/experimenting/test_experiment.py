"""The conditions of a collection are chosen before it begins."""

import asyncio
from collections.abc import Callable

import pytest

from src.application.experimenting.experiment import (
    USUAL_LATENCY_MS,
    Conditions,
    Experiment,
    Fault,
    NotAChoiceError,
)
from src.application.ports.upstream_errors import UpstreamConnectionError

USUAL = Conditions(500, USUAL_LATENCY_MS, Fault.NONE)
DOWN = Conditions(100, 10, Fault.DOWN)


class Lab:
    """An experiment over a stand-in that only notes its orders."""

    def __init__(self, *, usual_limit: int = 500, most: int = 2000) -> None:
        self.told: list[tuple[Conditions, int]] = []
        self.limits: list[int] = []
        self.made = 0
        self.experiment = Experiment(
            usual_limit=usual_limit, most=most, behave=self.behave, requests=lambda: self.made
        )

    async def behave(self, conditions: Conditions, answered_first: int) -> None:
        """Notes them."""
        self.told.append((conditions, answered_first))

    async def collect(self, requests: int = 10) -> None:
        """One collection that makes this many requests."""

        async def collected() -> None:
            self.made = requests

        await self.experiment.collected(collected)


async def test_what_is_chosen_holds_for_the_next_collection() -> None:
    """The stand-in and the client's limit are set as it begins, and set back after it."""
    lab = Lab()
    lab.experiment.bounds(lab.limits.append)
    await lab.collect()

    lab.experiment.choose(DOWN)
    before = lab.experiment.in_force
    await lab.collect()
    during = lab.experiment.in_force
    await lab.collect()

    assert (before, during, lab.experiment.in_force) == (USUAL, DOWN, USUAL)
    assert [conditions for conditions, _ in lab.told] == [USUAL] * 2 + [DOWN] + [USUAL] * 3
    assert lab.limits == [500, 100, 100, 500]  # once as it is chosen


async def test_a_client_that_is_opened_for_the_first_collection_gets_its_limit() -> None:
    """A client is opened when it is first needed, which may be after a choice."""
    lab = Lab()
    lab.experiment.choose(DOWN)

    async def collect() -> None:
        lab.experiment.bounds(lab.limits.append)

    await lab.experiment.collected(collect)

    assert lab.limits == [100]


async def test_a_choice_changes_nothing_of_a_collection_that_runs() -> None:
    """It keeps its limit, and what was chosen holds for the next."""
    lab = Lab()
    lab.experiment.bounds(lab.limits.append)

    async def collect() -> None:
        lab.experiment.choose(DOWN)

    await lab.experiment.collected(collect)
    after = lab.limits.copy()
    await lab.collect()

    assert after == [500]
    assert lab.experiment.in_force == DOWN


async def test_it_goes_down_in_the_middle() -> None:
    """That is half of the requests of the longest collection so far."""
    lab = Lab()

    for requests in (40, 20, 10):
        lab.experiment.choose(DOWN)
        await lab.collect(requests)

    down = [first for conditions, first in lab.told if conditions == DOWN]
    assert down == [0, 20, 20]


async def test_a_collection_that_fails_still_counts() -> None:
    """Its error is raised."""
    lab = Lab()

    async def fail() -> None:
        lab.made = 30
        raise UpstreamConnectionError

    with pytest.raises(UpstreamConnectionError):
        await lab.experiment.collected(fail)
    lab.experiment.choose(DOWN)
    await lab.collect()

    assert (DOWN, 15) in lab.told


async def test_a_stand_in_that_is_gone_after_a_collection_does_no_harm() -> None:
    """What was collected counts."""
    lab = Lab()

    async def collect() -> str:
        async def fail(*_: object) -> None:
            raise UpstreamConnectionError

        lab.experiment.behave = fail
        return "collected"

    assert await lab.experiment.collected(collect) == "collected"


@pytest.mark.parametrize(
    ("lab", "limits"),
    [
        (Lab, [1, 26, 100, 500, 2000]),
        (lambda: Lab(usual_limit=20, most=100), [1, 20, 26, 100]),
    ],
)
def test_a_limit_needs_connections(lab: Callable[[], Lab], limits: list[int]) -> None:
    """Those that may be chosen include the usual one."""
    assert lab().experiment.limits == limits


@pytest.mark.parametrize("bad", [Conditions(3, 10, Fault.NONE), Conditions(1, 11, Fault.NONE)])
def test_nothing_else_can_be_chosen(bad: Conditions) -> None:
    """What was chosen before stays."""
    lab = Lab()
    lab.experiment.choose(DOWN)

    with pytest.raises(NotAChoiceError):
        lab.experiment.choose(bad)

    assert lab.experiment.chosen == DOWN


async def test_stopping_goes_back_to_the_usual_conditions() -> None:
    """What runs is broken off first; the stand-in hears of it at once."""
    lab = Lab()
    order: list[object] = []

    async def break_off() -> None:
        order.append(lab.told.copy())
        await asyncio.sleep(0)

    await lab.experiment.stop()
    lab.experiment.choose(DOWN)
    lab.experiment.break_off = break_off
    lab.told.clear()
    await lab.experiment.stop()

    assert order == [[]]
    assert lab.told == [(USUAL, 0)]
    assert lab.experiment.chosen == USUAL
