"""The answers' shapes, for the API's documentation: nothing is validated or written with these.

The domain's own objects are what is written; a test holds both against each other.
"""

from typing import Any

from pydantic import BaseModel, Field


class District(BaseModel):
    """Um distrito."""

    id: int = Field(
        ge=100_000_000,
        lt=1_000_000_000,
        description="Código do IBGE, 9 dígitos; os 7 primeiros são os da cidade",
    )
    nome: str = Field(description="Nome oficial")


class City(BaseModel):
    """Uma cidade (município) com seus distritos."""

    id: int = Field(
        ge=1_000_000,
        lt=10_000_000,
        description="Código do IBGE, 7 dígitos; os 2 primeiros são os do estado",
    )
    nome: str = Field(description="Nome oficial")
    distritos: list[District] | None = Field(
        description="Os distritos em ordem de código; `null` se nada se sabe deles"
    )


class State(BaseModel):
    """Um estado, ou o Distrito Federal, com suas cidades."""

    id: int = Field(ge=10, lt=100, description="Código do IBGE, 2 dígitos")
    sigla: str = Field(pattern="^[A-Z]{2}$", description="Sigla da unidade da federação")
    nome: str = Field(description="Nome oficial")
    cidades: list[City] = Field(description="As cidades em ordem de código")


class StateName(BaseModel):
    """O estado a que um lugar pertence."""

    id: int = Field(ge=10, lt=100, description="Código do IBGE, 2 dígitos")
    sigla: str = Field(pattern="^[A-Z]{2}$", description="Sigla da unidade da federação")
    nome: str = Field(description="Nome oficial")


class CityName(BaseModel):
    """A cidade a que um distrito pertence."""

    id: int = Field(ge=1_000_000, lt=10_000_000, description="Código do IBGE, 7 dígitos")
    nome: str = Field(description="Nome oficial")


class CityWithState(BaseModel):
    """Uma cidade com seu estado e seus distritos."""

    id: int = Field(
        ge=1_000_000,
        lt=10_000_000,
        description="Código do IBGE, 7 dígitos; os 2 primeiros são os do estado",
    )
    nome: str = Field(description="Nome oficial")
    estado: StateName
    distritos: list[District] | None = Field(
        description="Os distritos em ordem de código; `null` se nada se sabe deles"
    )


class DistrictWithCity(BaseModel):
    """Um distrito com sua cidade e seu estado."""

    id: int = Field(
        ge=100_000_000,
        lt=1_000_000_000,
        description="Código do IBGE, 9 dígitos; os 7 primeiros são os da cidade",
    )
    nome: str = Field(description="Nome oficial")
    cidade: CityName
    estado: StateName


class FoundCity(BaseModel):
    """Uma cidade encontrada."""

    id: int = Field(ge=1_000_000, lt=10_000_000, description="Código do IBGE, 7 dígitos")
    nome: str = Field(description="Nome oficial")
    uf: str = Field(pattern="^[A-Z]{2}$", description="Sigla do estado")


class FoundDistrict(BaseModel):
    """Um distrito encontrado."""

    id: int = Field(ge=100_000_000, lt=1_000_000_000, description="Código do IBGE, 9 dígitos")
    nome: str = Field(description="Nome oficial")
    cidade: CityName
    uf: str = Field(pattern="^[A-Z]{2}$", description="Sigla do estado")


# Real rows; a test asks the running service for each of them.
_DISTRICT = {"id": 530010805, "nome": "Brasília"}
_STATE = {"id": 53, "sigla": "DF", "nome": "Distrito Federal"}
_CITY = {"id": 5300108, "nome": "Brasília"}

STATE_EXAMPLE: dict[str, Any] = {**_STATE, "cidades": [{**_CITY, "distritos": [_DISTRICT]}]}
CITY_EXAMPLE: dict[str, Any] = {**_CITY, "estado": _STATE, "distritos": [_DISTRICT]}
DISTRICT_EXAMPLE: dict[str, Any] = {**_DISTRICT, "cidade": _CITY, "estado": _STATE}
FOUND_CITIES_EXAMPLE: list[dict[str, Any]] = [{**_CITY, "uf": "DF"}]
FOUND_DISTRICTS_EXAMPLE: list[dict[str, Any]] = [{**_DISTRICT, "cidade": _CITY, "uf": "DF"}]
NDJSON_EXAMPLE = (
    '{"id":53,"sigla":"DF","nome":"Distrito Federal","cidades":[{"id":5300108,"nome":"Brasília",'
    '"distritos":[{"id":530010805,"nome":"Brasília"}]}]}\n'
)
CSV_EXAMPLE = (
    "estado_id,estado_sigla,estado_nome,cidade_id,cidade_nome,distrito_id,distrito_nome\r\n"
    "53,DF,Distrito Federal,5300108,Brasília,530010805,Brasília\r\n"
)
