"""The territory as clients receive it."""

import asyncio
import sys
import zlib
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import TypeAlias

import brotli
import msgspec
import pytest
from fastapi import Response
from pydantic import BaseModel, TypeAdapter
from starlette.datastructures import Headers

from src.application.localities.place_lookup import Places
from src.domain.localities.territory import State
from src.domain.localities.territory_snapshot import TerritorySnapshot
from src.infra.controllers.localities import schemas
from src.infra.editions.localities import shapes
from src.infra.editions.localities.shapes import Depth
from src.infra.editions.localities.tree_formats import TERRITORY, TREE, Separator, TerritoryEdition
from src.infra.editions.publisher import Publisher
from src.infra.http.media_types import JSON
from tests.helpers.localities.upstream import live
from tests.helpers.quick_codings import THOROUGH

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

TerritoryPublisher: TypeAlias = Publisher[TerritorySnapshot, Places]

WHOLE = TERRITORY.formats[JSON]


@pytest.fixture
async def publisher() -> AsyncIterator[TerritoryPublisher]:
    """A publisher, which is closed at the end."""
    made = Publisher(TERRITORY, ttl_s=86_400)
    yield made
    await made.aclose()


def sent(edition: TerritoryEdition, accept_encoding: str = "") -> Response:
    """The response to a client that accepts these codings."""
    answer = edition.tree_at_hand(Headers({"Accept-Encoding": accept_encoding}), TERRITORY.formats)
    assert answer is not None
    return answer


async def compressed(edition: TerritoryEdition) -> TerritoryEdition:
    """The edition, once all its codings are ready."""
    async with asyncio.timeout(30):
        while len(edition.bodies(WHOLE)) < 4:
            await asyncio.sleep(0.01)
    return edition


async def test_the_documented_models_match_the_real_answer(
    publisher: TerritoryPublisher, brazil: tuple[State, ...]
) -> None:
    """The models have the fields that are answered, in order, and accept the real answer."""
    pairs: list[tuple[type[msgspec.Struct], type[BaseModel]]] = [
        (shapes.State, schemas.State),
        (shapes.City, schemas.City),
        (shapes.District, schemas.District),
        (shapes.StateWithCities, schemas.StateWithCities),
        (shapes.CityAlone, schemas.CityAlone),
        (shapes.StateAlone, schemas.StateAlone),
        (shapes.OneStateWithCities, schemas.OneStateWithCities),
        (shapes.OneStateAlone, schemas.OneStateAlone),
    ]
    for ours, documented in pairs:
        assert list(ours.__struct_fields__) == list(documented.model_fields)

    edition = await publisher.publish(live(brazil))
    body = sent(edition).body

    assert len(TypeAdapter(list[schemas.State]).validate_json(bytes(body))) == len(brazil)
    assert "Rondônia".encode() in bytes(body)
    for depth, of_states in (
        (Depth.CITIES, TypeAdapter(list[schemas.StateWithCities])),
        (Depth.STATES, TypeAdapter(list[schemas.StateAlone])),
    ):
        less = edition.tree_at_hand(Headers(), TREE[depth][Separator.COMMA])
        assert less is not None
        assert len(of_states.validate_json(bytes(less.body))) == len(brazil)


async def test_each_coding_carries_the_same_bytes(brazil: tuple[State, ...]) -> None:
    """Each coding decodes to the plain bytes, within the size promised for it."""
    async with aclosing(Publisher(TERRITORY, ttl_s=86_400, compressors=THOROUGH)) as publisher:
        edition = await compressed(await publisher.publish(live(brazil)))

    plain = sent(edition).body
    gzip, zstandard, br = (sent(edition, coding).body for coding in ("gzip", "zstd", "br"))

    assert zlib.decompress(gzip, wbits=31) == plain
    assert zstd.decompress(zstandard) == plain
    assert brotli.decompress(br) == plain
    assert len(gzip) <= 140_000
    assert len(zstandard) <= 115_000
    assert len(br) <= 110_000
