"""The states of the running collection, for callers that do not wait for its end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable

from src.domain.localities.territory import State
from src.domain.localities.territory_succession import is_credible


class StatesSoFar:
    """Hands out each state of a collection as soon as it is whole, whichever is first.

    One that is not believed beside what was known before is held back: it will be completed.
    """

    def __init__(self) -> None:
        self._earlier: dict[int, State] = {}
        self._states: list[State] = []
        self._news = asyncio.Event()
        self._is_running = False

    def begin(self, earlier: Iterable[State] = ()) -> None:
        """A collection begins; `earlier` are the states as known so far."""
        self._earlier = {state.id: state for state in earlier}
        self._states = []
        self._is_running = True
        self._tell()

    def add(self, state: State) -> None:
        """One more state is whole."""
        earlier = self._earlier.get(state.id)
        if earlier is None or is_credible(earlier, state):
            self._states.append(state)
            self._tell()

    def end(self) -> None:
        """The collection is over, whatever came of it."""
        self._is_running = False
        self._earlier = {}
        self._tell()

    async def follow(self) -> AsyncIterator[State]:
        """Each state of the collection that runs, or of the next, until it ends."""
        while not self._is_running and not self._states:
            await self._news.wait()
        states, followed = self._states, 0
        while True:
            while followed < len(states):
                yield states[followed]
                followed += 1
            if not self._is_running or states is not self._states:
                return
            await self._news.wait()

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()
