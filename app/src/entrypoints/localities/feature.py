"""Brazil's states, cities and districts as a feature: what it brings, and how it is opened."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeAlias

from src.application.experimenting.experiment import Experiment
from src.application.localities.list_of_states_and_cities import ListOfStatesAndCities
from src.application.ports.fan_out_watch import FanOutWatch
from src.domain.localities.territory import State
from src.domain.localities.territory_snapshot import CREDIBLE_CHANGE, TerritorySnapshot
from src.entrypoints.experimenting import experiment_with
from src.entrypoints.feature import Feature, Opened
from src.entrypoints.keeping_fresh import keeping_fresh
from src.entrypoints.localities.settings import LocalitiesSettings
from src.entrypoints.on_demand import OnDemand
from src.infra.controllers.localities import (
    errors,
    headers,
    parameters,
    places_controller,
    states_controller,
)
from src.infra.controllers.localities.collection_words import COLLECTION_WORDS
from src.infra.controllers.pages_controller import Page
from src.infra.controllers.tree_controller import OpenedTree
from src.infra.editions.localities.tree_formats import TERRITORY
from src.infra.storage.localities.bundled_snapshot import bundled_outline, bundled_snapshot
from src.infra.traces.traced_fan_out import fan_out_counts

# Opens the use case with all it needs, and closes that at the end; what it does is watched.
Collecting: TypeAlias = Callable[
    [LocalitiesSettings, FanOutWatch, Experiment | None],
    AbstractAsyncContextManager[ListOfStatesAndCities],
]


def localities(collecting: Collecting | None = None) -> Feature[LocalitiesSettings]:
    """The feature; `collecting` gives the use case, for tests without an upstream."""

    @asynccontextmanager
    async def opened(settings: LocalitiesSettings, _: Mapping[str, Any]) -> AsyncIterator[Opened]:
        async def open_use_case() -> AbstractAsyncContextManager[ListOfStatesAndCities]:
            if collecting is not None:
                return collecting(settings, fan_out, experiment)
            opening = await asyncio.to_thread(_collecting_from_upstream)
            return opening(settings, fan_out, experiment)

        async def collect(on_state: Callable[[State], None]) -> TerritorySnapshot:
            return await (await use_case()).execute(on_state)

        fan_out = fan_out_counts(COLLECTION_WORDS.data, clock=time.monotonic)
        experiment = experiment_with(
            settings, settings.ibge_base_url, at_once=settings.ibge_cities_limit, counts=fan_out
        )
        async with (
            OnDemand(open_use_case) as use_case,
            keeping_fresh(
                settings,
                kind=TerritorySnapshot,
                collect=collect,
                bundled=bundled_snapshot if settings.snapshot_bundled else None,
                bundled_outline=bundled_outline,
                presentation=TERRITORY,
                words=COLLECTION_WORDS,
                plan=settings.ibge_plan,
                fan_out=fan_out,
                change=CREDIBLE_CHANGE,
                experiment=experiment,
            ) as kept,
        ):
            yield Opened(
                state={
                    "localities": OpenedTree(kept.freshness, kept.roots_as_they_come),
                    COLLECTION_WORDS.path: kept.refreshes,
                },
                require_data=kept.freshness.at_once,
            )

    return Feature(
        open=opened,
        routers=[
            states_controller.router,
            places_controller.router,
        ],
        refreshes=COLLECTION_WORDS,
        tags=[
            {
                "name": "Localidades",
                "description": "Estados, cidades e distritos, por código e por nome.",
            }
        ],
        errors=errors.ERRORS,
        parameters=parameters.ALLOWED,
        headers=headers.HEADERS,
        in_turn=places_controller.SEARCHES,
        at_hand=states_controller.AT_HAND,
        pages=[Page("/", "explorer.html", "explorar os lugares", link="Explorar")],
    )


def _collecting_from_upstream() -> Collecting:
    # With aiohttp it takes 0.13 s to import and 10 MB to keep: a start that finds a fresh snapshot
    # stored answers without it.
    from src.entrypoints.localities.collecting import collecting  # noqa: PLC0415  # as above

    return collecting
