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
            limit.succeeded()
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
        limit.succeeded()
        answers += 1

    assert limit.limit == 5
    assert 16 <= answers <= 20


def test_the_limit_is_never_higher_than_at_the_start() -> None:
    """It climbs back to its first value, and stays there."""
    limit = lowered(16, clock=SecondsClock())

    for _ in range(10_000):
        limit.succeeded()

    assert limit.limit == 16


@pytest.mark.parametrize(("silence_s", "limit_after"), [(60, 25), (61, 100)])
def test_a_lowered_limit_is_forgotten_after_a_minute(silence_s: float, limit_after: int) -> None:
    """The first answer after a minute of silence restores the limit of the start."""
    clock = SecondsClock()
    limit = lowered(100, clock=clock)

    clock.advance(silence_s)
    limit.succeeded()

    assert limit.limit == limit_after
