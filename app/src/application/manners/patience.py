"""How long to wait for one answer: far longer than for others, and no longer."""

from __future__ import annotations

import math
from collections.abc import Callable

# No answer is given up sooner, in seconds: a server may pause for its own reasons, and so may we.
LEAST_S = 4.0

# How many times the usual bound is "far longer".
FAR = 3.0


class Patience:
    """A time limit for one try, learnt from the answers of others as TCP learns its own.

    The bound is RFC 6298's retransmission time-out (smoothed time plus four times its mean
    deviation, section 2), times three, so that only a try far behind its peers is given up. Where
    tries are given up it doubles (section 5.5), since answers slower than the limit are never seen.

    `first_s` is the limit until something was answered, `most_s` the highest, both in seconds.
    `clock` tells the seconds of a monotonic time.
    """

    def __init__(self, *, first_s: float, most_s: float, clock: Callable[[], float]) -> None:
        self._first_s = first_s
        self._most_s = most_s
        self._clock = clock
        self._smoothed_s = 0.0
        self._deviation_s = 0.0
        self._factor = 1.0
        self._doubled_at = -math.inf

    @property
    def limit_s(self) -> float:
        """For how many seconds to wait for an answer now."""
        limit_s = self._first_s
        if self._smoothed_s > 0:
            limit_s = max(FAR * (self._smoothed_s + 4 * self._deviation_s), LEAST_S)
        return min(limit_s * self._factor, self._most_s)

    def answered(self, after_s: float) -> None:
        """An answer took this long."""
        if self._smoothed_s == 0:
            self._smoothed_s, self._deviation_s = after_s, after_s / 2
        else:
            self._deviation_s += (abs(self._smoothed_s - after_s) - self._deviation_s) / 4
            self._smoothed_s += (after_s - self._smoothed_s) / 8
        self._factor = 1.0

    def gave_up(self, sent_at: float) -> None:
        """A try that began then was given up; those begun before the last doubling don't count."""
        if sent_at >= self._doubled_at:
            self._factor *= 2
            self._doubled_at = self._clock()
