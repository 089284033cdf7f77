"""When each request of a collection was queued, sent and answered."""

from array import array

from src.application.ports.refresh_progress import Attempt, Fate

NOT_YET = -1


class RequestTimes:
    """The current attempt of each request, by the request's number; times are milliseconds.

    They are kept in arrays of integers: thousands of requests wait at a time, and an object for
    each would take ten times the memory.
    """

    def __init__(self) -> None:
        self._levels = array("b")
        self._parents = array("q")
        self._roots = array("q")
        self._attempts = array("b")
        self._queued = array("q")
        self._sent = array("q")
        self._answered = array("q")

    def add(self, level: int, parent: int, root: int, now: int) -> int:
        """One more request begins to wait; returns its number."""
        self._levels.append(level)
        self._parents.append(parent)
        self._roots.append(root)
        self._attempts.append(1)
        self._queued.append(now)
        self._sent.append(NOT_YET)
        self._answered.append(NOT_YET)
        return len(self._levels) - 1

    def sent(self, request: int, now: int) -> None:
        """The request goes to the upstream."""
        self._sent[request] = now

    def answered(self, request: int, now: int) -> None:
        """Its whole answer is there."""
        self._answered[request] = now

    def is_sent(self, request: int) -> bool:
        """Whether its current attempt has left the queue."""
        return self._sent[request] != NOT_YET

    def queued_again(self, request: int, now: int) -> None:
        """Its next attempt begins to wait."""
        self._attempts[request] += 1
        self._queued[request] = now
        self._sent[request] = self._answered[request] = NOT_YET

    def ended(self, request: int, now: int, fate: Fate) -> Attempt:
        """Its current attempt, which ends now; what it did not reach has the time of its end."""
        sent, answered = self._sent[request], self._answered[request]
        return Attempt(
            request,
            self._levels[request],
            self._parents[request],
            self._attempts[request],
            self._queued[request],
            sent if sent != NOT_YET else now,
            answered if answered != NOT_YET else now,
            now,
            fate,
            self._roots[request],
        )
