"""A tree from an upstream of its own, beside another, without a change of the core."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from src.entrypoints.features import Settings
from tests.helpers.services import application, ask
from tests.helpers.serving import client, served
from tests.helpers.shelves import TWO_SHELVES
from tests.sample_feature.feature import TREE, WORDS, shelves
from tests.sample_feature.upstream import FakeUpstream, Lists, Storeroom

CUPBOARDS = "/api/v1/cupboards"

ITEMS = [{"id": 1, "nome": "Atlas"}, {"id": 2, "nome": "Globo"}]
BOXES = [{"id": 1, "nome": "Mapas"}, {"id": 2, "nome": "Vazia"}]
LISTS: Lists = {
    "/shelves": [{"id": 1, "letra": "C", "nome": "Canto"}, {"id": 2, "letra": "D", "nome": "Do"}],
    "/shelves/1/boxes": BOXES,
    "/shelves/2/boxes": BOXES[:1],
    "/shelves/1/boxes/1/items": ITEMS,
    "/shelves/1/boxes/2/items": [],
    "/shelves/2/boxes/1/items": ITEMS[:1],
}
ROWS = [
    {
        **LISTS["/shelves"][0],
        "caixas": [{**BOXES[0], "itens": ITEMS}, {**BOXES[1], "itens": []}],
    },
    {**LISTS["/shelves"][1], "caixas": [{**BOXES[0], "itens": ITEMS[:1]}]},
]


@asynccontextmanager
async def service(base_url: str, **settings: Any) -> AsyncIterator[aiohttp.ClientSession]:
    """A session with a service that has two such features, of which one has a fake upstream."""
    cupboards = shelves(base_url, name="cupboards", client=FakeUpstream(TWO_SHELVES))
    app = application([cupboards, shelves(base_url)], **settings)
    async with served(app) as url, client(url) as session:
        yield session


async def test_each_feature_answers_its_own_tree() -> None:
    """Each tree has its own tag, source and gaps."""
    async with Storeroom(LISTS) as upstream, service(upstream.base_url) as session:
        tree = await ask(session, TREE)
        other = await ask(session, CUPBOARDS)
        ready = await ask(session, "/health/ready")

    assert tree.json == ROWS
    assert tree.headers["X-Snapshot-Source"] == "live"
    assert tree.headers["X-Snapshot-Missing"] == "0"
    assert [shelf["letra"] for shelf in other.json] == ["A", "B"]
    assert tree.headers["ETag"] != other.headers["ETag"]
    assert ready.status == 200


async def test_a_feature_without_data_says_so_and_leaves_the_other_alone() -> None:
    """The shelves and the service's readiness are 503; the other tree is answered as usual."""
    async with Storeroom({}) as upstream, service(upstream.base_url) as session:
        tree = await ask(session, TREE)
        other = await ask(session, CUPBOARDS)
        ready = await ask(session, "/health/ready")

    assert (tree.status, other.status, ready.status) == (503, 200, 503)
    assert tree.json["detail"].startswith("Ainda não há dados")


async def test_an_unread_part_is_named_on_its_level() -> None:
    """It is box 1 of shelf 2, not shelf 1 and not the other box 1."""
    lists = {path: rows for path, rows in LISTS.items() if path != "/shelves/2/boxes/1/items"}
    async with Storeroom(lists) as upstream, service(upstream.base_url) as session:
        tree = await ask(session, TREE)

    assert tree.headers["X-Snapshot-Missing"] == "1"
    assert tree.json[0] == ROWS[0]
    assert tree.json[1]["caixas"][0]["itens"] is None


async def test_a_lost_part_is_kept_from_the_collection_before() -> None:
    """It is named as kept in a header."""
    lists = dict(LISTS)
    async with (
        Storeroom(lists) as upstream,
        service(upstream.base_url, snapshot_ttl_s=0) as session,
    ):
        whole = await ask(session, TREE)
        del lists["/shelves/1/boxes"]
        partly = await ask(session, TREE)

    assert partly.body == whole.body
    # The shelf, and each of its boxes: any of them may be old.
    assert partly.headers["X-Snapshot-Filled"] == "3"


async def test_both_features_share_a_folder(tmp_path: Path) -> None:
    """After a restart each finds what it stored, although one upstream is gone."""
    stored = {"snapshot_store": f"file:{tmp_path}"}
    async with Storeroom(LISTS) as upstream, service(upstream.base_url, **stored) as session:
        before = [(await ask(session, path)).body for path in (TREE, CUPBOARDS)]
        async with asyncio.timeout(20):
            while not (tmp_path / "shelves" / "snapshot.json.xz").exists():
                await asyncio.sleep(0.01)

    async with service("http://127.0.0.1:9", **stored) as session:
        after = [(await ask(session, path)).body for path in (TREE, CUPBOARDS)]

    assert before == after


async def test_the_progress_counts_each_request_where_it_belongs() -> None:
    """It counts for the root that is named, although a box and a shelf have the same id."""
    async with Storeroom(LISTS) as upstream:
        feature = shelves(upstream.base_url)
        async with feature.open(Settings(), {}) as opened:
            await opened.state["shelves"].freshness.edition()
            progress = await opened.state[WORDS.path].refreshes.newest()
            async with asyncio.timeout(20):
                while not progress.has_ended:
                    await asyncio.sleep(0.01)
                    progress = await opened.state[WORDS.path].refreshes.newest()

    assert {root.nome: root.requests.done for root in progress.roots} == {"Canto": 3, "Do": 2}
    assert progress.outcome.counts == [2, 3, 3]
    assert progress.requests.done == len(LISTS)
