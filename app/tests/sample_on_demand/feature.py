"""The weight of an item: asked for when somebody wants to know, and kept by key."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias

import msgspec
from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel

from src.application.on_demand.last_good_by_key import LastGoodByKey, UnknownKeyError
from src.application.on_demand.shared_values import SharedValues
from src.entrypoints.feature import Feature, Opened
from src.entrypoints.on_demand import OnDemand
from src.entrypoints.settings import ServiceSettings
from src.entrypoints.storage import open_values
from src.infra.controllers.documented_responses import examples, on_demand_responses
from src.infra.controllers.errors import NOT_ACCEPTABLE, ErrorRow
from src.infra.controllers.on_demand_answer import on_demand_answer
from src.infra.process.clock import utc_now
from src.infra.storage.values.memory_values import MemoryValues
from src.infra.storage.values.value_format import ValueFormat

PATH = "/api/v1/weights"
TTL_S = 3600

# Gives the weight of the item with this id, in grams; None if it has none.
Scales: TypeAlias = Callable[[str], Awaitable[int | None]]


class NoWeightError(LookupError):
    """Nobody knows what the item weighs."""


NO_WEIGHT = ErrorRow(
    NoWeightError(), 404, lambda _: "O item não tem peso.", "O item não tem peso", f"{PATH}/9"
)


class Weight(BaseModel):
    """O peso de um item."""

    id: int
    gramas: int


@dataclass(frozen=True, slots=True)
class Weights:
    """What the lifespan opens."""

    weights: LastGoodByKey[int]


ItemId = Annotated[
    int, Path(ge=1, description="O código do item", openapi_examples=examples({"código": 1}))
]

router = APIRouter(prefix=PATH, tags=["Pesos"])


@router.get(
    "/{item_id}",
    operation_id="getWeight",
    summary="O peso de um item",
    response_model=Weight,
    responses=on_demand_responses(
        "O peso", {"id": 1, "gramas": 250}, NO_WEIGHT, NOT_ACCEPTABLE, at=f"{PATH}/1"
    ),
)
async def get_weight(item_id: ItemId, request: Request) -> Response:
    """Retorna o último peso conhecido."""
    opened: Weights = request.state.weights
    try:
        kept = await opened.weights.get(str(item_id))
    except UnknownKeyError as error:
        raise NoWeightError from error
    return on_demand_answer(
        request.headers,
        msgspec.json.encode({"id": item_id, "gramas": kept.value}),
        asked_at=kept.asked_at,
        changed_at=kept.asked_at,
        ttl_s=TTL_S,
    )


def weights(open_scales: Callable[[], AbstractAsyncContextManager[Scales]]) -> Feature[Any]:
    """The feature, which opens the scales when it first needs them."""

    @asynccontextmanager
    async def opened(settings: ServiceSettings, _: Mapping[str, Any]) -> AsyncIterator[Opened]:
        async def opening() -> AbstractAsyncContextManager[Scales]:
            return open_scales()

        async def ask(key: str) -> int | None:
            return await (await scales())(key)

        near = MemoryValues(ValueFormat(int))
        async with (
            OnDemand(opening) as scales,
            open_values(settings, int, folder="weights") as far,
            contextlib.aclosing(
                LastGoodByKey(
                    ask=ask,
                    upstream="peso, estoque",
                    near=near,
                    shared=SharedValues(store=far, near=near),
                    ttl_s=TTL_S,
                    wait_s=10,
                    now=utc_now,
                )
            ) as values,
        ):
            yield Opened(state={"weights": Weights(values)})

    return Feature(
        open=opened,
        routers=[router],
        tags=[{"name": "Pesos", "description": "Quanto um item pesa."}],
        errors=[NO_WEIGHT],
        parameters={"item_id": "o código de um item"},
    )
