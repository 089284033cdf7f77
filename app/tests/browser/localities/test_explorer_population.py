"""A city's page says how many people live there, and when it cannot."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import expect

from src.application.population.ports import Kind, PopulationGateway
from src.application.ports.upstream_errors import UpstreamConnectionError
from src.domain.population.population import Population
from src.entrypoints.api import create_app
from src.entrypoints.features import PlacesOfTheTerritory, Settings
from src.entrypoints.localities.feature import localities
from src.entrypoints.population.feature import population
from src.entrypoints.population.settings import PopulationSettings
from tests.browser.conftest import OpenPage
from tests.helpers.localities.places import TWO_STATES
from tests.helpers.localities.services import collecting_from
from tests.helpers.localities.upstream import FakeUpstream
from tests.helpers.serving import served

pytestmark = pytest.mark.asyncio(loop_scope="session")


class Populations(PopulationGateway):
    """One answer for every place; an error is raised."""

    def __init__(self, answer: Population | UpstreamConnectionError | None) -> None:
        self._answer = answer

    async def of(self, kind: Kind, place_id: int) -> Population | None:
        if isinstance(self._answer, UpstreamConnectionError):
            raise self._answer
        return self._answer


@asynccontextmanager
async def service(answer: Population | UpstreamConnectionError | None) -> AsyncIterator[str]:
    """The address of a service that gets this answer."""

    @asynccontextmanager
    async def gateway(_: PopulationSettings) -> AsyncIterator[PopulationGateway]:
        yield Populations(answer)

    app = create_app(
        Settings(snapshot_bundled=False),
        features=[
            localities(collecting_from(FakeUpstream(TWO_STATES))),
            population(PlacesOfTheTerritory, gateway=gateway),
        ],
    )
    async with served(app) as url:
        yield url


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (
            Population(2025, 22_516),
            "População: 22.516 habitantes (estimativa do IBGE para 2025).",
        ),
        (None, "População: o IBGE não publica a deste lugar."),
        (
            UpstreamConnectionError("caiu"),
            "População: não foi possível consultar o IBGE agora.",
        ),
    ],
    ids=["known", "unknown", "unreachable"],
)
async def test_a_city_shows_its_population(
    open_page: OpenPage, answer: Population | UpstreamConnectionError | None, sentence: str
) -> None:
    """With its year; and if there is none, why."""
    async with service(answer) as url:
        page = await open_page(f"{url}/#/1100015", requests_fail=not isinstance(answer, Population))

        await expect(page.locator(".population")).to_have_text(sentence)
        await expect(
            page.get_by_role("heading", name="Alta Floresta D'Oeste").first
        ).to_be_visible()
