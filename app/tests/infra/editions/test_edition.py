"""A snapshot as clients receive it."""

import asyncio
import sys
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import fields, replace
from datetime import timedelta
from typing import TypeAlias

import brotli
import pytest
from fastapi import Response
from pydantic import BaseModel, TypeAdapter
from starlette.datastructures import Headers

from src.application.localities.place_lookup import Places
from src.domain.localities import territory
from src.domain.localities.territory import State
from src.domain.localities.territory_snapshot import TerritorySnapshot
from src.domain.snapshot import Gap, Source
from src.infra.controllers.localities import schemas
from src.infra.editions.localities.tree_formats import TERRITORY, TerritoryEdition
from src.infra.editions.publisher import Publisher
from src.infra.http.content_codings import COMPRESSORS
from tests.helpers.localities.places import TWO_STATES
from tests.helpers.localities.upstream import live
from tests.helpers.quick_codings import THOROUGH

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

TerritoryPublisher: TypeAlias = Publisher[TerritorySnapshot, Places]


@pytest.fixture
async def publisher() -> AsyncIterator[TerritoryPublisher]:
    """A publisher, which is closed at the end."""
    made = Publisher(TERRITORY, ttl_s=86_400)
    yield made
    await made.aclose()


def sent(edition: TerritoryEdition, accept_encoding: str = "") -> Response:
    """The response to a client that accepts these codings."""
    answer = edition.tree_at_hand(Headers({"Accept-Encoding": accept_encoding}))
    assert answer is not None
    return answer


async def compressed(edition: TerritoryEdition) -> TerritoryEdition:
    """The edition, once all its codings are ready."""
    async with asyncio.timeout(30):
        while len(edition.bodies) < 4:
            await asyncio.sleep(0.01)
    return edition


async def test_the_documented_models_match_the_real_answer(
    publisher: TerritoryPublisher, brazil: tuple[State, ...]
) -> None:
    """The models have the domain's fields, in order, and accept the real answer."""
    pairs: list[tuple[type, type[BaseModel]]] = [
        (territory.State, schemas.State),
        (territory.City, schemas.City),
        (territory.District, schemas.District),
    ]
    for ours, documented in pairs:
        assert [field.name for field in fields(ours)] == list(documented.model_fields)

    body = sent(await publisher.publish(live(brazil))).body

    assert len(TypeAdapter(list[schemas.State]).validate_json(bytes(body))) == len(brazil)
    assert "Rondônia".encode() in bytes(body)


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


async def test_the_first_answer_does_not_wait_for_a_coding(publisher: TerritoryPublisher) -> None:
    """Until the best coding is made, a client gets the next best that is ready."""
    edition = await publisher.publish(live(TWO_STATES))

    assert list(edition.bodies) == ["identity"]
    assert "Content-Encoding" not in sent(edition, "gzip, br").headers
    await compressed(edition)
    assert sent(edition, "gzip, br").headers["Content-Encoding"] == "br"


async def test_the_same_content_is_not_compressed_again(publisher: TerritoryPublisher) -> None:
    """A newer snapshot with the same content has all its codings at once."""
    first = await compressed(await publisher.publish(live(TWO_STATES)))
    later = replace(
        live(TWO_STATES), collected_at=live(TWO_STATES).collected_at + timedelta(days=1)
    )

    second = await publisher.publish(later)

    assert sent(second, "br").body is sent(first, "br").body
    assert sent(second, "br").headers["ETag"] == sent(first, "br").headers["ETag"]
    assert sent(second, "br").headers["Last-Modified"] != sent(first, "br").headers["Last-Modified"]


async def test_a_newer_snapshot_with_the_same_content_shares_unfinished_codings(
    brazil: tuple[State, ...],
) -> None:
    """Each coding is made once, however often the data is collected meanwhile."""
    made: list[str] = []
    counting = {coding: counted(coding, compress, made) for coding, compress in COMPRESSORS.items()}
    async with aclosing(Publisher(TERRITORY, ttl_s=86_400, compressors=counting)) as publisher:
        for _ in range(5):
            edition = await publisher.publish(live(brazil))
        await compressed(edition)

    assert made == ["gzip", "zstd", "br"]


def counted(
    coding: str, compress: Callable[[bytes], bytes], made: list[str]
) -> Callable[[bytes], bytes]:
    """The compressor, which also notes each use in `made`."""

    def compressing(body: bytes) -> bytes:
        made.append(coding)
        return compress(body)

    return compressing


async def test_the_tag_depends_on_content_and_coding_alone(publisher: TerritoryPublisher) -> None:
    """Where the data came from does not change the tag."""
    snapshot = live(TWO_STATES)
    edition = await compressed(await publisher.publish(snapshot))
    tags = {sent(edition, coding).headers["ETag"] for coding in ("", "gzip", "zstd", "br")}
    other_source = await publisher.publish(replace(snapshot, source=Source.BUNDLED))
    other_content = await publisher.publish(replace(snapshot, states=TWO_STATES[:1]))

    assert len(tags) == 4
    assert sent(other_source).headers["ETag"] in tags
    assert sent(other_content).headers["ETag"] not in tags


async def test_a_provisional_answer_is_cached_for_less_time(
    publisher: TerritoryPublisher,
) -> None:
    """Clients ask again soon if it is bundled or incomplete; any answer beats none (RFC 5861)."""
    whole = live(TWO_STATES)
    incomplete = replace(whole, missing=(Gap(11, "Rondônia", "caiu"),))

    cached = [
        sent(await publisher.publish(snapshot)).headers["Cache-Control"]
        for snapshot in (whole, incomplete, replace(whole, source=Source.BUNDLED))
    ]

    longer = "public, max-age=300, stale-while-revalidate=3600, stale-if-error=86400"
    shorter = "public, max-age=10, stale-while-revalidate=60, stale-if-error=86400"
    assert cached == [longer, shorter, shorter]


async def test_caches_keep_no_answer_longer_than_it_is_fresh() -> None:
    """With `SNAPSHOT_TTL_S=0`, every request has to reach the service."""
    async with aclosing(Publisher(TERRITORY, ttl_s=0)) as publisher:
        cached = sent(await publisher.publish(live(TWO_STATES))).headers["Cache-Control"]

    assert cached == "public, max-age=0, stale-while-revalidate=0, stale-if-error=86400"
