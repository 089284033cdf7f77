"""What clients of HTTP/1.0 are sent, over real sockets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.helpers.services import application, ended, features_over
from tests.helpers.serving import client, served
from tests.helpers.shelves import TWO_SHELVES
from tests.sample_feature.feature import TREE, WORDS
from tests.sample_feature.upstream import FakeUpstream


@asynccontextmanager
async def shelves() -> AsyncIterator[str]:
    """The address of a service with two shelves."""
    async with served(application(features_over(FakeUpstream(TWO_SHELVES)))) as url:
        yield url


async def sent_to(url: str, request: str) -> tuple[str, bytes]:
    """The head, in lower case, and the body of the answer; the service closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
    writer.write(request.encode() + b"\r\n\r\n")
    async with asyncio.timeout(20):
        answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    head, _, body = answer.partition(b"\r\n\r\n")
    return head.decode().lower(), body


async def test_a_stream_is_chunked_only_for_those_who_know_chunks() -> None:
    """For HTTP/1.0 it ends with the connection; the events are the same."""
    async with shelves() as url, client(url) as session:
        refresh = await ended(session, f"{WORDS.path}/current")
        path = f"{WORDS.path}/{refresh['id']}/events"
        async with session.get(path) as answer:
            events = await answer.read()
        head, body = await sent_to(url, f"GET {path} HTTP/1.0")
        chunked, chunks = await sent_to(url, f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close")

    assert "transfer-encoding" not in head
    assert "content-length" not in head
    assert "connection: close" in head
    assert body == events
    assert "transfer-encoding: chunked" in chunked
    assert chunks != events


async def test_what_has_a_length_keeps_it() -> None:
    """All that is no stream is sent to HTTP/1.0 as to others."""
    async with shelves() as url, client(url) as session:
        async with session.get(TREE) as answer:
            tree = await answer.read()
        head, body = await sent_to(url, f"GET {TREE} HTTP/1.0")

    assert f"content-length: {len(tree)}" in head
    assert body == tree


async def test_the_head_of_a_stream_is_not_chunked_either() -> None:
    """HEAD has no body, whatever the version is."""
    async with shelves() as url, client(url) as session:
        await ended(session, f"{WORDS.path}/current")
        head, body = await sent_to(url, f"HEAD {WORDS.path}/current/events HTTP/1.0")

    assert head.startswith("http/1.1 200")
    assert "transfer-encoding" not in head
    assert body == b""
