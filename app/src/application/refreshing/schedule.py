"""When the next refresh is due: decided by the result of the last one alone."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from src.application.ports.upstream_errors import LONGEST_REST_S
from src.domain.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Pauses:
    """The pauses after refreshes that did not read everything, in seconds.

    After one that read nothing the pause is `first_s`; each is twice the one before, up to
    `longest_s`. A refresh that read nearly all costs the upstream thousands of requests and not one
    or two: the pause after it is `partly_read` times longer, though never longer than a snapshot is
    fresh. No pause is shorter than the upstream asks for in any answer, up to `longest_asked_s`.
    """

    first_s: float = 1.0
    longest_s: float = 300.0
    longest_asked_s: float = LONGEST_REST_S
    partly_read: int = 60


@dataclass(kw_only=True)
class Schedule:
    """Says when to refresh again."""

    # For how many seconds a whole snapshot is fresh; 0 leaves it to requests to start refreshes,
    # and nothing is due.
    ttl_s: float
    now: Callable[[], datetime]  # the current time, in UTC
    clock: Callable[[], float] = time.monotonic  # seconds of a monotonic clock
    pauses: Pauses = field(default_factory=Pauses)  # how long to wait after a failure
    _failures: int = field(default=0, init=False)
    _due_at: float = field(default=-math.inf, init=False)
    _rests_until: float = field(default=-math.inf, init=False)

    @property
    def is_left_to_requests(self) -> bool:
        """Whether each request starts a refresh, and nothing is due."""
        return self.ttl_s == 0

    @property
    def is_due(self) -> bool:
        """Whether to refresh now; true until the first result."""
        return self.clock() >= self._next_at

    @property
    def has_begun(self) -> bool:
        """Whether a refresh has succeeded or failed since the start."""
        return self._due_at > -math.inf

    @property
    def seconds_left(self) -> float | None:
        """In how many seconds a refresh is due; None if one is due, or left to requests."""
        seconds = self._next_at - self.clock()
        return seconds if 0 < seconds < math.inf else None

    @property
    def upstream_rests_s(self) -> float:
        """Seconds left of the upstream's Retry-After."""
        return max(0.0, self._rests_until - self.clock())

    @property
    def upstream_rests_until(self) -> datetime | None:
        """When the upstream's Retry-After is over, in UTC; None if it is."""
        rests_s = self.upstream_rests_s
        return self.now() + timedelta(seconds=rests_s) if rests_s else None

    def brought(self, snapshot: Snapshot | None) -> None:
        """A refresh has ended with this snapshot, here or in another process."""
        if snapshot is None or snapshot.is_whole:
            self._failures = 0
            self._wait(self._whole_pause_s(snapshot) if snapshot else 0)
            return
        self._failures = snapshot.failures
        pause_s = self._pause_s()
        if not snapshot.is_unread:
            pause_s = min(self.pauses.partly_read * pause_s, self.ttl_s)
        self._wait(pause_s)

    def failed(self, known: Snapshot | None) -> None:
        """A refresh has failed; `known` is the last good snapshot, if any."""
        self._failures = max(self._failures + 1, known.failures if known else 0)
        self._wait(self._pause_s())

    def taken_over(self, snapshot: Snapshot) -> None:
        """Another process has stored this, and the upstream may have asked it for a rest."""
        if snapshot.upstream_rests_until is not None:
            self.rest((snapshot.upstream_rests_until - self.now()).total_seconds())
        # At the start, a snapshot that is not whole is no reason to wait.
        if self.has_begun or snapshot.is_whole:
            self.brought(snapshot)

    def rest(self, seconds: float) -> None:
        """The upstream asks to be left alone for so long; the longest that it asks for counts."""
        until = self.clock() + min(seconds, self.pauses.longest_asked_s)
        self._rests_until = max(self._rests_until, until)

    def upstream_failed(self, known: Snapshot | None, *, asked_s: float | None) -> None:
        """The same because the upstream failed; `asked_s` is its Retry-After, if any."""
        self.rest(asked_s or 0.0)
        self.failed(known)

    def _wait(self, seconds: float) -> None:
        self._due_at = self.clock() + (math.inf if self.is_left_to_requests else seconds)

    @property
    def _next_at(self) -> float:
        return max(self._due_at, self._rests_until)

    def _pause_s(self) -> float:
        doublings = min(self._failures - 1, 30)  # beyond that, the number would not fit a float
        return min(self.pauses.first_s * 2.0**doublings, self.pauses.longest_s)

    def _whole_pause_s(self, snapshot: Snapshot) -> float:
        """How long to wait after a refresh that read everything.

        What comes after the first result was collected just now, whatever its date says. Otherwise
        machines with very different clocks would collect without a pause.
        """
        least_s = min(self.pauses.longest_s, self.ttl_s) if self.has_begun else 0.0
        return max(self._seconds_fresh(snapshot), least_s)

    def _seconds_fresh(self, snapshot: Snapshot) -> float:
        # A machine with a wrong clock may date a snapshot ahead; that makes it no fresher.
        age_s = abs((self.now() - snapshot.collected_at).total_seconds())
        return self.ttl_s - age_s
