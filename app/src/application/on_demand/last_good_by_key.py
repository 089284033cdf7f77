"""The last good value of each key: returned at once; an old one is renewed in the background."""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from src.application.on_demand.shared_values import SharedValues
from src.application.ports.upstream_errors import (
    LONGEST_REST_S,
    UpstreamError,
    UpstreamRestsError,
)
from src.application.ports.value_store import Kept, ValueStore

log = logging.getLogger(__name__)

V = TypeVar("V")


class UnknownKeyError(LookupError):
    """The upstream knows nothing of this key, and never did."""


class NothingKnownError(Exception):
    """Nothing is known of a key yet, and the upstream does not answer in time.

    It is worth asking again after `retry_after_s` seconds.
    """

    def __init__(self, retry_after_s: int) -> None:
        super().__init__("a fonte não respondeu, e não há resposta anterior")
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class _Pause:
    """Until when the upstream is left alone with a key, and whether it knows nothing of it."""

    until: float
    is_unknown: bool


@dataclass(kw_only=True)
class LastGoodByKey(Generic[V]):
    """Asks the upstream for a key once, however many callers of this process want it at once.

    An old value is returned all the same, and the upstream is asked behind that response. If it
    fails, or knows nothing any more, the old value goes on being returned. After that it is left
    alone with this key for a while; and with every key for as long as it asks for, up to
    LONGEST_REST_S. Callers that wait for another key are then answered at once.
    """

    # What the upstream has for a key; None if it knows nothing. Raises UpstreamError.
    ask: Callable[[str], Awaitable[V | None]]
    upstream: str  # its name in Portuguese, for the log
    near: ValueStore[V]  # in the memory of this process
    shared: SharedValues[V]  # with other processes, and across restarts
    ttl_s: float  # for how many seconds a value is fresh
    wait_s: float  # for how many seconds a caller waits if nothing is known
    now: Callable[[], datetime]  # tells the time, in UTC
    pause_s: float = 30.0  # for how many seconds the upstream is left alone with a key
    # How many pauses are remembered; beyond that, the oldest key may be asked for early.
    most_pauses: int = 10_000
    _asking: dict[str, asyncio.Task[Kept[V] | None]] = field(default_factory=dict, init=False)
    _pauses: dict[str, _Pause] = field(default_factory=dict, init=False)
    _rests_until: float = field(default=-math.inf, init=False)
    _outage_is_told: bool = field(default=False, init=False)
    _is_over: bool = field(default=False, init=False)

    async def get(self, key: str) -> Kept[V]:
        """The last good value. Raises UnknownKeyError or NothingKnownError."""
        kept = await self.near.get(key) or await self.shared.newer(key)
        if kept is None:
            return await self._first(key)
        if not self._is_fresh(kept) and self._may_ask(key):
            self._start(key)
        return kept

    def end(self) -> None:
        """Ask nothing more, since the process is about to end; waiting callers get an error."""
        self._is_over = True
        for asking in self._asking.values():
            asking.cancel()

    async def aclose(self) -> None:
        """End, and wait until all is broken off."""
        self.end()
        await asyncio.gather(*self._asking.values(), return_exceptions=True)
        await self.shared.aclose()

    async def _first(self, key: str) -> Kept[V]:
        """Waits for the upstream's answer about a key of which nothing is known."""
        if self._may_ask(key):
            # A caller that hangs up does not stop the request.
            await asyncio.wait({self._start(key)}, timeout=self.wait_s)
        kept = await self.near.get(key)
        if kept is not None:
            return kept
        pause = self._pause_of(key)
        if pause is not None and pause.is_unknown:
            raise UnknownKeyError(key)
        until = max(self._rests_until, pause.until if pause else -math.inf)
        left_s = max(1.0, until - asyncio.get_running_loop().time())
        raise NothingKnownError(math.ceil(left_s))

    def _start(self, key: str) -> asyncio.Task[Kept[V] | None]:
        """Ask for the key, unless that is under way."""
        if key not in self._asking:
            self._asking[key] = asyncio.create_task(self._asked(key))
            self._asking[key].add_done_callback(lambda _: self._asking.pop(key, None))
        return self._asking[key]

    async def _asked(self, key: str) -> Kept[V] | None:
        """The new value; None if there is none, and then a pause."""
        stored = await self.shared.newer(key)
        if stored is not None and self._is_fresh(stored):
            return stored  # another process has asked meanwhile
        if self._is_resting:
            return None
        asked_at = self.now()
        try:
            value = await self.ask(key)
        except UpstreamError as error:
            level = logging.DEBUG if self._outage_is_told else logging.WARNING
            log.log(level, "Uma consulta falhou (%s): %s", self.upstream, error)
            self._outage_is_told = True
            asked_s = min(error.retry_after_s or 0.0, LONGEST_REST_S)
            until = asyncio.get_running_loop().time() + asked_s
            self._rests_until = max(self._rests_until, until)
            if not isinstance(error, UpstreamRestsError):  # it was not asked for this key
                self._rest(key, is_unknown=False)
            return None
        except Exception:
            log.exception("Uma consulta falhou por um erro interno (%s)", self.upstream)
            self._rest(key, is_unknown=False)
            return None
        self._outage_is_told = False
        if value is None:
            self._rest(key, is_unknown=True)
            return None
        kept = Kept(value, asked_at)
        await self.near.put(key, kept)
        self.shared.put(key, kept)
        return kept

    def _is_fresh(self, kept: Kept[V]) -> bool:
        # A machine with a wrong clock may date a value ahead; that makes it no fresher.
        return abs((self.now() - kept.asked_at).total_seconds()) < self.ttl_s

    def _may_ask(self, key: str) -> bool:
        return not self._is_resting and self._pause_of(key) is None and not self._is_over

    @property
    def _is_resting(self) -> bool:
        return asyncio.get_running_loop().time() < self._rests_until

    def _rest(self, key: str, *, is_unknown: bool) -> None:
        until = asyncio.get_running_loop().time() + self.pause_s
        self._pauses.pop(key, None)
        self._pauses[key] = _Pause(until, is_unknown)
        if len(self._pauses) > self.most_pauses:
            del self._pauses[next(iter(self._pauses))]

    def _pause_of(self, key: str) -> _Pause | None:
        pause = self._pauses.get(key)
        if pause is not None and pause.until <= asyncio.get_running_loop().time():
            del self._pauses[key]
            return None
        return pause
