"""The answers' shapes, for the API's documentation: nothing is validated or written with these.

What is written has the shapes of `infra/editions/localities/shapes.py`; a test holds both
against each other.
"""

from typing import Annotated, Any

from pydantic import BaseModel, Field

_SIGLA = "^[A-Z]{2}$"

Name = Annotated[str, Field(description="Nome oficial")]
StateCode = Annotated[int, Field(ge=10, lt=100, description="Código do IBGE, 2 dígitos")]
Sigla = Annotated[str, Field(pattern=_SIGLA, description="Sigla da unidade da federação")]
SiglaOfState = Annotated[str, Field(pattern=_SIGLA, description="Sigla do estado")]
CityCode = Annotated[
    int, Field(ge=1_000_000, lt=10_000_000, description="Código do IBGE, 7 dígitos")
]
DistrictCode = Annotated[
    int, Field(ge=100_000_000, lt=1_000_000_000, description="Código do IBGE, 9 dígitos")
]


class District(BaseModel):
    """Um distrito."""

    id: DistrictCode = Field(
        description="Código do IBGE, 9 dígitos; os 7 primeiros são os da cidade"
    )
    nome: Name


DistrictsIfKnown = Annotated[
    list[District] | None,
    Field(description="Os distritos em ordem de código; `null` se nada se sabe deles"),
]


class City(BaseModel):
    """Uma cidade (município) com seus distritos."""

    id: CityCode = Field(description="Código do IBGE, 7 dígitos; os 2 primeiros são os do estado")
    nome: Name
    distritos: DistrictsIfKnown


class StateName(BaseModel):
    """O estado a que um lugar pertence."""

    id: StateCode
    sigla: Sigla
    nome: Name


class State(StateName):
    """Um estado, ou o Distrito Federal, com suas cidades."""

    cidades: list[City] = Field(description="As cidades em ordem de código")


class CityName(BaseModel):
    """A cidade a que um distrito pertence."""

    id: CityCode
    nome: Name


class CityWithState(BaseModel):
    """Uma cidade com seu estado e seus distritos."""

    id: CityCode = Field(description="Código do IBGE, 7 dígitos; os 2 primeiros são os do estado")
    nome: Name
    estado: StateName
    distritos: DistrictsIfKnown


class DistrictWithCity(District):
    """Um distrito com sua cidade e seu estado."""

    cidade: CityName
    estado: StateName


class FoundCity(CityName):
    """Uma cidade encontrada."""

    uf: SiglaOfState


class FoundDistrict(BaseModel):
    """Um distrito encontrado."""

    id: DistrictCode
    nome: Name
    cidade: CityName
    uf: SiglaOfState


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
