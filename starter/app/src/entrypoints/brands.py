"""The brands as a feature: what it needs, and how it is put together."""

from pydantic import Field

from src.application.brands import ListOfBrands
from src.domain.brands import Brand, Model, Year
from src.entrypoints.settings import BaseUrl, ServiceSettings
from src.entrypoints.tree_feature import tree_feature
from src.infra.controllers.refreshes.noun import Noun
from src.infra.gateways.brands import CarTableGateway
from src.infra.gateways.upstream import Upstream


class BrandsSettings(ServiceSettings):
    """What the collection needs besides the settings of every service."""

    cars_url: BaseUrl = "http://127.0.0.1:8002/carros"  # the stand-in of `make demo`
    cars_requests_limit: int = Field(default=20, ge=1, le=500, description="um inteiro de 1 a 500")


def _upstream(settings: BrandsSettings) -> Upstream:
    return Upstream(base_url=settings.cars_url, at_once=settings.cars_requests_limit)


BRANDS = tree_feature(
    "brands",
    title="As marcas de carros, com modelos e anos",
    source="a tabela de carros",
    levels=(
        Noun("marca", "marcas", feminine=True),
        Noun("modelo", "modelos"),
        Noun("ano", "anos"),
    ),
    root=Brand,
    example=Brand(1, "Alfa", (Model(1, "Um", (Year(1, "2026"),)),)),
    upstream=_upstream,
    collect=lambda client, fan_out: ListOfBrands(CarTableGateway(client)).execute(fan_out),
)
