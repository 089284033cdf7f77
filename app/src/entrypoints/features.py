"""The features of this service: the one place that names them all."""

from collections.abc import Mapping, Sequence
from typing import Any

from src.application.population.ports import Kind, Place, Places
from src.application.refreshing.freshness import Freshness, NoSnapshotError
from src.entrypoints.feature import Feature
from src.entrypoints.localities.feature import localities
from src.entrypoints.localities.settings import LocalitiesSettings
from src.entrypoints.population.feature import population
from src.entrypoints.population.settings import PopulationSettings
from src.entrypoints.settings import load
from src.infra.editions.localities.tree_formats import TerritoryEdition

TITLE = "Estados e cidades do Brasil"
BRAND = "Estados e cidades"  # at the head of the pages
DESCRIPTION = """
Todos os estados, cidades e distritos do Brasil em um só GET, coletados da API de localidades do
IBGE e disponíveis mesmo quando ela está lenta ou fora do ar.
"""


class Settings(LocalitiesSettings, PopulationSettings):
    """The settings of the service and of all its features."""


class PlacesOfTheTerritory(Places):
    """What the population needs of the places, by the edition that answers at this moment."""

    def __init__(self, opened: Mapping[str, Any]) -> None:
        self._freshness: Freshness[TerritoryEdition] = opened["localities"].freshness

    async def place(self, kind: Kind, code: str) -> Place:
        """The place with this code. Raises UnknownPlaceError or NoSnapshotError."""
        try:
            edition = self._freshness.at_once()  # a name need not wait for a collection
        except NoSnapshotError:
            edition = await self._freshness.edition()
        places = await edition.look_up()
        found = places.state(code) if kind is Kind.STATE else places.city(code)
        return Place(kind, found.id, found.nome, edition.snapshot.collected_at)


FEATURES: Sequence[Feature[Settings]] = (localities(), population(PlacesOfTheTerritory))


def load_settings() -> Settings:
    """The settings of this process; ends it with one line for each bad value."""
    return load(Settings)
