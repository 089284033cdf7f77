"""Collects the territory, and streams each state to callers that do not wait for the end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from src.application.localities.list_of_states_and_cities import ListOfStatesAndCities
from src.application.localities.states_so_far import StatesSoFar
from src.application.refreshing.current_edition import CurrentEdition
from src.domain.localities.territory import State
from src.domain.snapshot import Snapshot


class StreamedCollection:
    """Collects, and hands out each state as soon as it is whole.

    Args:
        use_case: gives the use case, opened when it is first needed.
        so_far: gets each state.
        current: the current edition. Until there is a live one, a state is handed out only if it
            may be believed beside the bundled one.
    """

    def __init__(
        self,
        *,
        use_case: Callable[[], Awaitable[ListOfStatesAndCities]],
        so_far: StatesSoFar,
        current: CurrentEdition[Any],
    ) -> None:
        self._use_case = use_case
        self._so_far = so_far
        self._current = current

    async def collect(self) -> Snapshot:
        """The territory; raises what the use case raises."""
        use_case = await self._use_case()
        self._so_far.begin(await self._earlier())
        try:
            return await use_case.execute(self._so_far.add)
        finally:
            self._so_far.end()

    async def _earlier(self) -> tuple[State, ...]:
        bundled = None if self._current.is_live else await self._current.bundled()
        return bundled.states if bundled is not None else ()
