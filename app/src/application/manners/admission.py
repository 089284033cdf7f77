"""The queue before the upstream: which request may be sent, and when."""

from __future__ import annotations

import asyncio
import math
import random
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Self

from src.application.manners.adaptive_limit import AdaptiveLimit
from src.application.manners.circuit_breaker import CircuitBreaker
from src.application.ports.upstream_errors import (
    LONGEST_REST_S,
    UpstreamRestsError,
    UpstreamUnavailableError,
)


class Permit:
    """The right to have one request in flight: waited for by `async with`, held while it runs.

    Whoever holds it says what became of the request. It is a class of its own and no generator,
    because thousands wait at a time: the bytes of each count.
    """

    __slots__ = (
        "_admission",
        "_breaker",
        "_has_outcome",
        "_is_first",
        "_is_probe",
        "_limit",
        "sent_at",
    )

    def __init__(
        self, admission: Admission, limit: AdaptiveLimit, breaker: CircuitBreaker, *, is_first: bool
    ) -> None:
        self._admission = admission
        self._limit = limit
        self._breaker = breaker
        self._is_first = is_first
        self._is_probe = False
        self._has_outcome = False
        self.sent_at = -math.inf

    async def __aenter__(self) -> Self:
        while True:
            turn = self._admission.queue(first=self._is_first)
            try:
                self._is_probe = await turn
                if self._admission.pace is not None:
                    await self._admission.pace()
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled() and turn.exception() is None:
                    self._is_probe = turn.result()
                    self._end()  # the turn had been given
                raise
            is_closed = self._is_probe or self._breaker.is_closed
            if is_closed and not self._admission.rests_s:
                self.sent_at = self._admission.clock()
                return self
            # The circuit has opened, or a rest has begun, between the turn's being given and being
            # taken.
            self._end()

    async def __aexit__(self, *_: object) -> None:
        self._end()

    def _end(self) -> None:
        if self._is_probe and not self._has_outcome:
            self._breaker.probe_was_lost()
        self._admission.leave()

    def succeeded(self) -> None:
        """The request was answered as it should be."""
        self._has_outcome = True
        self._limit.succeeded(self.sent_at)
        self._breaker.succeeded(self.sent_at)

    def refused(self, retry_after_s: float | None) -> None:
        """The upstream has too much to do, as it said."""
        self._limit.refused(self.sent_at)
        self.failed(retry_after_s)

    def silent(self) -> None:
        """The upstream did not answer in time."""
        self._limit.silent(self.sent_at)
        self.failed()

    def failed(self, retry_after_s: float | None = None) -> None:
        """The request failed in another way."""
        self._has_outcome = True
        self._breaker.failed(self.sent_at, retry_after_s)


class Admission:
    """Lets requests through: up to the limit at once, none while the circuit is open.

    One for each upstream, shared by all requests to it. `clock` tells the seconds of a
    monotonic time. `pace` is waited for before each request: it keeps a fixed rate, if any.
    `upstream` is its name, for errors. If `rests_for_all`, nothing is sent during a rest that any
    response asks for; otherwise only the request that got this response waits.
    """

    def __init__(
        self,
        limit: AdaptiveLimit,
        breaker: CircuitBreaker,
        *,
        clock: Callable[[], float],
        pace: Callable[[], Awaitable[None]] | None = None,
        upstream: str = "o servidor consultado",
        rests_for_all: bool = False,
    ) -> None:
        self._limit = limit
        self._breaker = breaker
        self.clock = clock
        self.pace = pace
        self._upstream = upstream
        self._rests_for_all = rests_for_all
        self._rests_until = -math.inf
        self._in_flight = 0
        self._first: deque[asyncio.Future[bool]] = deque()
        self._others: list[asyncio.Future[bool]] = []
        self._timer: asyncio.TimerHandle | None = None

    @property
    def limit(self) -> int:
        """How many requests may be in flight now."""
        return self._limit.limit

    @property
    def most(self) -> int:
        """How many requests may be in flight at most, however well the upstream answers."""
        return self._limit.most

    @property
    def is_suspended(self) -> bool:
        """Whether nothing is sent but a probe: the circuit is open."""
        return not self._breaker.is_closed

    @property
    def rests_s(self) -> float:
        """For how many more seconds nothing is sent, since a response has asked for that."""
        return max(0.0, self._rests_until - self.clock())

    def permit(self, *, first: bool = False) -> Permit:
        """A permit to be waited for; `first` jumps the queue.

        Waiting raises UpstreamUnavailableError if the circuit is open and will not close soon, and
        UpstreamRestsError if a rest for all has begun.
        """
        return Permit(self, self._limit, self._breaker, is_first=first)

    def rest(self, seconds: float) -> None:
        """A response asks for a rest of this many seconds; the longest counts, up to an hour."""
        if self._rests_for_all:
            until = self.clock() + min(seconds, LONGEST_REST_S)
            self._rests_until = max(self._rests_until, until)
            self._let_in()

    def begin_anew(self, most: int) -> None:
        """Forget what was learnt of the upstream; `most` is the highest limit from now on.

        For the time between two collections, when nothing is under way.
        """
        self._limit.begin_anew(most)
        self._breaker.begin_anew()
        self._rests_until = -math.inf

    # What permits call.

    def queue(self, *, first: bool) -> asyncio.Future[bool]:
        """A place in the queue: a future that resolves to whether this is the probe."""
        turn: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        (self._first if first else self._others).append(turn)
        self._let_in()
        return turn

    def leave(self) -> None:
        """A turn is over."""
        self._in_flight -= 1
        self._let_in()

    def _let_in(self) -> None:
        """Give turns to as many waiting requests as may be sent now."""
        if rests_s := self.rests_s:
            while turn := self._next():
                turn.set_exception(
                    UpstreamRestsError(f"{self._upstream} pediu uma pausa", retry_after_s=rests_s)
                )
        elif self._breaker.is_hopeless:
            while turn := self._next():
                turn.set_exception(
                    UpstreamUnavailableError(
                        f"{self._upstream} não responde; requisições suspensas por enquanto"
                    )
                )
        elif self._breaker.is_closed:
            while self._in_flight < self._limit.limit and (turn := self._next()):
                self._in_flight += 1
                turn.set_result(False)  # it is no probe
        elif self._breaker.is_open:
            pause_s = self._breaker.seconds_to_probe
            if pause_s == 0:
                self._let_in_a_probe()
            elif self._timer is None:
                loop = asyncio.get_running_loop()
                self._timer = loop.call_later(pause_s, self._time_to_probe)

    def _let_in_a_probe(self) -> None:
        if turn := self._next():
            self._breaker.probe()
            self._in_flight += 1
            turn.set_result(True)  # it is the probe

    def _time_to_probe(self) -> None:
        self._timer = None
        self._let_in()

    def _next(self) -> asyncio.Future[bool] | None:
        """A waiting request, if any.

        The others are picked at random: a collection asks root by root, and one root that fails
        must not look like an upstream that is down.
        """
        while self._first or self._others:
            if self._first:
                turn = self._first.popleft()
            else:
                chosen = random.randrange(len(self._others))  # noqa: S311  # no secret
                self._others[chosen], self._others[-1] = self._others[-1], self._others[chosen]
                turn = self._others.pop()
            if not turn.done():
                return turn
        return None
