"""The places beside another feature."""

import asyncio
from pathlib import Path

from src.entrypoints.feature import Feature
from src.entrypoints.features import Settings
from src.entrypoints.localities.feature import localities
from tests.helpers.localities.places import TWO_STATES
from tests.helpers.localities.services import collecting_from
from tests.helpers.localities.upstream import FakeUpstream
from tests.helpers.services import application, ask
from tests.helpers.serving import client, served
from tests.helpers.shelves import TWO_SHELVES
from tests.sample_feature import upstream
from tests.sample_feature.feature import TREE, shelves


async def test_the_places_and_another_tree_share_a_service_and_a_folder(tmp_path: Path) -> None:
    """Each answers and stores its own."""
    features: list[Feature[Settings]] = [
        localities(collecting_from(FakeUpstream(TWO_STATES))),
        shelves("http://127.0.0.1:9", client=upstream.FakeUpstream(TWO_SHELVES)),
    ]
    app = application(features, snapshot_store=f"file:{tmp_path}", snapshot_bundled=False)
    async with served(app) as url, client(url) as session:
        places = await ask(session, "/api/v1/states")
        others = await ask(session, TREE)
        async with asyncio.timeout(20):
            while not (tmp_path / "snapshot.json.xz").exists():
                await asyncio.sleep(0.01)
            while not (tmp_path / "shelves" / "snapshot.json.xz").exists():
                await asyncio.sleep(0.01)

    assert [state["sigla"] for state in places.json] == ["RO", "DF"]
    assert [shelf["letra"] for shelf in others.json] == ["A", "B"]
    assert places.headers["ETag"] != others.headers["ETag"]
