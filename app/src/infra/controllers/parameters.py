"""The parameters of the resources, each with what is allowed, which errors name."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query
from pydantic import BaseModel, Field
from pydantic.json_schema import SkipJsonSchema

# Longer than any name, and short enough to be looked for among all of them.
LONGEST_NAME = 100

# By name of the parameter; for the documentation and for errors.
ALLOWED = {
    "uf": "a sigla de um estado (`SP`, `sp`) ou seu código (`35`)",
    "city_id": "o código do IBGE com 7 dígitos, ou só os 6 primeiros",
    "district_id": "o código do IBGE com 9 dígitos",
    "refresh_id": "o id de uma das últimas coletas, ou `current`",
    "Last-Event-ID": "o id do último evento recebido",
    "q": f"um nome ou parte dele, com até {LONGEST_NAME} caracteres",
    "limit": "um inteiro de 1 a 100",
    "offset": "um inteiro de 0 a 100000",
}

_UF = "^([A-Za-z]{2}|[0-9]{2})$"

Uf = Annotated[
    str, Path(pattern=_UF, description=f"Estado: {ALLOWED['uf']}", examples=["DF", "df", "53"])
]
CityId = Annotated[
    str,
    Path(
        pattern="^[0-9]{6,7}$",
        description=f"Cidade: {ALLOWED['city_id']}",
        examples=["5300108", "530010"],
    ),
]
DistrictId = Annotated[
    str,
    Path(
        pattern="^[0-9]{9}$",
        description=f"Distrito: {ALLOWED['district_id']}",
        examples=["530010805"],
    ),
]

RefreshId = Annotated[
    str,
    Path(
        pattern="^[0-9a-f]{20}$",
        description="O id da coleta, como veio em `Location`",
        examples=["019a8f3c2b7d5e1f6a90"],
    ),
]


class NameSearch(BaseModel):
    """A search by name, and the page of its results that is wanted."""

    q: str = Field(
        default="",
        max_length=LONGEST_NAME,
        description=(
            f"O nome procurado: {ALLOWED['q']}. Acentos, maiúsculas e pontuação são ignorados. "
            "Sem ele, vêm todos em ordem alfabética"
        ),
        examples=["brasilia"],
    )
    # Left out, it is no null: there is none in a query.
    uf: Annotated[str, Field(pattern=_UF)] | SkipJsonSchema[None] = Field(
        default=None,
        description=f"Só deste estado: {ALLOWED['uf']}",
        examples=["DF"],
    )
    limit: int = Field(
        default=20,
        ge=1,
        le=100,
        description=f"Quantos por página: {ALLOWED['limit']}",
        examples=[50],
    )
    offset: int = Field(
        default=0,
        ge=0,
        le=100_000,
        description=f"Quantos pular antes da página: {ALLOWED['offset']}",
        examples=[0],
    )


Search = Annotated[NameSearch, Query()]
