"""Counts what becomes of the requests of the collection that runs in this process."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import replace

from src.application.ports.fan_out_watch import FanOutWatch
from src.application.telling.refresh_progress import (
    Attempt,
    Fate,
    Limits,
    Requests,
    StatePhase,
    StateProgress,
)
from src.domain.localities.territory import State


class FanOutCounts(FanOutWatch):
    """The counts of one collection after another; `begin` clears them.

    Times are kept in arrays of integers, by number of request: thousands of requests wait at a
    time, and an object for each would take ten times the memory. `clock` tells the seconds of a
    monotonic time.
    """

    def __init__(self, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._limits: Callable[[], Limits] | None = None
        self.begin()

    def begin(self) -> None:
        """A collection begins, about which nothing is known yet."""
        self._began = self._clock()
        self.most_in_flight = 0
        self.states_in_work = 0
        self._in_flight = 0
        self._states: dict[int, StateProgress] = {}
        self._without_state = Requests()
        self._attempts: list[Attempt] = []
        self._forget_requests()

    def _forget_requests(self) -> None:
        # Of each request:
        self._levels: list[int] = []
        self._places = array("q")
        self._counts: list[Requests] = []
        self._tries = array("b")
        self._queued = array("q")
        self._sent = array("q")
        self._answered = array("q")

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
        """The requests of all states together, and that for the list of states."""
        total = replace(self._without_state)
        for state in self._states.values():
            total.queued += state.requests.queued
            total.in_flight += state.requests.in_flight
            total.done += state.requests.done
            total.retried += state.requests.retried
            total.failed += state.requests.failed
        return total

    def states(self) -> list[StateProgress]:
        """Each state as it is now."""
        return [replace(state, requests=replace(state.requests)) for state in self._states.values()]

    @property
    def attempts(self) -> list[Attempt]:
        """The attempts that have ended and are not forgotten, in the order of their end."""
        return self._attempts.copy()

    def forget_attempts(self, count: int) -> None:
        """Forget the first of them: they were told."""
        del self._attempts[:count]

    def end(self) -> None:
        """The collection is over: what was under way was broken off, and need not be known."""
        for counts in (self._without_state, *(state.requests for state in self._states.values())):
            counts.queued = counts.in_flight = 0
        self.states_in_work = self._in_flight = 0
        self._forget_requests()

    # What the collection tells.

    def bounded_by(self, limits: Callable[[], Limits]) -> None:
        self._limits = limits

    def states_listed(self, states: Sequence[State]) -> None:
        self._states = {
            state.id: StateProgress(
                state.id, state.sigla, state.nome, StatePhase.QUEUED, Requests()
            )
            for state in states
        }

    def state_begun(self, state: State) -> None:
        self._states[state.id].phase = StatePhase.RUNNING
        self.states_in_work += 1

    def state_ended(self, state: State, *, is_whole: bool) -> None:
        self._states[state.id].phase = StatePhase.WHOLE if is_whole else StatePhase.PARTIAL
        self.states_in_work -= 1

    def asked(self, level: int, place: int, *, within: int) -> int:
        state = self._states.get(within)
        counts = state.requests if state is not None else self._without_state
        counts.queued += 1
        now = self._ms()
        self._levels.append(level)
        self._places.append(place)
        self._counts.append(counts)
        self._tries.append(1)
        self._queued.append(now)
        self._sent.append(-1)
        self._answered.append(-1)
        return len(self._counts) - 1

    def sent(self, request: int) -> None:
        self._sent[request] = self._ms()
        counts = self._counts[request]
        counts.queued -= 1
        counts.in_flight += 1
        self._in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self._in_flight)

    def answered(self, request: int) -> None:
        self._answered[request] = self._ms()

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
            self._tries[request] += 1
            self._queued[request] = now
            self._sent[request] = self._answered[request] = -1
        else:
            counts.failed += 1

    def _end(self, request: int, counts: Requests, now: int, fate: Fate) -> None:
        sent, answered = self._sent[request], self._answered[request]
        if sent >= 0:
            counts.in_flight -= 1
            self._in_flight -= 1
        else:
            counts.queued -= 1  # it was given up in the queue
        self._attempts.append(
            Attempt(
                request,
                self._levels[request],
                self._places[request],
                self._tries[request],
                self._queued[request],
                sent if sent >= 0 else now,
                answered if answered >= 0 else now,
                now,
                fate,
            )
        )

    def _ms(self) -> int:
        return int((self._clock() - self._began) * 1000)
