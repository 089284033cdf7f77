"""The shape of a population, for the API's documentation."""

from typing import Any

from pydantic import BaseModel, Field

SOURCE = "IBGE, Estimativas da população (agregado 6579)"


class Population(BaseModel):
    """A população de um lugar."""

    id: int = Field(ge=10, lt=10_000_000, description="Código do IBGE: 2 ou 7 dígitos")
    nome: str = Field(description="Nome oficial")
    ano: int = Field(description="O ano da estimativa")
    habitantes: int = Field(ge=0, description="A população residente estimada")
    fonte: str = Field(description="De onde vem o número")


CITY_EXAMPLE: dict[str, Any] = {
    "id": 5300108,
    "nome": "Brasília",
    "ano": 2025,
    "habitantes": 2996899,
    "fonte": SOURCE,
}
STATE_EXAMPLE: dict[str, Any] = {**CITY_EXAMPLE, "id": 53, "nome": "Distrito Federal"}
