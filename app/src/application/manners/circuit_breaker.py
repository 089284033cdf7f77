"""When the upstream is not asked at all: nobody hammers a server that is down."""

import math
from collections.abc import Callable
from enum import Enum, auto

# Of the recent answers, the share of failures at which the circuit opens.
FAILED_SHARE = 0.75

# How many of the last answers count, where thousands of requests are usual.
RECENT_ANSWERS = 50

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0

# For how long after the first opening a request may wait for a probe to succeed. An upstream that
# restarts is back by then; one that is down should not keep a collection waiting.
PATIENCE_S = 10.0


class Circuit(Enum):
    """What is let through: everything, nothing, or one probe."""

    CLOSED = auto()
    OPEN = auto()
    HALF_OPEN = auto()


class CircuitBreaker:
    """Opens when most answers are failures; after a pause one probe decides (Nygard, Release It!).

    The pause is what the upstream asked for, or a second; it doubles with each failed probe.

    `clock` tells the seconds of a monotonic time. About `recent_answers` count: with 50, some 70
    failures in a row open the circuit; with 4, five do, which suits an upstream that is asked only
    now and then.
    """

    def __init__(self, *, clock: Callable[[], float], recent_answers: int = RECENT_ANSWERS) -> None:
        self._clock = clock
        self._weight = 1 / recent_answers
        self.begin_anew()

    def begin_anew(self) -> None:
        """Close, and forget what was learnt."""
        self._state = Circuit.CLOSED
        self._failed_share = 0.0
        self._pause_s = FIRST_PAUSE_S
        self._changed_at = -math.inf
        self._first_opened_at = -math.inf
        self._probe_at = -math.inf

    @property
    def is_closed(self) -> bool:
        """Whether requests may be sent as usual."""
        return self._state is Circuit.CLOSED

    @property
    def is_open(self) -> bool:
        """Whether nothing may be sent, or one probe when it is due."""
        return self._state is Circuit.OPEN

    @property
    def is_hopeless(self) -> bool:
        """Whether there is no probe near enough for a request to wait for."""
        return (
            self._state is Circuit.OPEN
            and self.seconds_to_probe > 0
            and self._probe_at - self._first_opened_at > PATIENCE_S
        )

    @property
    def seconds_to_probe(self) -> float:
        """For how long nothing at all may be sent; 0 when a probe is due."""
        return max(0.0, self._probe_at - self._clock())

    def probe(self) -> None:
        """The probe is sent; nothing else is until its outcome is known."""
        self._change(Circuit.HALF_OPEN)

    def succeeded(self, sent_at: float) -> None:
        """A request that was sent then was answered."""
        if sent_at < self._changed_at:
            return
        if self._state is Circuit.HALF_OPEN:
            self._change(Circuit.CLOSED)
            self._failed_share = 0.0
            self._pause_s = FIRST_PAUSE_S
        self._failed_share -= self._failed_share * self._weight

    def failed(self, sent_at: float, retry_after_s: float | None = None) -> None:
        """A request that was sent then failed; the upstream may have said when to come again.

        What was sent before the circuit last changed tells nothing new.
        """
        if sent_at < self._changed_at or self._state is Circuit.OPEN:
            return
        if self._state is Circuit.HALF_OPEN:
            self._open(retry_after_s)
            return
        self._failed_share += (1 - self._failed_share) * self._weight
        if self._failed_share > FAILED_SHARE:
            self._first_opened_at = self._clock()
            self._open(retry_after_s)

    def probe_was_lost(self) -> None:
        """The probe ended without an outcome; the next request is one."""
        self._change(Circuit.OPEN)

    def _open(self, retry_after_s: float | None) -> None:
        self._change(Circuit.OPEN)
        pause_s = max(self._pause_s, retry_after_s or 0.0)
        self._probe_at = self._clock() + min(pause_s, LONGEST_PAUSE_S)
        self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)

    def _change(self, state: Circuit) -> None:
        self._state = state
        self._changed_at = self._clock()
