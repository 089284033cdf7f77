"""The shelves as a feature: collected from their own upstream, and answered as one tree."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from src.application.collecting.fan_out import FanOut
from src.entrypoints.feature import Feature
from src.entrypoints.settings import ServiceSettings
from src.entrypoints.tree_feature import Collect, tree_feature
from src.infra.controllers.refreshes.noun import Noun
from src.infra.controllers.refreshes.refresh_words import RefreshWords
from src.infra.gateways.retrying_client import RetryingClient
from src.infra.gateways.upstream import Upstream
from src.infra.process.clock import utc_now
from tests.sample_feature.shelves import Box, Item, Level, Shelf, ShelvesSnapshot
from tests.sample_feature.upstream import SHELVES_PATH, FakeUpstream, boxes_path, items_path

TREE = "/api/v1/shelves"

WORDS = RefreshWords(
    path=f"{TREE}/refreshes",
    upstream="o estoque",
    levels=(
        Noun("estante", "estantes", feminine=True),
        Noun("caixa", "caixas", feminine=True),
        Noun("item", "itens"),
    ),
    short_name="letra",
)


def shelves(
    base_url: str,
    *,
    words: RefreshWords = WORDS,
    client: FakeUpstream | None = None,
    now: Callable[[], datetime] = utc_now,
    **upstream: Any,
) -> Feature[ServiceSettings]:
    """The feature, over the upstream at this address.

    `words` name it, and say where it is. `client` asks instead, without a socket. `now` dates what
    is collected. `upstream` has other properties of the Upstream.
    """
    return tree_feature(
        words,
        title="As estantes, com caixas e itens",
        kind=ShelvesSnapshot,
        example=Shelf(1, "A", "Alta", (Box(1, "Livros", (Item(1, "Atlas"),)),)),
        upstream=lambda _: Upstream(
            **{
                "name": words.upstream,
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
