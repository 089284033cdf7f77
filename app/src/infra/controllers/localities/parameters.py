"""The parameters of the resources of places, each with what is allowed, which errors name."""

from typing import Annotated

from fastapi import Path, Query
from pydantic import BaseModel
from pydantic.json_schema import SkipJsonSchema

from src.infra.controllers.documented_responses import examples
from src.infra.editions.localities.shapes import Depth
from src.infra.editions.localities.tree_formats import Separator

# Longer than any name, and short enough to be looked for among all of them.
LONGEST_NAME = 100

# By name of the parameter; for the documentation and for errors.
ALLOWED = {
    "uf": "a sigla de um estado (`SP`, `sp`) ou seu código (`35`)",
    "regiao": "a sigla de uma região (`N`, `NE`, `SE`, `S` ou `CO`) ou seu código (`1` a `5`)",
    "city_id": "o código do IBGE com 7 dígitos, ou só os 6 primeiros",
    "district_id": "o código do IBGE com 9 dígitos",
    "q": f"um nome ou parte dele, em UTF-8 (`%C3%A3` é `ã`), com até {LONGEST_NAME} caracteres",
    "depth": "`states`, `cities` ou `districts`",
    "separator": "vírgula (`,`) ou ponto e vírgula (`;`)",
    "capital": "`true` ou `false`",
    "limit": "um inteiro de 1 a 100",
    "offset": "um inteiro de 0 a 100000",
}

# What is no UTF-8 comes as this character, which stands in no name.
_UTF_8 = "^[^\ufffd]*$"

_UF = "^([A-Za-z]{2}|[0-9]{2})$"
_REGION = "^([1-5]|[Nn]|[Nn][Ee]|[Ss][Ee]|[Ss]|[Cc][Oo])$"

_UF_EXAMPLES = examples({"sigla": "DF", "em minúsculas": "df", "código": "53"})

Uf = Annotated[
    str, Path(pattern=_UF, description=f"Estado: {ALLOWED['uf']}", openapi_examples=_UF_EXAMPLES)
]
# Not null if it is left out: a query has no null.
OnlyRegion = Annotated[
    Annotated[str, Query(pattern=_REGION)] | SkipJsonSchema[None],
    Query(
        # No example: Swagger UI would fill it in, and whoever tries would miss the other regions.
        description=f"Só desta região: {ALLOWED['regiao']}",
    ),
]
LowestLevel = Annotated[
    Depth,
    Query(
        description=f"Até que nível a árvore é respondida: {ALLOWED['depth']}",
        openapi_examples=examples(
            {"até os distritos": "districts", "até as cidades": "cities", "só estados": "states"}
        ),
    ),
]
CsvSeparator = Annotated[
    Separator,
    Query(
        description=(
            f"O que separa as células, só em CSV: {ALLOWED['separator']}, que planilhas em "
            "português esperam"
        ),
        openapi_examples=examples({"vírgula": ",", "ponto e vírgula": ";"}),
    ),
]
CityId = Annotated[
    str,
    Path(
        pattern="^[0-9]{6,7}$",
        description=f"Cidade: {ALLOWED['city_id']}",
        openapi_examples=examples({"7 dígitos": "5300108", "6 dígitos": "530010"}),
    ),
]
DistrictId = Annotated[
    str,
    Path(
        pattern="^[0-9]{9}$",
        description=f"Distrito: {ALLOWED['district_id']}",
        openapi_examples=examples({"código": "530010805"}),
    ),
]


class NameSearch(BaseModel):
    """A search by name, and the page of its results that is wanted."""

    # None of these is null if it is left out: a query has no null. Nor does `q` have a default,
    # which Swagger UI would fill in instead of the example.
    q: Annotated[str, Query(max_length=LONGEST_NAME, pattern=_UTF_8)] | SkipJsonSchema[None] = (
        Query(
            default=None,
            description=(
                f"O nome procurado: {ALLOWED['q']}. Acentos, maiúsculas e pontuação são ignorados; "
                "o estado pode vir junto. Sem ele, vêm todos em ordem alfabética"
            ),
            openapi_examples=examples(
                {
                    "sem acento": "brasilia",
                    "começo do nome": "Bras",
                    "com o estado": "Brasília - DF",
                }
            ),
        )
    )
    uf: Annotated[str, Query(pattern=_UF)] | SkipJsonSchema[None] = Query(
        default=None, description=f"Só deste estado: {ALLOWED['uf']}", openapi_examples=_UF_EXAMPLES
    )
    regiao: OnlyRegion = None
    limit: int = Query(
        default=20,
        ge=1,
        le=100,
        description=f"Quantos por página: {ALLOWED['limit']}",
        openapi_examples=examples({"padrão": 20, "máximo": 100}),
    )
    offset: int = Query(
        default=0,
        ge=0,
        le=100_000,
        description=f"Quantos pular antes da página: {ALLOWED['offset']}",
        openapi_examples=examples({"primeira página": 0}),
    )


Search = Annotated[NameSearch, Query()]


class NameSearchOfCities(NameSearch):
    """The same for cities."""

    capital: bool | SkipJsonSchema[None] = Query(
        default=None,
        description=f"Só as capitais dos estados, ou só as outras: {ALLOWED['capital']}",
    )


SearchOfCities = Annotated[NameSearchOfCities, Query()]
