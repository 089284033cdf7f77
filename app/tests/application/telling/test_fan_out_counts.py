"""The counts of a collection, and when they change."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.application.ports.refresh_progress import (
    Attempt,
    Fate,
    Limits,
    Phase,
    Requests,
    RootPhase,
)
from src.application.telling.fan_out_counts import FanOutCounts
from tests.helpers.hand_clock import SecondsClock
from tests.helpers.shelves import BOOKS, HIGH, LOW, TWO_SHELVES
from tests.sample_feature.shelves import Level


@pytest.fixture
def clock() -> SecondsClock:
    """A clock at 0 s."""
    return SecondsClock()


@pytest.fixture
def progress(clock: SecondsClock) -> FanOutCounts:
    """A collection of two shelves that has just begun."""
    progress = FanOutCounts(clock=clock)
    progress.roots_listed(TWO_SHELVES)
    return progress


def test_a_request_goes_from_the_queue_to_its_end(
    progress: FanOutCounts, clock: SecondsClock
) -> None:
    """It is counted at each stage, and its times are kept in milliseconds."""
    request = progress.asked(Level.ITEMS, BOOKS.id, root=HIGH.id)
    assert progress.requests == Requests(queued=1)

    clock.advance(0.5)
    progress.sent(request)
    assert progress.requests == Requests(in_flight=1)

    clock.advance(0.1)
    progress.answered(request)
    clock.advance(0.01)
    progress.read(request)
    assert progress.requests == Requests(done=1)
    assert progress.attempts == [
        Attempt(0, Level.ITEMS, BOOKS.id, 1, 0, 500, 600, 610, Fate.ANSWERED, HIGH.id)
    ]


def test_a_retry_is_one_more_attempt_of_the_same_request(
    progress: FanOutCounts, clock: SecondsClock
) -> None:
    """It waits again from the time at which the first attempt failed."""
    request = progress.asked(Level.BOXES, HIGH.id, root=HIGH.id)
    progress.sent(request)
    clock.advance(1)
    progress.failed(request, again=True)
    assert progress.requests == Requests(queued=1, retried=1)

    clock.advance(1)
    progress.sent(request)
    clock.advance(1)
    progress.failed(request, again=False)
    assert progress.requests == Requests(retried=1, failed=1)
    assert progress.attempts == [
        Attempt(0, Level.BOXES, HIGH.id, 1, 0, 0, 1000, 1000, Fate.TRIED_AGAIN, HIGH.id),
        Attempt(0, Level.BOXES, HIGH.id, 2, 1000, 2000, 3000, 3000, Fate.GIVEN_UP, HIGH.id),
    ]


def test_a_request_may_be_given_up_in_the_queue(
    progress: FanOutCounts, clock: SecondsClock
) -> None:
    """It was never sent, so it was never in flight."""
    request = progress.asked(Level.BOXES, HIGH.id, root=HIGH.id)
    clock.advance(2)
    progress.failed(request, again=False)

    assert progress.requests == Requests(failed=1)
    assert progress.attempts == [
        Attempt(0, Level.BOXES, HIGH.id, 1, 0, 2000, 2000, 2000, Fate.GIVEN_UP, HIGH.id)
    ]


def test_requests_are_counted_by_root(progress: FanOutCounts) -> None:
    """Each counts for the root it belongs to; the list at the top belongs to none."""
    for level, parent, within in (
        (Level.SHELVES, 0, 0),
        (Level.BOXES, 1, 1),
        (Level.ITEMS, 2, 1),
        (Level.ITEMS, 2, 2),
    ):
        progress.asked(level, parent, root=within)

    assert {root.short_name: root.requests.queued for root in progress.roots()} == {
        "A": 2,
        "B": 1,
    }
    assert progress.requests.queued == 4


def test_the_peak_in_flight_is_kept(progress: FanOutCounts) -> None:
    """A request that is sent after another has ended does not raise it."""
    requests = [progress.asked(Level.ITEMS, BOOKS.id, root=HIGH.id) for _ in range(3)]
    for request in requests[:2]:
        progress.sent(request)
    progress.read(requests[0])
    progress.sent(requests[2])

    assert progress.most_in_flight == 2


def test_a_root_is_queued_then_runs_and_ends(progress: FanOutCounts) -> None:
    """It ends whole or partial; roots in work are those that have begun and not ended."""
    progress.root_begun(HIGH)
    progress.root_begun(LOW)
    assert progress.roots_in_work == 2

    progress.root_ended(HIGH, is_whole=True)
    assert [root.phase for root in progress.roots()] == [RootPhase.WHOLE, RootPhase.RUNNING]

    progress.root_ended(LOW, is_whole=False)
    assert [root.phase for root in progress.roots()] == [RootPhase.WHOLE, RootPhase.PARTIAL]
    assert progress.roots_in_work == 0


def test_limits_are_those_of_the_moment(progress: FanOutCounts) -> None:
    """They adapt while the collection runs; before the first request, none is known."""
    assert progress.limits is None
    limit = Limits(26, 500, 500, requests_per_second=0, circuit_is_open=False)
    progress.bounded_by(lambda: limit)
    assert progress.limits == limit


def test_a_new_collection_starts_from_zero(progress: FanOutCounts, clock: SecondsClock) -> None:
    """Nothing is left of the one before."""
    progress.sent(progress.asked(Level.BOXES, HIGH.id, root=HIGH.id))
    clock.advance(5)
    progress.begin()

    assert progress.requests == Requests()
    assert progress.roots() == []
    assert progress.attempts == []
    assert (progress.most_in_flight, progress.seconds) == (0, 0)


def test_attempts_are_kept_until_they_were_recorded(progress: FanOutCounts) -> None:
    """Those that have ended meanwhile are kept for the next time."""
    for _ in range(2):
        progress.read(progress.asked(Level.BOXES, HIGH.id, root=HIGH.id))
    told = progress.attempts[:1]
    progress.forget_attempts(len(told))

    assert [attempt.request for attempt in progress.attempts] == [1]


def test_requests_under_way_at_the_end_no_longer_count(progress: FanOutCounts) -> None:
    """They were broken off; what had been done by then stays."""
    progress.root_begun(HIGH)
    done, sent, _ = (progress.asked(Level.BOXES, HIGH.id, root=HIGH.id) for _ in range(3))
    progress.sent(done)
    progress.read(done)
    progress.sent(sent)
    progress.end(Phase.WHOLE)

    assert progress.requests == Requests(done=1)
    assert progress.roots_in_work == 0
    assert progress.most_in_flight == 1


@given(st.lists(st.sampled_from(["read", "again", "given up", "given up in the queue"])))
def test_every_request_is_counted_exactly_once(fates: list[str]) -> None:
    """This holds whatever becomes of it."""
    progress = FanOutCounts(clock=SecondsClock())
    progress.roots_listed(TWO_SHELVES)
    for fate in fates:
        request = progress.asked(Level.BOXES, HIGH.id, root=HIGH.id)
        if fate != "given up in the queue":
            progress.sent(request)
        if fate == "read":
            progress.read(request)
        else:
            progress.failed(request, again=fate == "again")

    counts = progress.requests
    assert counts.queued + counts.in_flight + counts.done + counts.failed == len(fates)
    assert counts.retried == fates.count("again")
    assert len(progress.attempts) == len(fates)


def test_a_rest_is_told_to_whoever_wants_to_know() -> None:
    """Nobody need listen."""
    counts = FanOutCounts(clock=SecondsClock())
    asked_s: list[float] = []

    counts.told_to_rest(1)
    counts.rest = asked_s.append
    counts.told_to_rest(2)

    assert asked_s == [2]
