"""The settings of the collection from IBGE."""

from pydantic import Field

from src.application.localities.list_of_states_and_cities import Plan
from src.entrypoints.settings import BaseUrl, CaFile, ServiceSettings


class LocalitiesSettings(ServiceSettings):
    """What the collection needs besides the settings of every service."""

    ibge_base_url: BaseUrl = "https://servicodados.ibge.gov.br/api/v1/localidades"
    ibge_timeout_s: float = Field(
        default=30, gt=0, le=300, description="segundos, maior que 0 e até 300"
    )
    ibge_attempts: int = Field(default=4, ge=1, le=10, description="um inteiro de 1 a 10")
    ibge_states_limit: int = Field(default=26, ge=1, le=100, description="um inteiro de 1 a 100")
    ibge_cities_limit: int = Field(default=500, ge=1, le=2000, description="um inteiro de 1 a 2000")
    ibge_plan: Plan = Field(default=Plan.CITY, description="city ou state")
    ibge_max_rps: float = Field(
        default=0,
        ge=0,
        le=100_000,
        description="requisições por segundo, de 0 (sem limite) a 100000",
    )
    ibge_ca_file: CaFile = None
    ibge_legacy_tls: bool = Field(default=False, description="true ou false")
    snapshot_bundled: bool = Field(default=True, description="true ou false")
