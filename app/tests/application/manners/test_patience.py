"""How long is waited is learnt from the answers."""

from __future__ import annotations

import pytest

from src.application.manners.patience import Patience
from tests.application.manners.clock import SecondsClock


def patience(*answers_s: float, clock: SecondsClock | None = None) -> Patience:
    """A patience of 5 s at first and a minute at most, after answers that took so long."""
    made = Patience(first_s=5, most_s=60, clock=clock or SecondsClock())
    for each in answers_s:
        made.answered(after_s=each)
    return made


def test_without_an_answer_the_limit_is_the_first() -> None:
    """There is nobody to compare a try with; an upstream that is slow for all gets more time."""
    newcomer = patience()

    before_s = newcomer.limit_s
    newcomer.gave_up(sent_at=0)

    assert (before_s, newcomer.limit_s) == (5, 10)


@pytest.mark.parametrize(
    ("answers_s", "limit_s"),
    [
        ((1,), 3 * (1 + 4 * 0.5)),
        ((1, 2), 3 * (1.125 + 4 * 0.625)),
        ((1, 2, 1.125), 3 * (1.125 + 4 * 0.46875)),
    ],
)
def test_the_limit_is_three_times_the_bound_of_tcp(
    answers_s: tuple[float, ...], limit_s: float
) -> None:
    """Three times the smoothed time plus four times its mean deviation (RFC 6298, section 2)."""
    learnt = patience(*answers_s)

    assert learnt.limit_s == pytest.approx(limit_s)


@pytest.mark.parametrize(("usual_s", "limit_s"), [(0.01, 4), (4, 12), (50, 60)])
def test_the_limit_stays_within_its_bounds(usual_s: float, limit_s: float) -> None:
    """Three times what is usual, but four seconds at least and the highest limit at most."""
    settled = patience(*[usual_s] * 100)

    assert settled.limit_s == pytest.approx(limit_s)


def test_the_limit_doubles_where_tries_are_given_up() -> None:
    """Once for all that were sent together, and again when that was not enough either."""
    clock = SecondsClock()
    hasty = patience(0.1, clock=clock)

    limits_s = [hasty.limit_s]
    for _ in range(3):
        sent_at = clock()
        clock.advance(hasty.limit_s)
        for _ in range(5):
            hasty.gave_up(sent_at)
        limits_s.append(hasty.limit_s)

    assert limits_s == [4, 8, 16, 32]


def test_doubling_ends_at_the_highest_limit() -> None:
    """No try may take longer than that, however many were given up."""
    hasty = patience(0.1)

    for _ in range(50):
        hasty.gave_up(sent_at=0)

    assert hasty.limit_s == 60


def test_an_answer_ends_the_doubling() -> None:
    """The answer has come, so the limit that was learnt is right again."""
    hasty = patience(0.1)
    hasty.gave_up(sent_at=0)

    hasty.answered(after_s=0.1)

    assert hasty.limit_s == 4
