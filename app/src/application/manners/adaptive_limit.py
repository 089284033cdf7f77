"""How many requests may be in flight: fewer when the upstream refuses, more while it answers."""

from collections.abc import Callable

# Of the recent answers, this share may be refusals without fewer requests being sent: a random
# fault here and there is not mended by asking less.
TOLERATED_SHARE = 0.2

# An answer's weight in that share: about the last fifty count.
WEIGHT = 1 / 50

# What is left of the limit when it is too much. A quarter finds the rate of a strict upstream in
# half as many steps as the customary half, and each step costs a limit's worth of refusals.
DECREASE = 0.25

# Rounds of answers (as many answers as the limit is high) for which it is raised by one. TCP takes
# one; more rounds keep it longer below a rate that it has just found.
ROUNDS_PER_STEP = 4

# After this many seconds without an answer, what was learnt is old.
FORGOTTEN_AFTER_S = 60.0


class AdaptiveLimit:
    """Additive increase, multiplicative decrease (Chiu and Jain 1989; RFC 5681, section 3.1).

    `most` is the highest limit, at which it starts. `clock` tells the seconds of a monotonic time.
    """

    def __init__(self, most: int, *, clock: Callable[[], float]) -> None:
        self._most = most
        self._clock = clock
        self._limit = float(most)
        self._refused_share = 0.0
        self._lowered_at = -FORGOTTEN_AFTER_S
        self._answered_at = clock()

    @property
    def limit(self) -> int:
        """How many requests may be in flight now; one at least."""
        return int(self._limit)

    def succeeded(self) -> None:
        """A request was answered."""
        self._count(refused=False)
        step = 1 / (ROUNDS_PER_STEP * self._limit)
        self._limit = min(self._limit + step, self._most)

    def refused(self, sent_at: float) -> None:
        """A request that was sent then was refused, or got no answer in time.

        Refusals of what was sent before the limit was last lowered tell nothing about the new one.
        """
        if sent_at < self._lowered_at:
            return
        self._count(refused=True)
        if self._refused_share > TOLERATED_SHARE:
            self._limit = max(1.0, self._limit * DECREASE)
            self._lowered_at = self._clock()
            self._refused_share = 0.0

    def _count(self, *, refused: bool) -> None:
        now = self._clock()
        if now - self._answered_at > FORGOTTEN_AFTER_S:
            self._limit, self._refused_share = float(self._most), 0.0
        self._answered_at = now
        self._refused_share += (refused - self._refused_share) * WEIGHT
