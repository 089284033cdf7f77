"""The features of this service: the one place that names them all."""

from collections.abc import Sequence

from src.entrypoints.brands import BRANDS, BrandsSettings
from src.entrypoints.feature import Feature
from src.entrypoints.settings import load

TITLE = {{name-in-python}}
BRAND = {{name-in-python}}  # at the head of the pages
DESCRIPTION = """
{{name}}.

Os dados são coletados com antecedência e respondidos mesmo quando a fonte está lenta ou fora do ar.
"""


class Settings(BrandsSettings):
    """The settings of the service and of all its features: a base class for each."""


FEATURES: Sequence[Feature[Settings]] = (BRANDS,)


def load_settings() -> Settings:
    """The settings of this process; ends it with one line for each bad value."""
    return load(Settings)
