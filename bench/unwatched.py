"""The service without any counting of its requests, to show what counting costs.

Each of its refreshes is still recorded once at its beginning and once at its end.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.types import ASGIApp

import main
from src.application.experimenting.experiment import Experiment
from src.application.localities.list_of_states_and_cities import ListOfStatesAndCities
from src.application.ports.fan_out_watch import FanOutWatch
from src.application.telling import refresh_recorder
from src.entrypoints.localities.collecting import collecting
from src.entrypoints.localities.feature import localities
from src.entrypoints.localities.settings import LocalitiesSettings


def create_app() -> ASGIApp:
    """The application, with settings from the environment."""
    refresh_recorder.TELL_EVERY_S = refresh_recorder.TELL_AT_LEAST_EVERY_S = 3600.0
    return main.create_app(features=[localities(_unwatched)])


@asynccontextmanager
async def _unwatched(
    settings: LocalitiesSettings, _: FanOutWatch, __: Experiment | None
) -> AsyncIterator[ListOfStatesAndCities]:
    async with collecting(settings, FanOutWatch()) as use_case:
        yield use_case
