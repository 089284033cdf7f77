"""The answers' shapes, for the API's documentation: nothing is validated or written with these.

The domain's own objects are what is written; a test holds both against each other.
"""

from __future__ import annotations

from pydantic import BaseModel, Field


class District(BaseModel):
    """Um distrito."""

    id: int = Field(description="Código do IBGE, 9 dígitos; os 7 primeiros são os da cidade")
    nome: str = Field(description="Nome oficial")


class City(BaseModel):
    """Uma cidade (município) com seus distritos."""

    id: int = Field(description="Código do IBGE, 7 dígitos; os 2 primeiros são os do estado")
    nome: str = Field(description="Nome oficial")
    distritos: list[District] | None = Field(
        description="Os distritos em ordem de código; `null` só onde nada se sabe deles"
    )


class State(BaseModel):
    """Um estado, ou o Distrito Federal, com suas cidades."""

    id: int = Field(description="Código do IBGE, 2 dígitos")
    sigla: str = Field(description="Sigla da unidade da federação")
    nome: str = Field(description="Nome oficial")
    cidades: list[City] = Field(description="As cidades em ordem de código")


STATES_EXAMPLE = [
    {
        "id": 11,
        "sigla": "RO",
        "nome": "Rondônia",
        "cidades": [
            {
                "id": 1100015,
                "nome": "Alta Floresta D'Oeste",
                "distritos": [{"id": 110001505, "nome": "Alta Floresta D'Oeste"}],
            }
        ],
    }
]
