"""The use case: choose the conditions of the next collection, over a stand-in for the upstream."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from src.application.ports.upstream_errors import UpstreamError

T = TypeVar("T")

# How many requests may be in flight at most: what may be chosen, besides the usual limit.
LIMITS = (1, 26, 100, 500, 2000)

# For how many milliseconds the stand-in waits before each answer: what may be chosen.
LATENCIES_MS = (10, 100, 400)
USUAL_LATENCY_MS = 100


class Fault(StrEnum):
    """How the stand-in fails."""

    NONE = "none"
    ERRORS = "errors"  # a few answers are errors
    RATE = "rate"  # it refuses requests above a rate
    DOWN = "down"  # it goes down in the middle of the collection, and stays so


@dataclass(frozen=True, slots=True)
class Conditions:
    """Under which a collection is made."""

    limit: int
    latency_ms: int
    fault: Fault


class NotAChoiceError(Exception):
    """These are no conditions that may be chosen; `limits` are those that there are."""

    def __init__(self, limits: Sequence[int]) -> None:
        super().__init__(limits)
        self.limits = limits


@dataclass(kw_only=True)
class Experiment:
    """The conditions of the collections of one feature, in this process.

    They hold for the next collection, and the usual ones after it: what the service collects by
    itself is no experiment. Each begins with an upstream that is well and a client that has learnt
    nothing, so that two collections can be compared.
    """

    usual_limit: int  # that of the settings
    most: int  # the highest limit for which there are connections
    # Makes the stand-in behave so; the number says how many requests it answers before it goes
    # down. Raises UpstreamError.
    behave: Callable[[Conditions, int], Awaitable[None]]
    requests: Callable[[], int]  # how many requests the last collection has made
    # Breaks off the collection that runs, if any.
    break_off: Callable[[], Awaitable[None]] | None = None
    # The conditions of the collection that runs, or of the last one; None before the first.
    in_force: Conditions | None = field(default=None, init=False)
    _begin_anew: Callable[[int], None] | None = field(default=None, init=False)
    _most_requests: int = field(default=0, init=False)
    _is_collecting: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self.chosen = self.usual  # for the next collection

    @property
    def usual(self) -> Conditions:
        """The conditions until others are chosen."""
        return Conditions(self.usual_limit, USUAL_LATENCY_MS, Fault.NONE)

    @property
    def limits(self) -> list[int]:
        """The limits that may be chosen, in order."""
        return sorted({each for each in LIMITS if each <= self.most} | {self.usual_limit})

    def choose(self, conditions: Conditions) -> None:
        """Let these hold for the next collection. Raises NotAChoiceError."""
        if conditions.limit not in self.limits or conditions.latency_ms not in LATENCIES_MS:
            raise NotAChoiceError(self.limits)
        self.chosen = conditions
        if not self._is_collecting:  # so that the collection shows this limit from its start
            self._set_limit(conditions.limit)

    async def stop(self) -> None:
        """Break off the collection that runs, if any, and go back to the usual conditions.

        Raises UpstreamError if the stand-in cannot be told.
        """
        self.chosen = self.usual
        if self.break_off is not None:
            await self.break_off()
        await self.behave(self.chosen, 0)

    def bounds(self, begin_anew: Callable[[int], None]) -> None:
        """Set the limit of a client, which has just been opened, from now on.

        `begin_anew` lets at most this many requests be in flight, and forgets what was learnt.
        """
        self._begin_anew = begin_anew
        if self.in_force is not None:
            begin_anew(self.in_force.limit)

    async def collected(self, collect: Callable[[], Awaitable[T]]) -> T:
        """What `collect` collects under the chosen conditions; raises what it raises.

        Raises UpstreamError, too, if the stand-in cannot be told.
        """
        self.in_force, self.chosen = self.chosen, self.usual
        await self.behave(self.in_force, self._most_requests // 2)
        self._set_limit(self.in_force.limit)
        self._is_collecting = True
        try:
            return await collect()
        finally:
            self._is_collecting = False
            # Of a collection that is broken off, or fails, not all requests are known.
            self._most_requests = max(self._most_requests, self.requests())
            with suppress(UpstreamError):  # the next collection tells it again
                await self.behave(self.usual, 0)

    def _set_limit(self, limit: int) -> None:
        if self._begin_anew is not None:
            self._begin_anew(limit)
