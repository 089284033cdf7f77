"""A snapshot as it is sent."""

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
from tests.helpers.fakes import live
from tests.helpers.places import TWO_STATES
from tests.helpers.quick_codings import THOROUGH

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

TerritoryPublisher: TypeAlias = Publisher[TerritorySnapshot, Places]


@pytest.fixture
async def publisher() -> AsyncIterator[TerritoryPublisher]:
    """A publisher that is stopped at the end."""
    made = Publisher(TERRITORY, ttl_s=86_400)
    yield made
    await made.aclose()


def sent(edition: TerritoryEdition, accept_encoding: str = "") -> Response:
    """What a client gets that accepts this."""
    answer = edition.tree_at_hand(Headers({"Accept-Encoding": accept_encoding}))
    assert answer is not None
    return answer


async def compressed(edition: TerritoryEdition) -> TerritoryEdition:
    """The edition, when all its codings are ready."""
    async with asyncio.timeout(30):
        while len(edition.bodies) < 4:
            await asyncio.sleep(0.01)
    return edition


async def test_the_documented_shapes_are_those_that_are_written(
    publisher: TerritoryPublisher, brazil: tuple[State, ...]
) -> None:
    """The documentation's models have the domain's fields, in order, and accept the real answer."""
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
    """And each is smaller than the one before, within the sizes that were promised."""
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
    """Until it is made, a client that would take it gets the next best that is there."""
    edition = await publisher.publish(live(TWO_STATES))

    assert list(edition.bodies) == ["identity"]
    assert "Content-Encoding" not in sent(edition, "gzip, br").headers
    await compressed(edition)
    assert sent(edition, "gzip, br").headers["Content-Encoding"] == "br"


async def test_the_same_content_is_not_compressed_again(publisher: TerritoryPublisher) -> None:
    """A newer snapshot without news has all its codings at once."""
    first = await compressed(await publisher.publish(live(TWO_STATES)))
    later = replace(
        live(TWO_STATES), collected_at=live(TWO_STATES).collected_at + timedelta(days=1)
    )

    second = await publisher.publish(later)

    assert sent(second, "br").body is sent(first, "br").body
    assert sent(second, "br").headers["ETag"] == sent(first, "br").headers["ETag"]
    assert sent(second, "br").headers["Last-Modified"] != sent(first, "br").headers["Last-Modified"]


async def test_a_newer_snapshot_with_the_same_content_gets_what_is_being_made(
    brazil: tuple[State, ...],
) -> None:
    """However often it is collected again meanwhile, each coding is made once."""
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
    """The compressor, which notes that it was used."""

    def compressing(body: bytes) -> bytes:
        made.append(coding)
        return compress(body)

    return compressing


async def test_the_tag_comes_from_content_and_coding_alone(publisher: TerritoryPublisher) -> None:
    """When and whence does not matter; what does, and how it is coded."""
    snapshot = live(TWO_STATES)
    edition = await compressed(await publisher.publish(snapshot))
    tags = {sent(edition, coding).headers["ETag"] for coding in ("", "gzip", "zstd", "br")}
    other_source = await publisher.publish(replace(snapshot, source=Source.BUNDLED))
    other_content = await publisher.publish(replace(snapshot, states=TWO_STATES[:1]))

    assert len(tags) == 4
    assert sent(other_source).headers["ETag"] in tags
    assert sent(other_content).headers["ETag"] not in tags


async def test_what_waits_for_something_better_is_cached_for_less_time(
    publisher: TerritoryPublisher,
) -> None:
    """A bundled or incomplete answer is asked for again soon; any beats none (RFC 5861)."""
    whole = live(TWO_STATES)
    incomplete = replace(whole, missing=(Gap(11, "Rondônia", "caiu"),))

    cached = [
        sent(await publisher.publish(snapshot)).headers["Cache-Control"]
        for snapshot in (whole, incomplete, replace(whole, source=Source.BUNDLED))
    ]

    longer = "public, max-age=300, stale-while-revalidate=3600, stale-if-error=86400"
    shorter = "public, max-age=10, stale-while-revalidate=60, stale-if-error=86400"
    assert cached == [longer, shorter, shorter]


async def test_caches_keep_nothing_longer_than_it_is_fresh() -> None:
    """With `SNAPSHOT_TTL_S=0` every request is to reach the service."""
    async with aclosing(Publisher(TERRITORY, ttl_s=0)) as publisher:
        cached = sent(await publisher.publish(live(TWO_STATES))).headers["Cache-Control"]

    assert cached == "public, max-age=0, stale-while-revalidate=0, stale-if-error=86400"
