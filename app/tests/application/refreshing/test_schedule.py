"""The time of the next refresh, by a clock that only the test advances."""

from dataclasses import replace
from datetime import timedelta

import pytest

from src.application.refreshing.schedule import Pauses, Schedule
from src.domain.snapshot import Gap
from src.domain.succession import unread
from tests.helpers.fakes import NOON, live
from tests.helpers.hand_clock import SecondsClock
from tests.helpers.shelves import TOOLS, TWO_SHELVES
from tests.sample_feature.shelves import ShelvesSnapshot

WHOLE = live(TWO_SHELVES)
PARTLY_READ = replace(
    WHOLE, filled=(Gap(TOOLS.id, TOOLS.nome, "demorou", parents=(1,)),), failures=1
)
TTL_S = 3600


@pytest.fixture
def clock() -> SecondsClock:
    """The clock that the schedule reads."""
    return SecondsClock()


@pytest.fixture
def schedule(clock: SecondsClock) -> Schedule:
    """A schedule with the service's own pauses."""
    return Schedule(ttl_s=TTL_S, now=lambda: NOON, clock=clock)


def is_due_after(schedule: Schedule, clock: SecondsClock, seconds: float) -> bool:
    """Whether a refresh is due after `seconds`, and not before."""
    clock.advance(seconds - 0.5)
    is_early = schedule.is_due
    clock.advance(1)
    return schedule.is_due and not is_early


def test_at_the_start_a_refresh_is_due(schedule: Schedule) -> None:
    """There is no snapshot yet."""
    assert schedule.is_due
    assert not schedule.has_begun
    assert schedule.seconds_left is None


def test_a_whole_snapshot_is_fresh_for_its_time(schedule: Schedule, clock: SecondsClock) -> None:
    """The time counts from its collection, whichever process made it."""
    schedule.brought(replace(WHOLE, collected_at=NOON - timedelta(seconds=600)))

    assert schedule.seconds_left == TTL_S - 600
    assert is_due_after(schedule, clock, TTL_S - 600)


def test_a_snapshot_from_the_future_is_no_fresher(schedule: Schedule, clock: SecondsClock) -> None:
    """The clock of the machine that dated it is wrong."""
    schedule.brought(replace(WHOLE, collected_at=NOON + timedelta(seconds=600)))

    assert is_due_after(schedule, clock, TTL_S - 600)


@pytest.mark.parametrize("apart", [timedelta(hours=-2), timedelta(hours=2)])
def test_machines_with_different_clocks_do_not_collect_without_a_pause(
    schedule: Schedule, clock: SecondsClock, apart: timedelta
) -> None:
    """What comes after the first result is new, though its date says that it is stale."""
    stale = replace(WHOLE, collected_at=NOON + apart)
    schedule.brought(stale)
    is_due_at_the_start = schedule.is_due
    schedule.brought(stale)

    assert is_due_at_the_start
    assert is_due_after(schedule, clock, 300)


@pytest.mark.parametrize(
    ("failures", "pause_s"), [(1, 1), (2, 2), (9, 256), (10, 300), (5000, 300)]
)
def test_pauses_double_up_to_the_longest(
    schedule: Schedule, clock: SecondsClock, failures: int, pause_s: float
) -> None:
    """This holds however often it has failed."""
    for _ in range(failures):
        schedule.failed(WHOLE)

    assert is_due_after(schedule, clock, pause_s)


def test_failures_of_other_processes_count(schedule: Schedule, clock: SecondsClock) -> None:
    """Their number is in the shared snapshot."""
    schedule.failed(replace(WHOLE, failures=4))

    assert is_due_after(schedule, clock, 8)


def test_a_partly_read_snapshot_is_asked_for_again_later(
    schedule: Schedule, clock: SecondsClock
) -> None:
    """That costs the upstream thousands of requests; if nothing was read, it costs only one."""
    schedule.brought(unread(WHOLE, "fora do ar"))
    seconds_after_nothing = schedule.seconds_left
    schedule.brought(PARTLY_READ)

    assert seconds_after_nothing == 1
    assert is_due_after(schedule, clock, 60)


def test_nothing_waits_longer_than_a_snapshot_is_fresh(clock: SecondsClock) -> None:
    """This holds for a partly read snapshot, too."""
    schedule = Schedule(ttl_s=10, now=lambda: NOON, clock=clock)
    schedule.brought(PARTLY_READ)

    assert is_due_after(schedule, clock, 10)


def test_the_upstream_is_left_alone_for_as_long_as_it_asks(
    schedule: Schedule, clock: SecondsClock
) -> None:
    """An hour at most; after that it may be asked by hand, too."""
    schedule.upstream_failed(WHOLE, asked_s=20)
    asked_s = schedule.upstream_rests_s
    schedule.upstream_failed(WHOLE, asked_s=1_000_000)

    assert asked_s == 20
    assert schedule.upstream_rests_s == Pauses().longest_asked_s
    assert is_due_after(schedule, clock, 3600)
    assert schedule.upstream_rests_s == 0


@pytest.mark.parametrize(("brought", "pause_s"), [(WHOLE, TTL_S), (PARTLY_READ, 2000)])
def test_a_rest_that_any_answer_asks_for_is_kept(
    schedule: Schedule, clock: SecondsClock, brought: ShelvesSnapshot, pause_s: float
) -> None:
    """The longest counts, though the refresh has read the rest, and another one is taken over."""
    for asked_s in (1, 2000, 3):
        schedule.rest(asked_s)
    schedule.brought(PARTLY_READ)
    schedule.brought(brought)

    assert schedule.upstream_rests_s == 2000
    assert is_due_after(schedule, clock, pause_s)


def test_a_rest_that_another_process_was_asked_for_is_kept(
    schedule: Schedule, clock: SecondsClock
) -> None:
    """It comes with the snapshot, at the start, too; by a wrong clock it is an hour at most."""
    schedule.taken_over(replace(PARTLY_READ, upstream_rests_until=NOON + timedelta(seconds=900)))

    assert not schedule.has_begun
    assert schedule.upstream_rests_until == NOON + timedelta(seconds=900)
    assert schedule.seconds_left == 900
    assert is_due_after(schedule, clock, 900)
    assert schedule.upstream_rests_until is None
    schedule.taken_over(replace(PARTLY_READ, upstream_rests_until=NOON + timedelta(days=9)))
    assert is_due_after(schedule, clock, 3600)


@pytest.mark.parametrize("known", [None, WHOLE, PARTLY_READ])
def test_with_a_ttl_of_zero_nothing_is_due(
    clock: SecondsClock, known: ShelvesSnapshot | None
) -> None:
    """Each request starts a refresh instead."""
    schedule = Schedule(ttl_s=0, now=lambda: NOON, clock=clock)
    schedule.brought(known)
    clock.advance(1_000_000)
    is_due_after_success = schedule.is_due
    schedule.upstream_failed(known, asked_s=5)
    clock.advance(1_000_000)

    assert schedule.is_left_to_requests
    assert not is_due_after_success
    assert not schedule.is_due
    assert schedule.seconds_left is None
