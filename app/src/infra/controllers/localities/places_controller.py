"""`/api/v1/cities` and `/api/v1/districts`: places by name and by code."""

from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response

from src.application.localities.place_lookup import Places
from src.domain.localities.territory import City, District
from src.domain.tree import Leaf
from src.infra.controllers.documented_responses import data_responses
from src.infra.controllers.localities import schemas
from src.infra.controllers.localities.dependencies import CurrentLocalities
from src.infra.controllers.localities.errors import LOOK_UP
from src.infra.controllers.localities.headers import ON_PAGES
from src.infra.controllers.localities.name_search import answer_search
from src.infra.controllers.localities.parameters import (
    CityId,
    DistrictId,
    Search,
    SearchOfCities,
)
from src.infra.editions.localities.shapes import StateAlone, districts_of, shaped

Answer = dict[str, Any]

router = APIRouter(prefix="/api/v1", tags=["Localidades"])

SEARCHES = ("/api/v1/cities", "/api/v1/districts")


@router.get(
    "/cities",
    operation_id="findCities",
    summary="Cidades por nome",
    response_model=list[schemas.FoundCity],
    responses=data_responses(
        "As cidades encontradas, da mais à menos parecida",
        schemas.FOUND_CITIES_EXAMPLE,
        *LOOK_UP,
        at="/api/v1/cities",
        headers=ON_PAGES,
    ),
)
async def find_cities(
    request: Request, opened: CurrentLocalities, search: SearchOfCities
) -> Response:
    """Procura cidades por nome, como as pessoas o digitam. Primeiro vem o nome exato, depois os que
    começam com o texto, os que têm suas palavras, os parecidos e os que o contêm.

    As palavras podem estar abreviadas (`S. Luís`, `Sto Antonio`, `Gov. Lindenberg`) ou juntas
    (`patobranco`), e as de ligação podem faltar (`Rio Janeiro`). O estado pode vir junto, depois do
    nome ou antes dele: `Campo Grande - MS`, `campinas/sp`, `Feira de Santana, Bahia`.
    """
    return await answer_search(
        request,
        opened,
        search,
        names=lambda places: places.cities,
        shown=_found_city,
        only=lambda city: search.capital in {None, city.is_capital},
    )


@router.get(
    "/cities/{city_id}",
    operation_id="getCity",
    summary="Uma cidade, com seu estado, suas regiões e seus distritos",
    response_model=schemas.CityWithState,
    responses=data_responses(
        "A cidade", schemas.CITY_EXAMPLE, *LOOK_UP, at="/api/v1/cities/5300108"
    ),
)
async def get_city(city_id: CityId, request: Request, opened: CurrentLocalities) -> Response:
    """Retorna uma cidade, com o estado e as regiões a que pertence e seus distritos."""
    edition = await opened.freshness.edition()
    places = await edition.look_up()
    city = places.city(city_id)
    answer = {
        **_named(city),
        "capital": city.is_capital,
        "estado": _state_of(city, places),
        "microrregiao": _microregion_of(city, places),
        "regiao_imediata": _immediate_region_of(city, places),
        "distritos": districts_of(city),
    }
    return edition.answer(request.headers, msgspec.json.encode(answer))


@router.get(
    "/cities/{city_id}/districts",
    operation_id="listDistrictsOfCity",
    summary="Os distritos de uma cidade",
    response_model=list[schemas.District] | None,
    responses=data_responses(
        "Os distritos em ordem de código; `null` se nada se sabe deles",
        schemas.CITY_EXAMPLE["distritos"],
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
    return edition.answer(request.headers, msgspec.json.encode(districts_of(city)))


@router.get(
    "/districts",
    operation_id="findDistricts",
    summary="Distritos por nome",
    response_model=list[schemas.FoundDistrict],
    responses=data_responses(
        "Os distritos encontrados, do mais ao menos parecido",
        schemas.FOUND_DISTRICTS_EXAMPLE,
        *LOOK_UP,
        at="/api/v1/districts",
        headers=ON_PAGES,
    ),
)
async def find_districts(request: Request, opened: CurrentLocalities, search: Search) -> Response:
    """Procura distritos por nome, como em `/api/v1/cities`."""
    return await answer_search(
        request,
        opened,
        search,
        names=lambda places: places.districts,
        shown=_found_district,
    )


@router.get(
    "/districts/{district_id}",
    operation_id="getDistrict",
    summary="Um distrito, com sua cidade e seu estado",
    response_model=schemas.DistrictWithCity,
    responses=data_responses(
        "O distrito", schemas.DISTRICT_EXAMPLE, *LOOK_UP, at="/api/v1/districts/530010805"
    ),
)
async def get_district(
    district_id: DistrictId, request: Request, opened: CurrentLocalities
) -> Response:
    """Retorna um distrito, com a cidade e o estado a que pertence."""
    edition = await opened.freshness.edition()
    places = await edition.look_up()
    district = places.district(district_id)
    city, state = _named(places.city_of(district)), _state_of(district, places)
    answer = {**_named(district), "cidade": city, "estado": state}
    return edition.answer(request.headers, msgspec.json.encode(answer))


def _found_city(city: City, places: Places) -> Answer:
    return {**_named(city), "uf": places.state_of(city).sigla, "capital": city.is_capital}


def _found_district(district: District, places: Places) -> Answer:
    city, state = places.city_of(district), places.state_of(district)
    return {**_named(district), "cidade": _named(city), "uf": state.sigla}


def _named(place: Leaf) -> Answer:
    return {"id": place.id, "nome": place.nome}


def _state_of(place: City | District, places: Places) -> StateAlone:
    return shaped(places.state_of(place), StateAlone)


def _microregion_of(city: City, places: Places) -> Answer | None:
    region = places.microregion_of(city)
    if region is None:
        return None
    return {**_named(region), "mesorregiao": _named(region.mesorregiao)}


def _immediate_region_of(city: City, places: Places) -> Answer | None:
    region = places.immediate_region_of(city)
    if region is None:
        return None
    return {**_named(region), "regiao_intermediaria": _named(region.regiao_intermediaria)}
