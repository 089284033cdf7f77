"""A gateway to populations that are made up."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from src.application.population.ports import Kind, PopulationGateway
from src.domain.population.population import Population
from src.entrypoints.population.settings import PopulationSettings
from stand_in.population.aggregates import YEAR, inhabitants


class FakePopulationGateway(PopulationGateway):
    """The populations that the stand-in makes up."""

    async def of(self, kind: Kind, place_id: int) -> Population | None:
        return Population(YEAR, inhabitants(place_id))


@asynccontextmanager
async def made_up_populations(_: PopulationSettings) -> AsyncIterator[PopulationGateway]:
    """A gateway without an upstream."""
    yield FakePopulationGateway()
