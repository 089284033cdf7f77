"""`/api/v1/cities/{id}/population` and `/api/v1/states/{uf}/population`."""

from dataclasses import dataclass
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Path, Request, Response

from src.application.population.population_of_a_place import PopulationOfAPlace
from src.application.population.ports import Kind
from src.infra.controllers.documented_responses import examples, on_demand_responses
from src.infra.controllers.errors import NO_SNAPSHOT, NOT_ACCEPTABLE
from src.infra.controllers.on_demand_answer import on_demand_answer
from src.infra.controllers.population import errors
from src.infra.controllers.population.errors import ALLOWED
from src.infra.controllers.population.schemas import (
    CITY_EXAMPLE,
    SOURCE,
    STATE_EXAMPLE,
    Population,
)

Uf = Annotated[
    str,
    Path(
        pattern="^([A-Za-z]{2}|[0-9]{2})$",
        description=f"Estado: {ALLOWED['uf']}",
        openapi_examples=examples({"sigla": "DF", "código": "53"}),
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


@dataclass(frozen=True, slots=True)
class OpenedPopulation:
    """What the lifespan opens, and every request finds in `request.state.population`."""

    population: PopulationOfAPlace
    ttl_s: float


async def _opened(request: Request) -> OpenedPopulation:
    opened: OpenedPopulation = request.state.population
    return opened


CurrentPopulation = Annotated[OpenedPopulation, Depends(_opened)]

router = APIRouter(prefix="/api/v1", tags=["Populacao"])


@router.get(
    "/cities/{city_id}/population",
    operation_id="getPopulationOfCity",
    summary="A população de uma cidade",
    response_model=Population,
    responses=on_demand_responses(
        "A população",
        CITY_EXAMPLE,
        *(errors.NO_POPULATION, errors.INVALID_CITY, NOT_ACCEPTABLE, NO_SNAPSHOT),
        at="/api/v1/cities/5300108/population",
    ),
)
async def get_population_of_city(
    city_id: CityId, request: Request, opened: CurrentPopulation
) -> Response:
    """Retorna a estimativa mais recente do IBGE para a cidade.

    O cabeçalho `Age` diz há quantos segundos o IBGE foi consultado. Se ele falhar, vale a última
    resposta conhecida.
    """
    return await _answer(Kind.CITY, city_id, request, opened)


@router.get(
    "/states/{uf}/population",
    operation_id="getPopulationOfState",
    summary="A população de um estado",
    response_model=Population,
    responses=on_demand_responses(
        "A população",
        STATE_EXAMPLE,
        *(errors.NO_POPULATION_OF_STATE, errors.INVALID_STATE, NOT_ACCEPTABLE, NO_SNAPSHOT),
        at="/api/v1/states/DF/population",
    ),
)
async def get_population_of_state(uf: Uf, request: Request, opened: CurrentPopulation) -> Response:
    """Retorna a estimativa mais recente do IBGE para o estado. Vale o mesmo que para as cidades."""
    return await _answer(Kind.STATE, uf, request, opened)


async def _answer(kind: Kind, code: str, request: Request, opened: OpenedPopulation) -> Response:
    place, kept = await opened.population.execute(kind, code)
    body = {
        "id": place.id,
        "nome": place.nome,
        "ano": kept.value.year,
        "habitantes": kept.value.inhabitants,
        "fonte": SOURCE,
    }
    return on_demand_answer(
        request.headers,
        msgspec.json.encode(body),
        asked_at=kept.asked_at,
        changed_at=max(kept.asked_at, place.known_at),
        ttl_s=opened.ttl_s,
    )
