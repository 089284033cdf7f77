"""The last good value of each key: returned at once; an old one is renewed in the background."""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from src.application.ports.upstream_errors import UpstreamError
from src.application.ports.value_store import Kept, ValueStore, ValueStoreError

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
    alone with this key for a while.
    """

    # What the upstream has for a key; None if it knows nothing. Raises UpstreamError.
    ask: Callable[[str], Awaitable[V | None]]
    upstream: str  # its name in Portuguese, for the log
    near: ValueStore[V]  # in the memory of this process
    far: ValueStore[V] | None  # shared by processes; survives a restart; None if there is none
    ttl_s: float  # for how many seconds a value is fresh
    wait_s: float  # for how many seconds a caller waits if nothing is known
    now: Callable[[], datetime]  # tells the time, in UTC
    pause_s: float = 30.0  # for how many seconds the upstream is left alone with a key
    # How many pauses are remembered; beyond that, the oldest key may be asked for early.
    most_pauses: int = 10_000
    store_pause_s: float = 5.0  # for how many seconds a store that failed is not read
    _asking: dict[str, asyncio.Task[Kept[V] | None]] = field(default_factory=dict, init=False)
    _storing: set[asyncio.Task[None]] = field(default_factory=set, init=False)
    _pauses: dict[str, _Pause] = field(default_factory=dict, init=False)
    _not_stored: set[str] = field(default_factory=set, init=False)
    _outage_is_told: bool = field(default=False, init=False)
    _far_failed_at: float = field(default=-math.inf, init=False)
    _far_fails: bool = field(default=False, init=False)
    _is_over: bool = field(default=False, init=False)

    async def get(self, key: str) -> Kept[V]:
        """The last good value. Raises UnknownKeyError or NothingKnownError."""
        kept = await self.near.get(key) or await self._from_far(key)
        if kept is None:
            return await self._first(key)
        if not self._is_fresh(kept) and self._pause_of(key) is None and not self._is_over:
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
        for storing in self._storing:
            storing.cancel()
        await asyncio.gather(*self._asking.values(), *self._storing, return_exceptions=True)

    async def _first(self, key: str) -> Kept[V]:
        """Waits for the upstream's answer about a key of which nothing is known."""
        if self._pause_of(key) is None and not self._is_over:
            # A caller that hangs up does not stop the request.
            await asyncio.wait({self._start(key)}, timeout=self.wait_s)
        kept = await self.near.get(key)
        if kept is not None:
            return kept
        pause = self._pause_of(key)
        if pause is not None and pause.is_unknown:
            raise UnknownKeyError(key)
        left_s = pause.until - asyncio.get_running_loop().time() if pause else 1
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
        asked_at = self.now()
        try:
            value = await self.ask(key)
        except UpstreamError as error:
            level = logging.DEBUG if self._outage_is_told else logging.WARNING
            log.log(level, "Uma consulta falhou (%s): %s", self.upstream, error)
            self._outage_is_told = True
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
        self._behind(self._to_far(key, kept))
        return kept

    async def _from_far(self, key: str) -> Kept[V] | None:
        """What another process, or this one before it was restarted, has stored, if it is newer."""
        now = asyncio.get_running_loop().time()
        if self.far is None or now < self._far_failed_at + self.store_pause_s:
            return None
        try:
            stored = await asyncio.wait_for(self.far.get(key), self.wait_s)
        except (ValueStoreError, TimeoutError) as error:
            self._store_failed(error)
            return None
        self._store_works()
        known = await self.near.get(key)
        if stored is None or (known is not None and known.asked_at >= stored.asked_at):
            return known
        await self.near.put(key, stored)
        return stored

    async def _to_far(self, key: str, kept: Kept[V]) -> None:
        if self.far is None:
            return
        try:
            await asyncio.wait_for(self.far.put(key, kept), self.wait_s)
        except (ValueStoreError, TimeoutError) as error:
            self._store_failed(error)
            if len(self._not_stored) < self.most_pauses:
                self._not_stored.add(key)
        else:
            self._not_stored.discard(key)
            self._store_works()

    def _store_failed(self, error: Exception) -> None:
        if not self._far_fails:
            log.warning("Sem o armazenamento, o serviço continua com os dados que tem: %s", error)
        self._far_fails = True
        self._far_failed_at = asyncio.get_running_loop().time()

    def _store_works(self) -> None:
        if self._far_fails:
            log.info("O armazenamento voltou")
            self._far_fails = False
            self._behind(self._store_again())

    async def _store_again(self) -> None:
        """Store what the store has missed."""
        for key in tuple(self._not_stored):
            self._not_stored.discard(key)
            kept = await self.near.get(key)
            if kept is not None:
                await self._to_far(key, kept)

    def _behind(self, storing: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(storing)
        self._storing.add(task)
        task.add_done_callback(self._storing.discard)

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
