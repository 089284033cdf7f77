"""`/api/v1/cities`: cities by name and by code."""

import msgspec
from fastapi import APIRouter, Request, Response

from src.infra.controllers.descriptions import data_responses
from src.infra.controllers.localities.dependencies import CurrentLocalities
from src.infra.controllers.localities.errors import LOOK_UP
from src.infra.controllers.localities.name_search import answer_search
from src.infra.controllers.localities.parameters import CityId, Search
from src.infra.controllers.localities.place_json import city_answer, found_city
from src.infra.controllers.localities.schemas import (
    CITY_EXAMPLE,
    FOUND_CITIES_EXAMPLE,
    CityWithState,
    District,
    FoundCity,
)

router = APIRouter(prefix="/api/v1/cities", tags=["Localidades"])


@router.get(
    "",
    operation_id="findCities",
    summary="Cidades por nome",
    response_model=list[FoundCity],
    responses=data_responses(
        "As cidades encontradas, da mais à menos parecida",
        FOUND_CITIES_EXAMPLE,
        *LOOK_UP,
        at="/api/v1/cities",
        pages=True,
    ),
)
async def find_cities(request: Request, opened: CurrentLocalities, search: Search) -> Response:
    """Procura cidades por nome: primeiro o nome exato, depois os que começam com o texto, depois os
    que o contêm; se não há nenhum, vêm nomes parecidos."""
    return await answer_search(
        request, opened, search, index=lambda places: places.cities, shown=found_city
    )


@router.get(
    "/{city_id}",
    operation_id="getCity",
    summary="Uma cidade, com seu estado e seus distritos",
    response_model=CityWithState,
    responses=data_responses("A cidade", CITY_EXAMPLE, *LOOK_UP, at="/api/v1/cities/5300108"),
)
async def get_city(city_id: CityId, request: Request, opened: CurrentLocalities) -> Response:
    """Retorna uma cidade, com o estado a que pertence e seus distritos."""
    edition = await opened.freshness.edition()
    places = await edition.look_up()
    answer = city_answer(places.city(city_id), places)
    return edition.answer(request.headers, msgspec.json.encode(answer))


@router.get(
    "/{city_id}/districts",
    operation_id="listDistrictsOfCity",
    summary="Os distritos de uma cidade",
    response_model=list[District] | None,
    responses=data_responses(
        "Os distritos em ordem de código; `null` se nada se sabe deles",
        CITY_EXAMPLE["distritos"],
        *LOOK_UP,
        at="/api/v1/cities/5300108/districts",
    ),
)
async def list_districts_of_city(
    city_id: CityId, request: Request, opened: CurrentLocalities
) -> Response:
    """Retorna os distritos de uma cidade como eles estão na árvore inteira."""
    edition = await opened.freshness.edition()
    city = (await edition.look_up()).city(city_id)
    return edition.answer(request.headers, msgspec.json.encode(city.distritos))
