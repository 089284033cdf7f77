"""The brands as a feature: collected from their own upstream, and answered as one tree."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response

from src.application.collecting.fan_out import FanOut
from src.application.ports.refresh_progress import Limits
from src.application.telling.fan_out_counts import FanOutCounts
from src.entrypoints.feature import Feature, Opened
from src.entrypoints.keeping_fresh import keeping_fresh
from src.entrypoints.settings import ServiceSettings
from src.infra.controllers.refreshes.noun import Noun
from src.infra.controllers.refreshes.refresh_words import RefreshWords
from src.infra.editions.presentation import Presentation, TreeFormat
from src.infra.gateways.upstream import Upstream, open_client
from src.infra.http.media_types import JSON
from src.infra.process.clock import utc_now
from tests.second_feature.brands import Brand, BrandsSnapshot, Model, Year

WORDS = RefreshWords(
    path="/api/v1/brands/refreshes",
    upstream="a tabela de carros",
    levels=(
        Noun("marca", "marcas", feminine=True),
        Noun("modelo", "modelos"),
        Noun("ano", "anos"),
    ),
)
ROOTS_LIMIT = 2
BRANDS: Presentation[BrandsSnapshot, None] = Presentation(
    formats={JSON: TreeFormat(lambda snapshot: msgspec.json.encode(snapshot.marcas))},
    available=JSON,
    look_up=lambda _: None,
)

router = APIRouter()


@router.get("/api/v1/brands")
async def list_brands(request: Request) -> Response:
    """Every brand with its models and their years."""
    edition = await request.state.brands.edition()
    answer: Response = await edition.tree(request.headers, BRANDS.format_for(request.headers))
    return answer


def brands(base_url: str) -> Feature[ServiceSettings]:
    """The feature, over the upstream at this address."""
    upstream = Upstream(
        name=WORDS.upstream,
        base_url=base_url,
        at_once=3,
        connections=3,
        attempts=1,
        recent_answers=4,
    )

    @asynccontextmanager
    async def opened(settings: ServiceSettings, _: Mapping[str, Any]) -> AsyncIterator[Opened]:
        counts = FanOutCounts(clock=time.monotonic)
        async with open_client(upstream, watch=counts) as client:
            counts.bounded_by(
                lambda: Limits(
                    roots=ROOTS_LIMIT,
                    requests=client.admission.limit,
                    most_requests=upstream.at_once,
                    requests_per_second=upstream.max_rps,
                    circuit_is_open=client.admission.is_suspended,
                )
            )

            async def collect(on_root: Callable[[Brand], None]) -> BrandsSnapshot:
                async def models_of(brand: Brand) -> list[Model]:
                    async def years_of(model: Model) -> list[Year]:
                        path = f"/brands/{brand.id}/models/{model.id}/years"
                        read = msgspec.json.Decoder(list[Year]).decode
                        return await client.get(path, read, level=2, parent=model.id, root=brand.id)

                    path = f"/brands/{brand.id}/models"
                    read = msgspec.json.Decoder(list[Model]).decode
                    models = await client.get(path, read, level=1, parent=brand.id, root=brand.id)
                    return await fan_out.below(models, years_of, level=1)

                fan_out = FanOut(
                    roots_limit=asyncio.Semaphore(ROOTS_LIMIT), watch=counts, on_root=on_root
                )
                read = msgspec.json.Decoder(list[Brand]).decode
                found = await client.get("/brands", read, level=0)
                return BrandsSnapshot(
                    marcas=tuple(await fan_out.roots(found, models_of)),
                    collected_at=utc_now(),
                    missing=fan_out.gaps,
                )

            async with keeping_fresh(
                settings,
                kind=BrandsSnapshot,
                collect=collect,
                bundled=None,
                presentation=BRANDS,
                words=WORDS,
                fan_out=counts,
                folder="brands",
            ) as kept:
                state: dict[str, Any] = {
                    "brands": kept.freshness,
                    WORDS.path: kept.refreshes,
                }
                yield Opened(state=state, require_data=kept.freshness.at_once)

    return Feature(open=opened, routers=[router], refreshes=WORDS)
