"""The time allowed for an answer is learnt from earlier answers."""

import pytest

from src.application.manners.patience import Patience


def patience(*answers_s: float) -> Patience:
    """A patience of 3 s at first, after answers that took these times."""
    made = Patience(first_s=3)
    for each in answers_s:
        made.answered(after_s=each)
    return made


def test_without_an_answer_the_limit_is_the_first() -> None:
    """There is nothing to compare a try with."""
    assert patience().limit_s(1) == 3


def test_the_limit_doubles_with_each_try() -> None:
    """A slow answer gets its time in the end, however quick the others are."""
    assert [patience().limit_s(attempt) for attempt in (1, 2, 3)] == [3, 6, 12]
    assert [patience(0.1).limit_s(attempt) for attempt in (1, 2, 3)] == [5, 10, 20]


@pytest.mark.parametrize(
    ("answers_s", "limit_s"),
    [
        ((1,), 3 * (1 + 4 * 0.5)),
        ((1, 2), 3 * (1.125 + 4 * 0.625)),
        ((1, 2, 1.125), 3 * (1.125 + 4 * 0.46875)),
    ],
)
def test_the_limit_is_three_times_the_timeout_of_tcp(
    answers_s: tuple[float, ...], limit_s: float
) -> None:
    """That is the smoothed time plus four times its mean deviation (RFC 6298, section 2)."""
    learnt = patience(*answers_s)

    assert learnt.limit_s(1) == pytest.approx(limit_s)


@pytest.mark.parametrize(("usual_s", "limit_s"), [(0.01, 5), (4, 12)])
def test_the_limit_is_never_too_small(usual_s: float, limit_s: float) -> None:
    """It is three times the usual time, but five seconds at least."""
    settled = patience(*[usual_s] * 100)

    assert settled.limit_s(1) == pytest.approx(limit_s)
