"""The settings of the population of places."""

from pydantic import Field

from src.entrypoints.settings import BaseUrl, CaFile, ServiceSettings


class PopulationSettings(ServiceSettings):
    """What it needs besides the settings of every service."""

    ibge_aggregates_url: BaseUrl = "https://servicodados.ibge.gov.br/api/v3/agregados"
    population_ttl_s: float = Field(
        default=2_592_000, ge=0, le=31_536_000, description="segundos, de 0 a 31536000"
    )
    # The same host as that of the places, and the same certificate.
    ibge_ca_file: CaFile = None
    ibge_legacy_tls: bool = Field(default=False, description="true ou false")
