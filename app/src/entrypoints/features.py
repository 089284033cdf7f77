"""The features of this service: the one place that names them all."""

from collections.abc import Sequence

from src.entrypoints.feature import Feature
from src.entrypoints.localities.feature import localities
from src.entrypoints.localities.settings import LocalitiesSettings
from src.entrypoints.settings import load

TITLE = "Estados e cidades do Brasil"
DESCRIPTION = """
Todos os estados, cidades e distritos do Brasil em um só GET, coletados da API de localidades do
IBGE e disponíveis mesmo quando ela está lenta ou fora do ar.
"""


class Settings(LocalitiesSettings):
    """The settings of the service and of all its features."""


FEATURES: Sequence[Feature[Settings]] = (localities(),)


def load_settings() -> Settings:
    """The settings of this process; ends it with one line for each bad value."""
    return load(Settings)
