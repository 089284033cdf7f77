"""A feature with its roots in the code: no request lists them."""

from pathlib import Path
from typing import Any

import msgspec

from src.entrypoints.feature import Feature
from src.entrypoints.settings import ServiceSettings
from src.entrypoints.tree_feature import tree_feature
from src.infra.controllers.refreshes.noun import Noun
from src.infra.gateways.retrying_client import RetryingClient
from src.infra.gateways.upstream import Upstream
from tests.helpers.services import application, ask, ended
from tests.helpers.serving import client, served
from tests.sample_feature.shelves import Box, Shelf
from tests.sample_feature.upstream import Storeroom

PATH = "/api/v1/known"
HIGH, LOW = Shelf(1, "A", "Alta"), Shelf(2, "B", "Baixa")
BOXES: dict[str, list[dict[str, Any]]] = {
    "/shelves/1/boxes": [{"id": 1, "nome": "Mapas", "itens": []}],
    "/shelves/2/boxes": [],
}


def known(base_url: str, *shelves: Shelf) -> Feature[ServiceSettings]:
    """The feature with these shelves."""

    async def boxes_of(client: RetryingClient, shelf: Shelf) -> list[Box]:
        read = msgspec.json.Decoder(list[Box]).decode
        path = f"/shelves/{shelf.id}/boxes"
        return await client.get(path, read, level=1, parent=shelf.id, root=shelf.id)

    return tree_feature(
        "known",
        title="As estantes conhecidas",
        source="o estoque",
        levels=(Noun("estante", "estantes", feminine=True), Noun("caixa", "caixas", feminine=True)),
        root=Shelf,
        example=HIGH,
        upstream=lambda _: Upstream(base_url=base_url, at_once=5, attempts=1),
        collect=lambda client, fan_out: fan_out.roots(
            shelves, lambda shelf: boxes_of(client, shelf)
        ),
        roots_are_requested=False,
    )


async def test_they_are_answered_with_what_was_read() -> None:
    """There are as many requests as roots, and an empty list is not the same as an unread one."""
    async with Storeroom({**BOXES, "/shelves/3/boxes": []}) as upstream:
        app = application([known(upstream.base_url, HIGH, LOW, Shelf(4, "D", "Do fundo"))])
        async with served(app) as url, client(url) as session:
            tree = await ask(session, PATH)
            refresh = await ended(session, f"{PATH}/refreshes/current")

    assert [shelf["caixas"] for shelf in tree.json] == [BOXES["/shelves/1/boxes"], [], None]
    assert tree.headers["X-Snapshot-Missing"] == "1"
    requests = refresh["requisicoes"]
    assert (requests["concluidas"], requests["falhas"]) == (2, 1)


async def test_alone_they_are_no_data() -> None:
    """If nothing at all can be read there is nothing to answer, although the roots are known."""
    async with Storeroom({}) as upstream:
        app = application([known(upstream.base_url, HIGH, LOW)])
        async with served(app) as url, client(url) as session:
            assert (await ask(session, PATH)).status == 503


async def test_one_that_is_taken_out_of_the_code_is_gone(tmp_path: Path) -> None:
    """It is no loss that the upstream could be blamed for."""
    stored = {"snapshot_store": f"file:{tmp_path}", "snapshot_ttl_s": 0}
    async with Storeroom(BOXES) as upstream:
        for shelves in ((HIGH, LOW), (LOW,)):
            app = application([known(upstream.base_url, *shelves)], **stored)
            async with served(app) as url, client(url) as session:
                tree = await ask(session, PATH)

    assert [shelf["id"] for shelf in tree.json] == [LOW.id]
    assert tree.headers["X-Snapshot-Filled"] == "0"
