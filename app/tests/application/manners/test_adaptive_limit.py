"""The limit adapts to what the upstream can take."""

import pytest

from src.application.manners.adaptive_limit import AdaptiveLimit
from tests.helpers.hand_clock import SecondsClock


def lowered(most: int, *, clock: SecondsClock) -> AdaptiveLimit:
    """A limit that was just lowered for the first time, a second after the refused were sent."""
    limit = AdaptiveLimit(most, clock=clock)
    sent_at = clock()
    clock.advance(1)
    while limit.limit == most:
        limit.refused(sent_at)
    return limit


@pytest.mark.parametrize(("answers_per_refusal", "limit_after"), [(5, 100), (3, 25)])
def test_a_refusal_now_and_then_is_tolerated(answers_per_refusal: int, limit_after: int) -> None:
    """One refusal in six changes nothing; one in four exceeds a fifth, which is too much."""
    limit = AdaptiveLimit(100, clock=SecondsClock())

    lowest = limit.limit
    for _ in range(20):
        for _ in range(answers_per_refusal):
            limit.succeeded(sent_at=0)
        limit.refused(sent_at=0)
        lowest = min(lowest, limit.limit)

    assert lowest == limit_after


def test_a_limit_that_is_too_high_is_cut_to_a_quarter() -> None:
    """Twelve refusals in a row show that it is too high; eleven do not yet."""
    limit = AdaptiveLimit(100, clock=SecondsClock())

    for _ in range(11):
        limit.refused(sent_at=0)
    before = limit.limit
    limit.refused(sent_at=0)

    assert (before, limit.limit) == (100, 25)


def test_refusals_of_earlier_requests_do_not_lower_the_new_limit() -> None:
    """However many of them are still refused, only new requests lower it further."""
    clock = SecondsClock()
    limit = lowered(100, clock=clock)

    for _ in range(100):
        limit.refused(sent_at=0)
    after_old = limit.limit
    for _ in range(12):
        limit.refused(sent_at=clock())

    assert (after_old, limit.limit) == (25, 6)


def test_one_request_may_always_be_in_flight() -> None:
    """The limit never drops below one: some request has to find out that things are better."""
    limit = AdaptiveLimit(10, clock=SecondsClock())

    for _ in range(1000):
        limit.refused(sent_at=0)

    assert limit.limit == 1


def test_answers_raise_the_limit_by_one_in_four_rounds() -> None:
    """At a limit of four, a round is four answers, so it takes about sixteen."""
    limit = lowered(16, clock=SecondsClock())

    answers = 0
    while limit.limit == 4:
        limit.succeeded(sent_at=0)
        answers += 1

    assert limit.limit == 5
    assert 16 <= answers <= 20


def test_the_limit_is_never_higher_than_at_the_start() -> None:
    """It climbs back to its first value, and stays there."""
    limit = lowered(16, clock=SecondsClock())

    for _ in range(10_000):
        limit.succeeded(sent_at=0)

    assert limit.limit == 16


@pytest.mark.parametrize(("silence_s", "limit_after"), [(60, 25), (61, 100)])
def test_a_lowered_limit_is_forgotten_after_a_minute(silence_s: float, limit_after: int) -> None:
    """The first answer after a minute of silence restores the limit of the start."""
    clock = SecondsClock()
    limit = lowered(100, clock=clock)

    clock.advance(silence_s)
    limit.succeeded(sent_at=0)

    assert limit.limit == limit_after


def ask_all(limit: AdaptiveLimit, clock: SecondsClock, *, capacity: int, answered: int) -> None:
    """As many requests as are allowed: of 100, so many are answered; beyond the capacity, none."""
    sent_at, at_once = clock(), limit.limit
    clock.advance(5)
    for number in range(at_once):
        if number >= capacity or number * 37 % 100 >= answered:
            limit.silent(sent_at)
        else:
            limit.succeeded(sent_at)


@pytest.mark.parametrize("answered", [75, 60, 40])
def test_silence_that_does_not_depend_on_the_load_lowers_nothing_for_long(answered: int) -> None:
    """A quarter of the load is as silent: the limit is raised again, and stays."""
    clock = SecondsClock()
    limit = AdaptiveLimit(500, clock=clock)

    limits = []
    for _ in range(100):
        ask_all(limit, clock, capacity=500, answered=answered)
        limits.append(limit.limit)

    assert limits[0] == min(limits) == 125
    assert limits[-50:] == [500] * 50


def test_silence_that_depends_on_the_load_lowers_the_limit_below_it() -> None:
    """An upstream that can do twenty at once is asked for no more than that, step by step."""
    clock = SecondsClock()
    limit = AdaptiveLimit(500, clock=clock)

    limits = []
    for _ in range(50):
        ask_all(limit, clock, capacity=20, answered=100)
        limits.append(limit.limit)

    assert limits[:2] == [125, 31]
    assert min(limits) == 7
    assert max(limits[2:]) <= 31


def test_refusals_count_though_silence_does_not() -> None:
    """The upstream says itself that it is too much."""
    clock = SecondsClock()
    limit = AdaptiveLimit(500, clock=clock)
    for _ in range(10):
        ask_all(limit, clock, capacity=500, answered=75)

    sent_at = clock()
    clock.advance(1)
    for _ in range(50):
        limit.refused(sent_at)

    assert limit.limit == 125


def test_after_a_minute_without_an_answer_silence_counts_again() -> None:
    """What was learnt about it is forgotten with the limit."""
    clock = SecondsClock()
    limit = AdaptiveLimit(500, clock=clock)
    for _ in range(10):
        ask_all(limit, clock, capacity=500, answered=75)

    clock.advance(61)
    limit.succeeded(clock())
    ask_all(limit, clock, capacity=20, answered=100)

    assert limit.limit == 125
