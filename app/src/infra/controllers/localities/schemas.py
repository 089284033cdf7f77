"""The answers' shapes, for the API's documentation: nothing is validated or written with these.

What is written has the shapes of `infra/editions/localities/shapes.py`; a test holds both
against each other.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

_SIGLA = "^[A-Z]{2}$"

Name = Annotated[str, Field(description="Nome oficial")]
StateCode = Annotated[int, Field(ge=10, lt=100, description="Código do IBGE, 2 dígitos")]
Sigla = Annotated[str, Field(pattern=_SIGLA, description="Sigla da unidade da federação")]
SiglaOfState = Annotated[str, Field(pattern=_SIGLA, description="Sigla do estado")]
CityCode = Annotated[
    int, Field(ge=1_000_000, lt=10_000_000, description="Código do IBGE, 7 dígitos")
]
SiglaOfRegion = Annotated[
    Literal["N", "NE", "SE", "S", "CO"],
    Field(description="Sigla da região: Norte, Nordeste, Sudeste, Sul ou Centro-Oeste"),
]
IsCapital = Annotated[bool, Field(description="Se é a capital do estado")]
_NOT_BUNDLED = "e nos dados que acompanham o código"
_REGION_CODE = "Código do IBGE, {} dígitos; os 2 primeiros são os do estado"
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


class State(BaseModel):
    """Um estado, ou o Distrito Federal, com suas cidades."""

    id: StateCode
    sigla: Sigla
    nome: Name
    cidades: list[City] = Field(description="As cidades em ordem de código")


class CityAlone(BaseModel):
    """Uma cidade (município) sem seus distritos."""

    id: CityCode = Field(description="Código do IBGE, 7 dígitos; os 2 primeiros são os do estado")
    nome: Name


class StateAlone(BaseModel):
    """Um estado, ou o Distrito Federal, sem suas cidades."""

    id: StateCode
    sigla: Sigla
    nome: Name
    regiao: SiglaOfRegion


class StateWithCities(StateAlone):
    """Um estado, ou o Distrito Federal, com suas cidades sem os distritos."""

    cidades: list[CityAlone] = Field(description="As cidades em ordem de código")


class OneStateAlone(StateAlone):
    """Um estado, ou o Distrito Federal, com sua capital."""

    capital: CityAlone | None = Field(description="A capital; `null` se não é conhecida")


class OneStateWithCities(OneStateAlone):
    """Um estado, ou o Distrito Federal, com sua capital e suas cidades sem os distritos."""

    cidades: list[CityAlone] = Field(description="As cidades em ordem de código")


class CityName(BaseModel):
    """A cidade a que um distrito pertence."""

    id: CityCode
    nome: Name


class WiderRegion(BaseModel):
    """Uma mesorregião ou uma região intermediária."""

    id: int = Field(ge=1_000, lt=10_000, description=_REGION_CODE.format(4))
    nome: Name


class Microregion(BaseModel):
    """Uma microrregião, com sua mesorregião (divisão regional do IBGE de 1989)."""

    id: int = Field(ge=10_000, lt=100_000, description=_REGION_CODE.format(5))
    nome: Name
    mesorregiao: WiderRegion

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": 53001,
                "nome": "Brasília",
                "mesorregiao": {"id": 5301, "nome": "Distrito Federal"},
            }
        }
    )


class ImmediateRegion(BaseModel):
    """Uma região imediata, com sua região intermediária (divisão regional do IBGE de 2017)."""

    id: int = Field(ge=100_000, lt=1_000_000, description=_REGION_CODE.format(6))
    nome: Name
    regiao_intermediaria: WiderRegion

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": 530001,
                "nome": "Distrito Federal",
                "regiao_intermediaria": {"id": 5301, "nome": "Distrito Federal"},
            }
        }
    )


class CityWithState(BaseModel):
    """Uma cidade com seu estado, suas regiões e seus distritos."""

    id: CityCode = Field(description="Código do IBGE, 7 dígitos; os 2 primeiros são os do estado")
    nome: Name
    capital: IsCapital
    estado: StateAlone
    microrregiao: Microregion | None = Field(
        description=f"`null` se a fonte não tem uma, como nos municípios novos, {_NOT_BUNDLED}"
    )
    regiao_imediata: ImmediateRegion | None = Field(
        description=f"`null` se não é conhecida, {_NOT_BUNDLED}"
    )
    distritos: DistrictsIfKnown


class DistrictWithCity(District):
    """Um distrito com sua cidade e seu estado."""

    cidade: CityName
    estado: StateAlone


class FoundCity(CityName):
    """Uma cidade encontrada."""

    uf: SiglaOfState
    capital: IsCapital


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

_STATE_ALONE = {**_STATE, "regiao": "CO"}

STATE_EXAMPLE: dict[str, Any] = {**_STATE, "cidades": [{**_CITY, "distritos": [_DISTRICT]}]}
CITY_EXAMPLE: dict[str, Any] = {
    **_CITY,
    "capital": True,
    "estado": _STATE_ALONE,
    "microrregiao": None,  # as in the bundled data
    "regiao_imediata": None,
    "distritos": [_DISTRICT],
}
DISTRICT_EXAMPLE: dict[str, Any] = {**_DISTRICT, "cidade": _CITY, "estado": _STATE_ALONE}
FOUND_CITIES_EXAMPLE: list[dict[str, Any]] = [{**_CITY, "uf": "DF", "capital": True}]
FOUND_DISTRICTS_EXAMPLE: list[dict[str, Any]] = [{**_DISTRICT, "cidade": _CITY, "uf": "DF"}]

# By name: at each depth one of all states, and a state by itself.
IN_TREE_EXAMPLES: dict[str, Any] = {
    "até os distritos": STATE_EXAMPLE,
    "até as cidades": {**_STATE_ALONE, "cidades": [_CITY]},
    "só estados": _STATE_ALONE,
}
ONE_STATE_EXAMPLES: dict[str, Any] = {
    "até os distritos": STATE_EXAMPLE,
    "até as cidades": {**_STATE_ALONE, "capital": _CITY, "cidades": [_CITY]},
    "só o estado": {**_STATE_ALONE, "capital": _CITY},
}
CSV_EXAMPLES: dict[str, str] = {
    "até os distritos": (
        "estado_id,estado_sigla,estado_nome,cidade_id,cidade_nome,"
        "distrito_id,distrito_nome,estado_regiao,cidade_codigo6\r\n"
        "53,DF,Distrito Federal,5300108,Brasília,530010805,Brasília,CO,530010\r\n"
    ),
    "até as cidades": (
        "estado_id,estado_sigla,estado_nome,cidade_id,cidade_nome,estado_regiao,cidade_codigo6\r\n"
        "53,DF,Distrito Federal,5300108,Brasília,CO,530010\r\n"
    ),
    "só estados": (
        "estado_id,estado_sigla,estado_nome,estado_regiao\r\n53,DF,Distrito Federal,CO\r\n"
    ),
}
CSV_EXAMPLES |= {
    f"{name}, com ponto e vírgula": example.replace(",", ";")
    for name, example in CSV_EXAMPLES.items()
}
