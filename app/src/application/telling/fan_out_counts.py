"""Counts what becomes of the requests of the collection that runs in this process."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from src.application.ports.fan_out_watch import FanOutWatch
from src.application.ports.refresh_progress import (
    Attempt,
    Fate,
    Limits,
    Phase,
    Requests,
    RootPhase,
    RootProgress,
)
from src.application.telling.request_times import RequestTimes
from src.domain.tree import Leaf


class FanOutCounts(FanOutWatch):
    """The counts of one collection after another; `begin` clears them.

    `clock` tells the seconds of a monotonic time. `rest` is called with each Retry-After of the
    upstream, in seconds.
    """

    rest: Callable[[float], None] | None = None

    def __init__(self, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._limits: Callable[[], Limits] | None = None
        self._forget()

    def begin(self) -> None:
        """A collection begins, about which nothing is known yet."""
        self._forget()

    def _forget(self) -> None:
        self._began = self._clock()
        self.most_in_flight = 0
        self.roots_in_work = 0
        self._in_flight = 0
        self._roots: dict[int, RootProgress] = {}
        self._without_root = Requests()
        self._attempts: list[Attempt] = []
        self._forget_requests()

    def _forget_requests(self) -> None:
        # By number of the request: its times, and where it is counted.
        self._times = RequestTimes()
        self._counts: list[Requests] = []

    @property
    def seconds(self) -> float:
        """How long the collection has been running."""
        return self._clock() - self._began

    @property
    def limits(self) -> Limits | None:
        """What is in force now; None before the first collection."""
        return self._limits() if self._limits is not None else None

    @property
    def requests(self) -> Requests:
        """The requests of all roots together, and that for the list of roots."""
        total = replace(self._without_root)
        for root in self._roots.values():
            total += root.requests
        return total

    def roots(self) -> list[RootProgress]:
        """Each root as it is now."""
        return [replace(root, requests=replace(root.requests)) for root in self._roots.values()]

    @property
    def attempts(self) -> list[Attempt]:
        """The attempts that have ended and are not forgotten, in the order of their end."""
        return self._attempts.copy()

    def forget_attempts(self, count: int) -> None:
        """Forget the first of them: they were told."""
        del self._attempts[:count]

    def end(self, phase: Phase) -> None:  # noqa: ARG002  # for observers that pass it on
        """The collection is over: what was under way was broken off, and need not be known.

        `phase` says how it has ended.
        """
        for counts in (self._without_root, *(root.requests for root in self._roots.values())):
            counts.queued = counts.in_flight = 0
        self.roots_in_work = self._in_flight = 0
        self._forget_requests()

    # What the collection tells.

    def bounded_by(self, limits: Callable[[], Limits]) -> None:
        self._limits = limits

    def told_to_rest(self, seconds: float) -> None:
        if self.rest is not None:
            self.rest(seconds)

    def roots_listed(self, roots: Sequence[Leaf]) -> None:
        self._roots = {
            root.id: RootProgress(root.id, root.short_name, root.nome, RootPhase.QUEUED, Requests())
            for root in roots
        }

    def root_begun(self, root: Leaf) -> None:
        self._roots[root.id].phase = RootPhase.RUNNING
        self.roots_in_work += 1

    def root_ended(self, root: Leaf, *, is_whole: bool) -> None:
        self._roots[root.id].phase = RootPhase.WHOLE if is_whole else RootPhase.PARTIAL
        self.roots_in_work -= 1

    def asked(self, level: int, parent: int, *, root: int) -> int:
        known = self._roots.get(root)
        counts = known.requests if known is not None else self._without_root
        counts.queued += 1
        self._counts.append(counts)
        return self._times.add(level, parent, root, self._ms())

    def sent(self, request: int) -> None:
        self._times.sent(request, self._ms())
        counts = self._counts[request]
        counts.queued -= 1
        counts.in_flight += 1
        self._in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self._in_flight)

    def answered(self, request: int) -> None:
        self._times.answered(request, self._ms())

    def read(self, request: int) -> None:
        counts = self._counts[request]
        counts.done += 1
        self._end(request, counts, self._ms(), Fate.ANSWERED)

    def failed(self, request: int, *, again: bool) -> None:
        counts, now = self._counts[request], self._ms()
        self._end(request, counts, now, Fate.TRIED_AGAIN if again else Fate.GIVEN_UP)
        if again:
            counts.retried += 1
            counts.queued += 1
            self._times.queued_again(request, now)
        else:
            counts.failed += 1

    def _end(self, request: int, counts: Requests, now: int, fate: Fate) -> None:
        if self._times.is_sent(request):
            counts.in_flight -= 1
            self._in_flight -= 1
        else:
            counts.queued -= 1  # it was given up in the queue
        self._attempts.append(self._times.ended(request, now, fate))

    def _ms(self) -> int:
        return int((self._clock() - self._began) * 1000)
