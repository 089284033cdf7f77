"""How many requests may be in flight: fewer when the upstream refuses, more while it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

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

    A request without an answer in time counts as refused until it is known that silence does not
    depend on how much is asked: if more than a quarter was answered, and of a quarter of that load
    too much is silent again. Then the limit is raised to what it was, and silence counts no more.

    `most` is the highest limit, at which it starts. `clock` tells the seconds of a monotonic time.
    """

    def __init__(self, most: int, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.begin_anew(most)

    def begin_anew(self, most: int) -> None:
        """Forget what was learnt; `most` is the highest limit from now on."""
        self.most = most
        self._limit = float(most)
        self._refused_share = 0.0
        self._silence_counts = True
        # Of the requests sent before the limit was last lowered, and since.
        self._before, self._since = _Outcomes(), _Outcomes()
        self._lowered_for_silence_from: float | None = None
        self._lowered_at = -FORGOTTEN_AFTER_S
        self._answered_at = self._clock()

    @property
    def limit(self) -> int:
        """How many requests may be in flight now; one at least."""
        return int(self._limit)

    def succeeded(self, sent_at: float) -> None:
        """A request that was sent then was answered."""
        self._count(refused=False)
        self._outcomes(sent_at).answered += 1
        step = 1 / (ROUNDS_PER_STEP * self._limit)
        self._limit = min(self._limit + step, self.most)

    def refused(self, sent_at: float) -> None:
        """A request that was sent then was refused.

        Refusals of what was sent before the limit was last lowered tell nothing about the new one.
        """
        if sent_at < self._lowered_at:
            return
        self._count(refused=True)
        if self._refused_share > TOLERATED_SHARE:
            self._lower()
            self._lowered_for_silence_from = None

    def silent(self, sent_at: float) -> None:
        """A request that was sent then got no answer in time."""
        self._outcomes(sent_at).silent += 1
        if sent_at < self._lowered_at or not self._silence_counts:
            return
        self._count(refused=True)
        if self._refused_share <= TOLERATED_SHARE:
            return
        before = self._lowered_for_silence_from
        if before is not None and self._before.answered_share > DECREASE:
            self._limit = before
            self._silence_counts = False
            self._refused_share = 0.0
        else:
            self._lowered_for_silence_from = self._limit
            self._lower()

    def _lower(self) -> None:
        self._limit = max(1.0, self._limit * DECREASE)
        self._lowered_at = self._clock()
        self._refused_share = 0.0
        self._before, self._since = self._since, _Outcomes()

    def _outcomes(self, sent_at: float) -> _Outcomes:
        outcomes = self._before if sent_at < self._lowered_at else self._since
        outcomes.forget_beyond(4 * self.most)
        return outcomes

    def _count(self, *, refused: bool) -> None:
        now = self._clock()
        if now - self._answered_at > FORGOTTEN_AFTER_S:
            self._limit, self._refused_share = float(self.most), 0.0
            self._silence_counts, self._lowered_for_silence_from = True, None
        self._answered_at = now
        self._refused_share += (refused - self._refused_share) * WEIGHT


@dataclass(slots=True)
class _Outcomes:
    """How many requests were answered and how many not, of the last ones."""

    answered: float = 0
    silent: float = 0

    @property
    def answered_share(self) -> float:
        return self.answered / max(1, self.answered + self.silent)

    def forget_beyond(self, count: int) -> None:
        """Let what is older than about this many outcomes count half."""
        if self.answered + self.silent > count:
            self.answered, self.silent = self.answered / 2, self.silent / 2
