"""A snapshot as clients receive it."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta
from typing import TypeAlias

import pytest
from fastapi import Response
from starlette.datastructures import Headers

from src.domain.snapshot import Gap, Source
from src.infra.editions.edition import Edition
from src.infra.editions.publisher import Publisher
from src.infra.editions.tree_formats import WHOLE_TREE
from src.infra.http.content_codings import COMPRESSORS
from tests.helpers.fakes import live
from tests.helpers.shelves import TWO_SHELVES
from tests.sample_feature.shelves import Box, Shelf, ShelvesSnapshot

if sys.version_info >= (3, 14):
    pass
else:
    pass

ShelvesPublisher: TypeAlias = Publisher[ShelvesSnapshot, None]
ShelvesEdition: TypeAlias = Edition[ShelvesSnapshot, None]


@pytest.fixture
async def publisher() -> AsyncIterator[ShelvesPublisher]:
    """A publisher, which is closed at the end."""
    made = Publisher(WHOLE_TREE, ttl_s=86_400)
    yield made
    await made.aclose()


def sent(edition: ShelvesEdition, accept_encoding: str = "") -> Response:
    """The response to a client that accepts these codings."""
    answer = edition.tree_at_hand(Headers({"Accept-Encoding": accept_encoding}))
    assert answer is not None
    return answer


async def compressed(edition: ShelvesEdition) -> ShelvesEdition:
    """The edition, once all its codings are ready."""
    async with asyncio.timeout(30):
        while len(edition.bodies) < 4:
            await asyncio.sleep(0.01)
    return edition


async def test_the_first_answer_does_not_wait_for_a_coding(publisher: ShelvesPublisher) -> None:
    """Until the best coding is made, a client gets the next best that is ready."""
    edition = await publisher.publish(live(TWO_SHELVES))

    assert list(edition.bodies) == ["identity"]
    assert "Content-Encoding" not in sent(edition, "gzip, br").headers
    await compressed(edition)
    assert sent(edition, "gzip, br").headers["Content-Encoding"] == "br"


async def test_the_same_content_is_not_compressed_again(publisher: ShelvesPublisher) -> None:
    """A newer snapshot with the same content has all its codings at once."""
    first = await compressed(await publisher.publish(live(TWO_SHELVES)))
    later = replace(
        live(TWO_SHELVES), collected_at=live(TWO_SHELVES).collected_at + timedelta(days=1)
    )

    second = await publisher.publish(later)

    assert sent(second, "br").body is sent(first, "br").body
    assert sent(second, "br").headers["ETag"] == sent(first, "br").headers["ETag"]
    assert sent(second, "br").headers["Last-Modified"] != sent(first, "br").headers["Last-Modified"]


async def test_a_newer_snapshot_with_the_same_content_shares_unfinished_codings() -> None:
    """Each coding is made once, however often the data is collected meanwhile."""
    many = tuple(
        Shelf(shelf, "C", f"Estante {shelf}").with_children(
            Box(box, f"Caixa {box}") for box in range(500)
        )
        for shelf in range(10)
    )
    made: list[str] = []
    counting = {coding: counted(coding, compress, made) for coding, compress in COMPRESSORS.items()}
    async with aclosing(Publisher(WHOLE_TREE, ttl_s=86_400, compressors=counting)) as publisher:
        for _ in range(5):
            edition = await publisher.publish(live(many))
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


async def test_the_tag_depends_on_content_and_coding_alone(publisher: ShelvesPublisher) -> None:
    """Where the data came from does not change the tag."""
    snapshot = live(TWO_SHELVES)
    edition = await compressed(await publisher.publish(snapshot))
    tags = {sent(edition, coding).headers["ETag"] for coding in ("", "gzip", "zstd", "br")}
    other_source = await publisher.publish(replace(snapshot, source=Source.BUNDLED))
    other_content = await publisher.publish(replace(snapshot, tree=TWO_SHELVES[:1]))

    assert len(tags) == 4
    assert sent(other_source).headers["ETag"] in tags
    assert sent(other_content).headers["ETag"] not in tags


async def test_a_provisional_answer_is_cached_for_less_time(
    publisher: ShelvesPublisher,
) -> None:
    """Clients ask again soon if it is bundled or incomplete; any answer beats none (RFC 5861)."""
    whole = live(TWO_SHELVES)
    incomplete = replace(whole, missing=(Gap(1, "Alta", "caiu"),))

    cached = [
        sent(await publisher.publish(snapshot)).headers["Cache-Control"]
        for snapshot in (whole, incomplete, replace(whole, source=Source.BUNDLED))
    ]

    longer = "public, max-age=300, stale-while-revalidate=3600, stale-if-error=86400"
    shorter = "public, max-age=10, stale-while-revalidate=60, stale-if-error=86400"
    assert cached == [longer, shorter, shorter]


async def test_caches_keep_no_answer_longer_than_it_is_fresh() -> None:
    """With `SNAPSHOT_TTL_S=0`, every request has to reach the service."""
    async with aclosing(Publisher(WHOLE_TREE, ttl_s=0)) as publisher:
        cached = sent(await publisher.publish(live(TWO_SHELVES))).headers["Cache-Control"]

    assert cached == "public, max-age=0, stale-while-revalidate=0, stale-if-error=86400"
