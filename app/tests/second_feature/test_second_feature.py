"""Another tree from another upstream, beside the first, without a change of the core."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from src.entrypoints.api import create_app
from src.entrypoints.features import Settings
from src.entrypoints.localities.feature import localities
from tests.helpers.fakes import FakeUpstream
from tests.helpers.places import TWO_STATES
from tests.helpers.services import ask
from tests.helpers.serving import client, collecting_from, served
from tests.second_feature.feature import WORDS, brands

YEARS = [{"id": 1, "nome": "2025"}, {"id": 2, "nome": "2026"}]
MODELS = [{"id": 1, "nome": "Um"}, {"id": 2, "nome": "Dois"}]
LISTS: dict[str, list[dict[str, Any]]] = {
    "/brands": [{"id": 1, "nome": "A"}, {"id": 2, "nome": "B"}],
    "/brands/1/models": MODELS,
    "/brands/2/models": MODELS[:1],
    "/brands/1/models/1/years": YEARS,
    "/brands/1/models/2/years": [],
    "/brands/2/models/1/years": YEARS[:1],
}
TREE = [
    {
        "id": 1,
        "nome": "A",
        "modelos": [{**MODELS[0], "anos": YEARS}, {**MODELS[1], "anos": []}],
    },
    {"id": 2, "nome": "B", "modelos": [{**MODELS[0], "anos": YEARS[:1]}]},
]


@asynccontextmanager
async def upstream(lists: dict[str, list[dict[str, Any]]]) -> AsyncIterator[str]:
    """The address of a server that answers these lists, and 500 to everything else."""

    async def answer(request: web.Request) -> web.Response:
        rows = lists.get(request.path)
        return web.json_response(rows, status=200 if rows is not None else 500)

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def service(base_url: str, **settings: Any) -> AsyncIterator[aiohttp.ClientSession]:
    """A session with a service that has both features."""
    places = localities(collecting_from(FakeUpstream(TWO_STATES)))
    chosen = Settings(**{"snapshot_bundled": False, **settings})
    app = create_app(chosen, features=[places, brands(base_url)])
    async with served(app) as url, client(url) as session:
        yield session


async def test_each_feature_answers_its_own_tree() -> None:
    """Each tree has its own tag, source and gaps."""
    async with upstream(LISTS) as url, service(url) as session:
        cars = await ask(session, "/api/v1/brands")
        places = await ask(session, "/api/v1/states")
        ready = await ask(session, "/health/ready")

    assert cars.json == TREE
    assert cars.headers["X-Snapshot-Source"] == "live"
    assert cars.headers["X-Snapshot-Missing"] == "0"
    assert [state["sigla"] for state in places.json] == ["RO", "DF"]
    assert cars.headers["ETag"] != places.headers["ETag"]
    assert ready.status == 200


async def test_a_feature_without_data_says_so_and_leaves_the_other_alone() -> None:
    """The brands and the service's readiness are 503; the states are answered as usual."""
    async with upstream({}) as url, service(url) as session:
        cars = await ask(session, "/api/v1/brands")
        places = await ask(session, "/api/v1/states")
        ready = await ask(session, "/health/ready")

    assert (cars.status, places.status, ready.status) == (503, 200, 503)
    assert cars.json["detail"].startswith("Ainda não há dados")


async def test_an_unread_part_is_named_on_its_level() -> None:
    """It is model 1 of brand 2, not brand 1 and not the other model 1."""
    lists = {path: rows for path, rows in LISTS.items() if path != "/brands/2/models/1/years"}
    async with upstream(lists) as url, service(url) as session:
        cars = await ask(session, "/api/v1/brands")

    assert cars.headers["X-Snapshot-Missing"] == "1"
    assert cars.json[0] == TREE[0]
    assert cars.json[1]["modelos"][0]["anos"] is None


async def test_a_lost_part_is_kept_from_the_collection_before() -> None:
    """The rules are those for places."""
    lists = dict(LISTS)
    async with upstream(lists) as url, service(url, snapshot_ttl_s=0) as session:
        whole = await ask(session, "/api/v1/brands")
        del lists["/brands/1/models"]
        partly = await ask(session, "/api/v1/brands")

    assert partly.body == whole.body
    # The brand, and each of its models: any of them may be old.
    assert partly.headers["X-Snapshot-Filled"] == "3"


async def test_both_features_share_a_folder(tmp_path: Path) -> None:
    """After a restart each finds what it stored, although one upstream is gone."""
    stored = {"snapshot_store": f"file:{tmp_path}"}
    async with upstream(LISTS) as url, service(url, **stored) as session:
        before = [(await ask(session, f"/api/v1/{name}")).body for name in ("brands", "states")]
        async with asyncio.timeout(20):
            while not (tmp_path / "brands" / "snapshot.json.xz").exists():
                await asyncio.sleep(0.01)

    async with service("http://127.0.0.1:9", **stored) as session:
        after = [(await ask(session, f"/api/v1/{name}")).body for name in ("brands", "states")]

    assert before == after


async def test_the_progress_counts_each_request_where_it_belongs() -> None:
    """It counts for the root that is named, although a model and a brand have the same id."""
    async with upstream(LISTS) as url:
        feature = brands(url)
        async with feature.open(Settings(snapshot_bundled=False), {}) as opened:
            await opened.state["brands"].freshness.edition()
            progress = await opened.state[WORDS.path].refreshes.newest()
            async with asyncio.timeout(20):
                while not progress.has_ended:
                    await asyncio.sleep(0.01)
                    progress = await opened.state[WORDS.path].refreshes.newest()

    assert {root.nome: root.requests.done for root in progress.roots} == {"A": 3, "B": 2}
    assert progress.outcome.counts == [2, 3, 3]
    assert progress.requests.done == len(LISTS)
