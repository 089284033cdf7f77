"""The last good value of each key: given at once, and asked for anew behind that when it is old."""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from src.application.ports.upstream_errors import UpstreamError
from src.application.ports.value_store import Kept, ValueStore, ValueStoreError

log = logging.getLogger(__name__)

V = TypeVar("V")


class UnknownKeyError(LookupError):
    """The upstream knows nothing of this key, and never did."""


class NothingKnownError(Exception):
    """Nothing is known of a key yet, and the upstream does not tell in time.

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
    """Asks the upstream for a key once, however many callers want it at the same time.

    An old value is given all the same, and the upstream is asked behind that answer. If it fails,
    or knows nothing any more, the old value goes on being given. After that it is left alone with
    this key for a while.
    """

    # What the upstream has for a key; None if it knows nothing. Raises UpstreamError.
    ask: Callable[[str], Awaitable[V | None]]
    upstream: str  # its name in Portuguese, for the log
    near: ValueStore[V]  # in the memory of this process
    far: ValueStore[V] | None  # what processes share, and a restart outlives, if there is any
    ttl_s: float  # for how many seconds a value is fresh
    wait_s: float  # for how many seconds a caller waits if nothing is known
    now: Callable[[], datetime]  # tells the time, in UTC
    pause_s: float = 30.0  # for how many seconds the upstream is left alone with a key
    # How many pauses are remembered; beyond that, the oldest key may be asked for early.
    most_pauses: int = 10_000
    _asking: dict[str, asyncio.Task[Kept[V] | None]] = field(default_factory=dict, init=False)
    _pauses: dict[str, _Pause] = field(default_factory=dict, init=False)
    _outage_is_told: bool = field(default=False, init=False)
    _store_fails: bool = field(default=False, init=False)

    async def get(self, key: str) -> Kept[V]:
        """The last good value. Raises UnknownKeyError or NothingKnownError."""
        kept = await self.near.get(key) or await self._from_far(key)
        if kept is None:
            return await self._first(key)
        if not self._is_fresh(kept) and self._pause_of(key) is None:
            self._start(key)
        return kept

    async def aclose(self) -> None:
        """Break off what is being asked."""
        asking = list(self._asking.values())
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)

    async def _first(self, key: str) -> Kept[V]:
        """The value of a key of which nothing is known, as soon as the upstream tells it."""
        kept = None
        if self._pause_of(key) is None:
            asking = self._start(key)
            await asyncio.wait({asking}, timeout=self.wait_s)  # hanging up does not stop it
            if asking.done() and not asking.cancelled():
                kept = asking.result()
        if kept is not None:
            return kept
        pause = self._pause_of(key)
        if pause is not None and pause.is_unknown:
            raise UnknownKeyError(key)
        left_s = pause.until - asyncio.get_running_loop().time() if pause else self.wait_s
        raise NothingKnownError(max(1, math.ceil(left_s)))

    def _start(self, key: str) -> asyncio.Task[Kept[V] | None]:
        """Ask for the key, unless that is under way."""
        if key not in self._asking:
            self._asking[key] = asyncio.create_task(self._asked(key))
            self._asking[key].add_done_callback(lambda _: self._asking.pop(key, None))
        return self._asking[key]

    async def _asked(self, key: str) -> Kept[V] | None:
        """The new value; None if there is none, and then a pause."""
        stored = await self._from_far(key)
        if stored is not None and self._is_fresh(stored):
            return stored  # another process has asked meanwhile
        try:
            value = await self.ask(key)
        except UpstreamError as error:
            level = logging.DEBUG if self._outage_is_told else logging.WARNING
            log.log(level, "Uma consulta falhou (%s): %s", self.upstream, error)
            self._outage_is_told = True
            self._rest(key, is_unknown=False)
            return None
        self._outage_is_told = False
        if value is None:
            self._rest(key, is_unknown=True)
            return None
        kept = Kept(value, self.now())
        await self.near.put(key, kept)
        await self._to_far(key, kept)
        return kept

    async def _from_far(self, key: str) -> Kept[V] | None:
        """What another process, or this one before it was started again, has stored."""
        if self.far is None:
            return None
        try:
            kept = await self.far.get(key)
        except ValueStoreError as error:
            self._store_failed(error)
            return None
        if kept is not None:
            await self.near.put(key, kept)
        return kept

    async def _to_far(self, key: str, kept: Kept[V]) -> None:
        if self.far is not None:
            try:
                await self.far.put(key, kept)
            except ValueStoreError as error:
                self._store_failed(error)
            else:
                self._store_fails = False

    def _store_failed(self, error: ValueStoreError) -> None:
        if not self._store_fails:
            log.warning("Sem o armazenamento, o serviço continua com o que tem: %s", error)
        self._store_fails = True

    def _is_fresh(self, kept: Kept[V]) -> bool:
        # A machine with a wrong clock may date a value ahead; that makes it no fresher.
        return abs((self.now() - kept.asked_at).total_seconds()) < self.ttl_s

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
