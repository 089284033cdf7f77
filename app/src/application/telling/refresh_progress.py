"""How far a refresh is: reported while it runs, and kept for a while afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import NamedTuple


class Fate(IntEnum):
    """What became of one attempt of a request."""

    ANSWERED = 0
    TRIED_AGAIN = 1
    GIVEN_UP = 2


class Attempt(NamedTuple):
    """One attempt of a request that has ended; times are milliseconds since the refresh began.

    Requests are numbered from 0 as they were asked for, attempts from 1. `level` is the depth of
    the requested parts in the tree, 0 at the top; `place` is the id of their parent, 0 for none.
    `queued` is when it began to wait for a permit, `sent` when it got it, `answered` when the whole
    answer was there and `ended` when that was read; an attempt that failed on the way has `ended`
    for what it did not reach.
    """

    request: int
    level: int
    place: int
    number: int
    queued: int
    sent: int
    answered: int
    ended: int
    fate: Fate


@dataclass(slots=True)
class Requests:
    """Requests by what has become of them; `retried` counts attempts beyond the first."""

    queued: int = 0
    in_flight: int = 0
    done: int = 0
    retried: int = 0
    failed: int = 0


class StatePhase(StrEnum):
    """How far the collection of a state is."""

    QUEUED = "queued"
    RUNNING = "running"
    WHOLE = "whole"
    PARTIAL = "partial"


@dataclass(slots=True)
class StateProgress:
    """A state, and the requests about it and about everything below it."""

    id: int
    sigla: str
    nome: str
    phase: StatePhase
    requests: Requests


@dataclass(frozen=True, slots=True)
class Limits:
    """What bounds a collection at this moment.

    `states` are the states in work at once; `requests` those in flight at once, which adapts and is
    never above `most_requests`. At most `requests_per_second` are sent, or any number where that is
    0; while the circuit is open, nothing but a probe.
    """

    states: int
    requests: int
    most_requests: int
    requests_per_second: float
    circuit_is_open: bool


class Phase(StrEnum):
    """How far a refresh is, or how it has ended."""

    RUNNING = "running"
    WHOLE = "whole"
    PARTIAL = "partial"  # something could not be read
    FAILED = "failed"  # nothing could be read
    BROKEN_OFF = "broken_off"  # the process that collected has ended


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a refresh has brought: how many places, and of how many states and cities not all."""

    states: int
    cities: int
    districts: int
    missing: int
    filled: int


@dataclass(frozen=True, slots=True)
class Progress:
    """A refresh as it was at one moment.

    Args:
        refresh: its id; a later refresh has a greater one.
        number: the moment's place among all that were told of this refresh, from 0.
        phase: how far it is.
        by_hand: whether somebody asked for it.
        asked_by_hand_at: when the last refresh began that somebody asked for, this or another.
        plan: how the districts are asked for.
        begun_at: in UTC.
        seconds: how long it had been running.
        requests: all of them.
        most_in_flight: as many were in flight at once at most.
        states_in_work: as many states hold a permit.
        limits: None until something has been asked of the upstream.
        states: in order of id; empty until they are known.
        outcome: None until there is one.
        cause: the kind of error that made it fail.
        attempts: those that have ended since the moment told before.
    """

    refresh: str
    number: int
    phase: Phase
    by_hand: bool
    asked_by_hand_at: datetime | None
    plan: str
    begun_at: datetime
    seconds: float
    requests: Requests
    most_in_flight: int
    states_in_work: int
    limits: Limits | None
    states: list[StateProgress]
    outcome: Outcome | None
    cause: str | None
    attempts: list[Attempt]

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will be told of this refresh."""
        return self.phase is not Phase.RUNNING

    @property
    def told_at(self) -> datetime:
        """The moment, in UTC."""
        return self.begun_at + timedelta(seconds=self.seconds)
