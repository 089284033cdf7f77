"""The shelves as a feature: collected from their own upstream, and answered as one tree."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec

from src.application.collecting.fan_out import FanOut
from src.entrypoints.feature import Feature, Opened
from src.entrypoints.settings import ServiceSettings
from src.entrypoints.tree_feature import Collect, tree_feature
from src.infra.controllers.refreshes.refresh_words import RefreshWords
from src.infra.controllers.refreshes.refreshes_controller import PATH, refreshes_router
from src.infra.gateways.retrying_client import RetryingClient
from src.infra.gateways.upstream import Upstream
from src.infra.process.clock import utc_now
from tests.sample_feature.shelves import Box, Item, Level, Shelf, ShelvesSnapshot
from tests.sample_feature.upstream import SHELVES_PATH, FakeUpstream, boxes_path, items_path

TREE = "/api/v1/shelves"
REFRESHES = PATH

EXAMPLE = Shelf(1, "A", "Alta", (Box(1, "Livros", (Item(1, "Atlas"),)),))
_REQUESTS = {"na_fila": 0, "em_voo": 0, "concluidas": 2, "repetidas": 0, "falhas": 0}

WORDS = RefreshWords(
    upstream="o estoque",
    levels=("estantes", "caixas", "itens"),
    short_name="letra",
    example={
        "id": "019a8f3c2b7d5e1f6a90",
        "numero": 1,
        "situacao": "concluida",
        "pedida": "por_pessoa",
        "plano": "",
        "inicio": "2026-11-25T04:02:23Z",
        "segundos": 0.25,
        "requisicoes": {**_REQUESTS, "concluidas": 3},
        "mais_em_voo": 1,
        "estantes_em_andamento": 0,
        "limites": {
            "estantes": 2,
            "requisicoes": 3,
            "requisicoes_configurado": 3,
            "por_segundo": 0.0,
            "circuito_aberto": False,
        },
        "estantes": [
            {"id": 1, "letra": "A", "nome": "Alta", "situacao": "completo", **_REQUESTS},
        ],
        "resultado": {"estantes": 1, "caixas": 1, "itens": 1, "sem_dados": 0, "mantidos": 0},
        "motivo": None,
    },
)


def shelves(
    base_url: str,
    *,
    name: str = "shelves",
    client: FakeUpstream | None = None,
    now: Callable[[], datetime] = utc_now,
    **upstream: Any,
) -> Feature[ServiceSettings]:
    """The feature, over the upstream at this address.

    `client` asks instead, without a socket. `now` dates what is collected. `upstream` has other
    properties of the Upstream.
    """
    return tree_feature(
        name,
        title="As estantes, com caixas e itens",
        kind=ShelvesSnapshot,
        example=EXAMPLE,
        words=WORDS,
        upstream=lambda _: Upstream(
            **{
                "name": WORDS.upstream,
                "base_url": base_url,
                "at_once": 3,
                "connections": 3,
                "attempts": 1,
                "recent_answers": 4,
                **upstream,
            }
        ),
        collect=lambda opened: collecting(client or opened),
        roots_at_once=2,
        now=now,
    )


def with_refreshes(feature: Feature[ServiceSettings]) -> Feature[ServiceSettings]:
    """The same feature, with its refreshes as resources."""

    @asynccontextmanager
    async def opened(settings: ServiceSettings, others: Mapping[str, Any]) -> AsyncIterator[Opened]:
        async with feature.open(settings, others) as tree:
            refreshes = {"refreshes": tree.state["shelves_refreshes"]}
            yield replace(tree, state={**tree.state, **refreshes})

    return replace(feature, open=opened, routers=[*feature.routers, refreshes_router(WORDS)])


def collecting(client: RetryingClient | FakeUpstream) -> Collect:
    """The collection over this client."""

    async def collect(fan_out: FanOut[Shelf]) -> Sequence[Shelf]:
        async def boxes_of(shelf: Shelf) -> Sequence[Box]:
            async def items_of(box: Box) -> Sequence[Item]:
                read = msgspec.json.Decoder(list[Item]).decode
                path = items_path(shelf, box)
                return await client.get(path, read, level=Level.ITEMS, parent=box.id, root=shelf.id)

            read = msgspec.json.Decoder(list[Box]).decode
            path = boxes_path(shelf)
            boxes = await client.get(path, read, level=Level.BOXES, parent=shelf.id, root=shelf.id)
            return await fan_out.below(boxes, items_of, level=Level.BOXES)

        read = msgspec.json.Decoder(list[Shelf]).decode
        return await fan_out.roots(
            await client.get(SHELVES_PATH, read, level=Level.SHELVES), boxes_of
        )

    return collect
