"""How far a refresh is: reported while it runs, and kept for a while afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import NamedTuple, Self


class Fate(IntEnum):
    """What became of one attempt of a request."""

    ANSWERED = 0
    TRIED_AGAIN = 1
    GIVEN_UP = 2


class Attempt(NamedTuple):
    """One attempt of a request that has ended; times are milliseconds since the refresh began.

    Requests are numbered from 0 as they were asked for, attempts from 1. `level` is the depth of
    the requested parts in the tree, 0 at the top; `parent` is the id of the part above them, 0 for
    none; `root` is that of the part at the top, 0 for none.
    `queued` is when it began to wait for a permit, `sent` when it got it, `answered` when the whole
    answer was there and `ended` when that was read; an attempt that failed on the way has `ended`
    for what it did not reach.
    """

    request: int
    level: int
    parent: int
    number: int
    queued: int
    sent: int
    answered: int
    ended: int
    fate: Fate
    root: int


@dataclass(slots=True)
class Requests:
    """Requests by what has become of them; `retried` counts attempts beyond the first."""

    queued: int = 0
    in_flight: int = 0
    done: int = 0
    retried: int = 0
    failed: int = 0

    def __iadd__(self, others: Requests) -> Self:
        self.queued += others.queued
        self.in_flight += others.in_flight
        self.done += others.done
        self.retried += others.retried
        self.failed += others.failed
        return self


class RootPhase(StrEnum):
    """How far the collection of a root is."""

    QUEUED = "queued"
    RUNNING = "running"
    WHOLE = "whole"
    PARTIAL = "partial"


@dataclass(slots=True)
class RootProgress:
    """A part at the top of the tree, and the requests about it and about everything below it."""

    id: int
    short_name: str
    nome: str
    phase: RootPhase
    requests: Requests


@dataclass(frozen=True, slots=True)
class Limits:
    """What bounds a collection at this moment.

    `roots` are in work at once; `requests` are in flight at once, which adapts and is never above
    `most_requests`. At most `requests_per_second` are sent, or any number if that is 0; while the
    circuit is open, nothing but a probe.
    """

    roots: int
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
    """What a refresh has brought: how many parts on each level, and the number of its gaps."""

    counts: list[int]
    missing: int
    filled: int


@dataclass(frozen=True, slots=True)
class Progress:
    """A refresh as it was at one moment."""

    refresh: str  # its id; a later refresh has a greater one
    number: int  # the moment's place among all that were told of this refresh, from 0
    phase: Phase  # how far it is
    by_hand: bool  # whether somebody asked for it
    # When the last refresh began that somebody asked for, this or another.
    asked_by_hand_at: datetime | None
    plan: str  # the feature's name for the way in which it asks the upstream
    begun_at: datetime  # in UTC
    seconds: float  # how long it had been running
    requests: Requests  # all of them
    most_in_flight: int  # how many were in flight at once at most
    roots_in_work: int  # how many roots hold a permit
    limits: Limits | None  # None until something has been asked of the upstream
    roots: list[RootProgress]  # in order of id; empty until they are known
    outcome: Outcome | None  # None until there is one
    cause: str | None  # the kind of error that made it fail
    attempts: list[Attempt]  # those that have ended since the moment told before

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will be told of this refresh."""
        return self.phase is not Phase.RUNNING

    @property
    def told_at(self) -> datetime:
        """The moment, in UTC."""
        return self.begun_at + timedelta(seconds=self.seconds)
