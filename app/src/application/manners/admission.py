"""The queue before the upstream: who may be sent, when, and with whom."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from src.application.manners.adaptive_limit import AdaptiveLimit
from src.application.manners.circuit_breaker import CircuitBreaker
from src.application.ports.upstream import UpstreamUnavailableError


class Permit:
    """The right to have one request in flight; whoever holds it says what became of it."""

    def __init__(
        self, limit: AdaptiveLimit, breaker: CircuitBreaker, *, sent_at: float, is_probe: bool
    ) -> None:
        self._limit = limit
        self._breaker = breaker
        self._is_probe = is_probe
        self._has_outcome = False
        self.sent_at = sent_at

    def succeeded(self) -> None:
        """The request was answered as it should be."""
        self._has_outcome = True
        self._limit.succeeded()
        self._breaker.succeeded(self.sent_at)

    def refused(self, retry_after_s: float | None) -> None:
        """The upstream has too much to do: it said so, or did not answer in time."""
        self._limit.refused(self.sent_at)
        self.failed(retry_after_s)

    def failed(self, retry_after_s: float | None = None) -> None:
        """The request failed in another way."""
        self._has_outcome = True
        self._breaker.failed(self.sent_at, retry_after_s)

    def close(self) -> None:
        """The request is over; a probe that was broken off has no outcome."""
        if self._is_probe and not self._has_outcome:
            self._breaker.probe_was_lost()


class Admission:
    """Lets requests through: up to the limit at once, none while the circuit is open.

    One for the process, shared by all who ask the upstream. `clock` tells the seconds of a
    monotonic time. `pace` is waited for before each request: it keeps a fixed rate, if any.
    """

    def __init__(
        self,
        limit: AdaptiveLimit,
        breaker: CircuitBreaker,
        *,
        clock: Callable[[], float],
        pace: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._limit = limit
        self._breaker = breaker
        self._clock = clock
        self._pace = pace
        self._in_flight = 0
        self._first: deque[asyncio.Future[bool]] = deque()
        self._others: list[asyncio.Future[bool]] = []
        self._timer: asyncio.TimerHandle | None = None

    @asynccontextmanager
    async def permit(self, *, first: bool = False) -> AsyncIterator[Permit]:
        """Wait for a turn and hold it while the block runs; who is `first` goes before the others.

        Raises UpstreamUnavailableError where the circuit is open and will not close soon.
        """
        is_probe = await self._turn(first=first)
        permit = Permit(self._limit, self._breaker, sent_at=self._clock(), is_probe=is_probe)
        try:
            yield permit
        finally:
            permit.close()
            self._leave()

    async def _turn(self, *, first: bool) -> bool:
        """Wait for a turn; whether it is the probe's."""
        while True:
            is_probe = await self._next_turn(first=first)
            if self._pace is not None:
                try:
                    await self._pace()
                except asyncio.CancelledError:
                    self._give_back(is_probe=is_probe)
                    raise
            if is_probe or self._breaker.is_closed:
                return is_probe
            # The circuit has opened between the turn's being given and being taken.
            self._in_flight -= 1

    async def _next_turn(self, *, first: bool) -> bool:
        turn: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        (self._first if first else self._others).append(turn)
        self._let_in()
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self._give_back(is_probe=turn.result())
            raise

    def _give_back(self, *, is_probe: bool) -> None:
        """A turn is not taken after all."""
        if is_probe:
            self._breaker.probe_was_lost()
        self._leave()

    def _leave(self) -> None:
        self._in_flight -= 1
        self._let_in()

    def _let_in(self) -> None:
        """Give turns to as many of those who wait as may be sent now."""
        if self._breaker.is_hopeless:
            while turn := self._next():
                turn.set_exception(
                    UpstreamUnavailableError("o IBGE não responde; nada lhe é pedido por ora")
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
        """One who waits, if any.

        The others are picked at random: cities are asked about state by state, and a state that
        fails must not look like an upstream that is down.
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
