"""`/api/v1/districts`: districts by name and by code."""

import msgspec
from fastapi import APIRouter, Request, Response

from src.infra.controllers.descriptions import data_responses
from src.infra.controllers.localities.dependencies import CurrentLocalities
from src.infra.controllers.localities.errors import LOOK_UP
from src.infra.controllers.localities.name_search import answer_search
from src.infra.controllers.localities.parameters import DistrictId, Search
from src.infra.controllers.localities.place_json import district_answer, found_district
from src.infra.controllers.localities.schemas import (
    DISTRICT_EXAMPLE,
    FOUND_DISTRICTS_EXAMPLE,
    DistrictWithCity,
    FoundDistrict,
)

router = APIRouter(prefix="/api/v1/districts", tags=["Localidades"])


@router.get(
    "",
    operation_id="findDistricts",
    summary="Distritos por nome",
    response_model=list[FoundDistrict],
    responses=data_responses(
        "Os distritos encontrados, do mais ao menos parecido",
        FOUND_DISTRICTS_EXAMPLE,
        *LOOK_UP,
        at="/api/v1/districts",
        pages=True,
    ),
)
async def find_districts(request: Request, opened: CurrentLocalities, search: Search) -> Response:
    """Procura distritos por nome, como em `/api/v1/cities`."""
    return await answer_search(
        request, opened, search, index=lambda places: places.districts, shown=found_district
    )


@router.get(
    "/{district_id}",
    operation_id="getDistrict",
    summary="Um distrito, com sua cidade e seu estado",
    response_model=DistrictWithCity,
    responses=data_responses(
        "O distrito", DISTRICT_EXAMPLE, *LOOK_UP, at="/api/v1/districts/530010805"
    ),
)
async def get_district(
    district_id: DistrictId, request: Request, opened: CurrentLocalities
) -> Response:
    """Retorna um distrito, com a cidade e o estado a que pertence."""
    edition = await opened.freshness.edition()
    places = await edition.look_up()
    answer = district_answer(places.district(district_id), places)
    return edition.answer(request.headers, msgspec.json.encode(answer))
