"""The tree over a real socket, in each format and coding."""

from collections.abc import AsyncIterator
from dataclasses import replace

import aiohttp
import pytest
import pytest_asyncio

from src.infra.editions.tree_formats import as_json, as_ndjson
from tests.helpers.fakes import NOON
from tests.helpers.resources import (
    JSON,
    NDJSON,
    all_codings,
    check_codings,
    check_conditions,
    check_head,
    check_unknown_parameters,
)
from tests.helpers.services import ask, service
from tests.helpers.shelves import TWO_SHELVES
from tests.sample_feature.feature import TREE
from tests.sample_feature.upstream import FakeUpstream

# One service for all tests of this module, so that each test costs only a few requests.
pytestmark = pytest.mark.asyncio(loop_scope="module")

each_format = pytest.mark.parametrize("accept", [JSON, NDJSON])

# Enough to be worth compressing.
SHELVES = tuple(replace(shelf, nome=(shelf.nome * 50)[:200]) for shelf in TWO_SHELVES)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def two() -> AsyncIterator[aiohttp.ClientSession]:
    """A service with two shelves, which has made all codings of its tree."""
    async with service(FakeUpstream(SHELVES)) as session:
        await all_codings(session, TREE)
        yield session


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("text/html,application/xhtml+xml,*/*;q=0.8", JSON),
        (JSON, JSON),
        (NDJSON, NDJSON),
        ("application/ndjson", "application/ndjson"),
        ("application/jsonl", "application/jsonl"),
        ("application/json;q=0.9, application/jsonl", "application/jsonl"),
        ("application/*;q=0.5, application/json;q=0", NDJSON),
    ],
)
async def test_the_tree_comes_in_the_format_that_the_client_prefers(
    two: aiohttp.ClientSession, accept: str, media_type: str
) -> None:
    """The parts are the same in each format; Vary says that it depends on the request."""
    answer = await ask(two, TREE, {"Accept": accept})

    assert answer.headers["Content-Type"] == media_type
    assert answer.headers["Vary"] == "Accept, Accept-Encoding"
    write = as_json if media_type == JSON else as_ndjson
    assert answer.body == write(SHELVES)


@each_format
async def test_head_is_get_without_the_body(two: aiohttp.ClientSession, accept: str) -> None:
    """The headers are the same, including the length."""
    await check_head(two, TREE, accept)


@each_format
async def test_a_current_copy_gets_a_304(two: aiohttp.ClientSession, accept: str) -> None:
    """A tag (alone, in a list or weak), `*` or a date proves it (RFC 9110, section 13.1)."""
    await check_conditions(two, TREE, accept, NOON)


@each_format
async def test_each_coding_has_its_own_tag(two: aiohttp.ClientSession, accept: str) -> None:
    """It carries the same bytes; a copy in one coding is good for that coding only."""
    await check_codings(two, TREE, accept)


async def test_every_worker_answers_the_same_bytes(two: aiohttp.ClientSession) -> None:
    """Another service with the same data gives the same tags, so copies stay good."""
    async with service(FakeUpstream(SHELVES)) as other:
        await all_codings(other, TREE)
        for accept in (JSON, NDJSON):
            for coding in ("identity", "gzip", "zstd", "br"):
                headers = {"Accept": accept, "Accept-Encoding": coding}
                one, another = await ask(two, TREE, headers), await ask(other, TREE, headers)
                assert one.status == 200
                assert one.body == another.body
                assert one.own_headers == another.own_headers


@each_format
async def test_unknown_query_parameters_are_ignored(
    two: aiohttp.ClientSession, accept: str
) -> None:
    """The answer is the same."""
    await check_unknown_parameters(two, TREE, accept)
