"""The values that processes share: trouble with their store costs no caller anything but time."""

import asyncio
import logging
import math
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from src.application.ports.value_store import Kept, ValueStore, ValueStoreError

log = logging.getLogger(__name__)

V = TypeVar("V")

Call = Literal["get", "put"]


@dataclass(kw_only=True)
class SharedValues(Generic[V]):
    """Reads and writes the store; a failure is logged once, and the store left alone for a while.

    What could not be stored is stored again as soon as the store works.
    """

    store: ValueStore[V] | None  # None if nothing is shared
    near: ValueStore[V]  # has what is stored again
    wait_s: float = 2.0  # for how many seconds the store is waited for
    pause_s: float = 5.0  # for how many seconds a store that failed is not read
    ends_within_s: float = 1.0  # for how many seconds the end waits for what is being stored
    most_not_stored: int = 10_000  # how many keys that were not stored are remembered
    _storing: set[asyncio.Task[None]] = field(default_factory=set, init=False)
    _not_stored: set[str] = field(default_factory=set, init=False)
    _failed_at: float = field(default=-math.inf, init=False)
    _failing: set[Call] = field(default_factory=set, init=False)

    async def newer(self, key: str) -> Kept[V] | None:
        """The newest value there is: the stored one, which is kept near then, or the one near."""
        known = await self.near.get(key)
        stored = await self._stored(key)
        if stored is None or (known is not None and known.asked_at >= stored.asked_at):
            return known
        await self.near.put(key, stored)
        return stored

    def put(self, key: str, kept: Kept[V]) -> None:
        """Store the value behind the caller."""
        if self.store is not None:
            self._behind(self._put(self.store, key, kept))

    async def aclose(self) -> None:
        """Finish what is being stored; break off what takes longer than `ends_within_s`."""
        storing = list(self._storing)
        if storing:
            await asyncio.wait(storing, timeout=self.ends_within_s)
        for task in storing:
            task.cancel()
        await asyncio.gather(*storing, return_exceptions=True)

    async def _stored(self, key: str) -> Kept[V] | None:
        now = asyncio.get_running_loop().time()
        if self.store is None or now < self._failed_at + self.pause_s:
            return None
        try:
            stored = await asyncio.wait_for(self.store.get(key), self.wait_s)
        except (ValueStoreError, TimeoutError) as error:
            self._failed("get", error)
            return None
        self._worked("get", self.store)
        return stored

    async def _put(self, store: ValueStore[V], key: str, kept: Kept[V]) -> None:
        try:
            await asyncio.wait_for(store.put(key, kept), self.wait_s)
        except (ValueStoreError, TimeoutError) as error:
            self._failed("put", error)
            if len(self._not_stored) < self.most_not_stored:
                self._not_stored.add(key)
            return
        self._not_stored.discard(key)
        self._worked("put", store)
        if "get" in self._failing:  # nobody may ask for another value for a long time
            await self._stored(key)

    def _failed(self, call: Call, error: Exception) -> None:
        if not self._failing:
            log.warning("Sem o armazenamento, o serviço continua com os dados que tem: %s", error)
        self._failing.add(call)
        self._failed_at = asyncio.get_running_loop().time()

    def _worked(self, call: Call, store: ValueStore[V]) -> None:
        """The store is back if calls of the other kind work, too; what it has missed shows it."""
        if not self._failing:
            return
        self._failing.discard(call)
        if not self._failing:
            log.info("O armazenamento voltou")
        self._behind(self._put_again(store))

    async def _put_again(self, store: ValueStore[V]) -> None:
        """Store what the store has missed, until that fails."""
        missed = tuple(self._not_stored)
        for key in missed:
            self._not_stored.discard(key)
            kept = await self.near.get(key)
            if kept is not None:
                await self._put(store, key, kept)
            if key in self._not_stored:
                return
        if "put" in self._failing:  # nothing is left to try it with
            self._worked("put", store)

    def _behind(self, storing: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(storing)
        self._storing.add(task)
        task.add_done_callback(self._storing.discard)
