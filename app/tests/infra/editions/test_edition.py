"""A snapshot as clients receive it."""

import asyncio
import sys
import zlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta
from typing import TypeAlias

import brotli
import msgspec
import pytest
from fastapi import Response
from starlette.datastructures import Headers

from src.domain.snapshot import Gap, Source
from src.infra.editions.edition import Edition
from src.infra.editions.presentation import (
    Format,
    NotAcceptableError,
    Presentation,
    TreeFormats,
)
from src.infra.editions.publisher import Publisher
from src.infra.editions.tree_formats import WHOLE_TREE
from src.infra.http.content_codings import COMPRESSORS
from src.infra.http.media_types import JSON
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
    answer = edition.tree_at_hand(Headers({"Accept-Encoding": accept_encoding}), WHOLE_TREE.formats)
    assert answer is not None
    return answer


async def compressed(edition: ShelvesEdition) -> ShelvesEdition:
    """The edition, once all its codings are ready."""
    async with asyncio.timeout(30):
        while len(edition.bodies(WHOLE)) < 4:
            await asyncio.sleep(0.01)
    return edition


async def test_the_first_answer_does_not_wait_for_a_coding(publisher: ShelvesPublisher) -> None:
    """Until the best coding is made, a client gets the next best that is ready."""
    edition = await publisher.publish(live(TWO_SHELVES))

    assert list(edition.bodies(WHOLE)) == ["identity"]
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


async def test_less_of_the_tree_is_ready_too() -> None:
    """It has a body, a tag and codings of its own, without being asked for first."""
    letters = {JSON: Format(in_letters)}
    presentation = with_less(letters)
    async with aclosing(Publisher(presentation, ttl_s=60)) as publisher:
        edition = await publisher.publish(live(TWO_SHELVES))
        at_once = edition.tree_at_hand(JSON_ONLY, letters)
        async with asyncio.timeout(30):
            while len(edition.bodies(letters[JSON])) < 4:
                await asyncio.sleep(0.01)
        coded = edition.tree_at_hand(Headers({"Accept-Encoding": "br"}), letters)

    assert at_once is not None
    assert coded is not None
    assert brotli.decompress(bytes(coded.body)) == at_once.body == b'["A","B"]'
    assert at_once.headers["ETag"] != sent(edition).headers["ETag"]
    assert coded.headers["ETag"] == f'{at_once.headers["ETag"][:-1]}-br"'


async def test_what_a_change_leaves_alone_is_not_compressed_again() -> None:
    """A new name in a box changes the whole tree, but not the letters of its shelves."""
    letters = {JSON: Format(in_letters)}
    presentation = with_less(letters)
    made: list[str] = []
    counting = {coding: counted(coding, compress, made) for coding, compress in COMPRESSORS.items()}
    high, *others = TWO_SHELVES
    changed = (replace(high, nome=f"{high.nome}!"), *others)
    async with aclosing(Publisher(presentation, ttl_s=60, compressors=counting)) as publisher:
        for tree in (TWO_SHELVES, changed):
            edition = await publisher.publish(live(tree))
            async with asyncio.timeout(30):
                while len(edition.bodies(WHOLE)) + len(edition.bodies(letters[JSON])) < 8:
                    await asyncio.sleep(0.01)

    assert len(made) == 6 + 3


def in_letters(shelves: Sequence[Shelf]) -> bytes:
    """Their letters alone."""
    return msgspec.json.encode([shelf.letra for shelf in shelves])


def with_less(less: TreeFormats) -> Presentation[ShelvesSnapshot, None]:
    """The usual presentation, and one of less of the tree besides."""
    return replace(WHOLE_TREE, shallower=[less])


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


JSON_ONLY = Headers({"Accept": "application/json"})
WHOLE = WHOLE_TREE.formats[JSON]


async def test_what_the_parts_are_found_by_is_made_once() -> None:
    """All that ask for it at the same time get the same."""
    made = []

    def look_up(snapshot: ShelvesSnapshot) -> dict[int, Shelf]:
        made.append(snapshot)
        return {shelf.id: shelf for shelf in snapshot.tree}

    presentation: Presentation[ShelvesSnapshot, dict[int, Shelf]] = Presentation(
        formats=WHOLE_TREE.formats, available=WHOLE_TREE.available, look_up=look_up
    )
    async with aclosing(Publisher(presentation, ttl_s=60)) as publisher:
        edition = await publisher.publish(live(TWO_SHELVES))
        one, other = await asyncio.gather(edition.look_up(), edition.look_up())

    assert one is other
    assert one == {shelf.id: shelf for shelf in TWO_SHELVES}
    assert made == [live(TWO_SHELVES)]


async def test_a_large_part_is_written_once_for_all_requests(publisher: ShelvesPublisher) -> None:
    """They come while it is being made for the first of them; each coding has its own tag."""
    edition = await publisher.publish(live(TWO_SHELVES))
    written = []

    def write(numbers: list[int]) -> bytes:
        written.append(1)
        return msgspec.json.encode(numbers)

    formats, many = {JSON: Format(write)}, [1] * 500
    asking = (edition.kept(JSON_ONLY, "a", formats, many) for _ in range(2))
    one, other = await asyncio.gather(*asking)
    coded = await edition.kept(Headers({"Accept-Encoding": "br"}), "a", formats, many)

    assert one.body == other.body
    assert brotli.decompress(bytes(coded.body)) == one.body
    assert coded.headers["ETag"] != one.headers["ETag"]
    assert len(written) == 2  # once for each coding


async def test_a_small_answer_is_compressed_only_if_the_client_refuses_it_plain(
    publisher: ShelvesPublisher,
) -> None:
    """Compression would hardly make it smaller; a large one is compressed as the client likes."""
    edition = await publisher.publish(live(TWO_SHELVES))
    small, large = b'{"id":1}', b'"' + b"a" * 1_000 + b'"'

    plain = edition.answer(Headers({"Accept-Encoding": "br, gzip"}), small, {"X-Total-Count": "1"})
    coded = edition.answer(Headers({"Accept-Encoding": "gzip, identity;q=0"}), small)
    compressed_large = edition.answer(Headers({"Accept-Encoding": "gzip"}), large)

    assert (plain.body, plain.headers["X-Total-Count"]) == (small, "1")
    assert "Content-Encoding" not in plain.headers
    assert zlib.decompress(bytes(coded.body), wbits=31) == small
    assert zlib.decompress(bytes(compressed_large.body), wbits=31) == large


@pytest.mark.parametrize(
    "headers", [{"Accept": "text/html"}, {"Accept-Encoding": "*;q=0"}], ids=["type", "coding"]
)
async def test_a_part_has_no_other_form(
    publisher: ShelvesPublisher, headers: dict[str, str]
) -> None:
    """Who refuses JSON, or every coding, is refused."""
    edition = await publisher.publish(live(TWO_SHELVES))

    with pytest.raises(NotAcceptableError):
        edition.answer(Headers(headers), b"{}")
    with pytest.raises(NotAcceptableError):
        await edition.kept(Headers(headers), "a", WHOLE_TREE.formats, TWO_SHELVES)
