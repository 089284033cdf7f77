"""An upstream that is down is left alone, and probed from time to time."""

import pytest

from src.application.manners.circuit_breaker import CircuitBreaker
from tests.helpers.hand_clock import SecondsClock


def fail_until_open(
    breaker: CircuitBreaker, clock: SecondsClock, *, retry_after_s: float | None = None
) -> int:
    """Lets requests fail until the circuit opens; returns how many it took."""
    failures = 0
    while breaker.is_closed:
        breaker.failed(clock(), retry_after_s)
        failures += 1
    return failures


def wants_probe(breaker: CircuitBreaker) -> bool:
    """Whether one request may be sent to see if the upstream is back."""
    return breaker.is_open and breaker.seconds_to_probe == 0


def probe(breaker: CircuitBreaker, clock: SecondsClock) -> float:
    """Waits until a probe is due and sends it; returns the time."""
    clock.advance(breaker.seconds_to_probe)
    breaker.probe()
    return clock()


def opened(clock: SecondsClock) -> CircuitBreaker:
    """A circuit breaker that has just opened for the first time."""
    breaker = CircuitBreaker(clock=clock)
    fail_until_open(breaker, clock)
    return breaker


def test_it_opens_when_three_quarters_of_the_recent_answers_are_failures() -> None:
    """At first that takes more than fifty failures; a failure every other time is no reason."""
    clock = SecondsClock()
    breaker = CircuitBreaker(clock=clock)

    for _ in range(200):
        breaker.failed(clock())
        breaker.succeeded(clock())

    assert breaker.is_closed
    assert 50 < fail_until_open(CircuitBreaker(clock=clock), clock) < 100


def test_a_handful_of_failures_is_enough_if_few_requests_are_usual() -> None:
    """Otherwise an upstream that is seldom asked would never be left alone."""
    clock = SecondsClock()
    assert fail_until_open(CircuitBreaker(clock=clock, recent_answers=4), clock) == 5


def test_a_probe_is_due_a_second_after_it_opened() -> None:
    """Nothing is sent before."""
    clock = SecondsClock()
    breaker = opened(clock)

    clock.advance(0.75)
    too_early = (wants_probe(breaker), breaker.seconds_to_probe)
    clock.advance(0.25)

    assert too_early == (False, 0.25)
    assert wants_probe(breaker)
    assert not breaker.is_closed


def test_while_the_probe_is_out_nothing_else_is_sent() -> None:
    """Neither another probe nor an ordinary request is."""
    clock = SecondsClock()
    breaker = opened(clock)

    probe(breaker, clock)

    assert not wants_probe(breaker)
    assert not breaker.is_closed


def test_a_probe_that_succeeds_closes_it() -> None:
    """Earlier failures no longer count: it takes as many as before to open it again."""
    clock = SecondsClock()
    breaker = CircuitBreaker(clock=clock)
    failures = fail_until_open(breaker, clock)

    breaker.succeeded(probe(breaker, clock))

    assert breaker.is_closed
    assert fail_until_open(breaker, clock) == failures


def test_the_pause_doubles_with_each_probe_that_fails() -> None:
    """It grows up to a minute, and starts at a second again once a probe has succeeded."""
    clock = SecondsClock()
    breaker = opened(clock)

    pauses = []
    for _ in range(8):
        pauses.append(breaker.seconds_to_probe)
        breaker.failed(probe(breaker, clock))
    breaker.succeeded(probe(breaker, clock))
    fail_until_open(breaker, clock)

    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]
    assert breaker.seconds_to_probe == 1


@pytest.mark.parametrize(("retry_after_s", "pause_s"), [(0.5, 1), (30, 30), (3600, 60)])
def test_the_pause_is_what_the_upstream_asks_for(retry_after_s: float, pause_s: float) -> None:
    """It is a second at least and a minute at most."""
    clock = SecondsClock()
    breaker = CircuitBreaker(clock=clock)

    fail_until_open(breaker, clock, retry_after_s=retry_after_s)

    assert breaker.seconds_to_probe == pause_s


def test_a_probe_that_fails_may_bring_another_retry_after() -> None:
    """The upstream's wish sets the pause after a probe, too."""
    clock = SecondsClock()
    breaker = opened(clock)

    breaker.failed(probe(breaker, clock), retry_after_s=7)

    assert breaker.seconds_to_probe == 7


def test_outcomes_of_earlier_requests_do_not_decide_for_the_probe() -> None:
    """Only requests sent since the circuit last changed say something new."""
    clock = SecondsClock()
    breaker = opened(clock)
    probe(breaker, clock)

    breaker.succeeded(sent_at=0)
    closed_by_old_success = breaker.is_closed
    breaker.failed(sent_at=0)
    breaker.succeeded(sent_at=clock())

    assert not closed_by_old_success
    assert breaker.is_closed


def test_after_a_lost_probe_the_next_request_is_one() -> None:
    """A probe without an outcome decides nothing, and costs no other pause."""
    clock = SecondsClock()
    breaker = opened(clock)
    probe(breaker, clock)

    breaker.probe_was_lost()

    assert wants_probe(breaker)


def test_it_is_hopeless_when_the_next_probe_is_far_from_the_first_opening() -> None:
    """Pauses of 1, 2 and 4 s are worth the wait; the fourth would end 15 s after the opening."""
    clock = SecondsClock()
    breaker = opened(clock)

    hopeless = []
    for _ in range(4):
        hopeless.append(breaker.is_hopeless)
        breaker.failed(probe(breaker, clock))

    assert hopeless == [False, False, False, True]


def test_it_is_not_hopeless_when_a_probe_is_due() -> None:
    """However long it has been down, the next request is let through as the probe."""
    clock = SecondsClock()
    breaker = CircuitBreaker(clock=clock)
    fail_until_open(breaker, clock, retry_after_s=30)
    before = breaker.is_hopeless

    clock.advance(30)

    assert before
    assert wants_probe(breaker)
    assert not breaker.is_hopeless


def test_failures_at_the_moment_of_opening_make_one_pause() -> None:
    """Hundreds may fail in one tick of a coarse clock; the pause is still a second."""
    clock = SecondsClock()
    breaker = CircuitBreaker(clock=clock)

    for _ in range(500):
        breaker.failed(clock())

    assert breaker.seconds_to_probe == 1
