"""The shelves as a feature: collected from their own upstream, and answered as one tree."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from src.application.collecting.fan_out import FanOut
from src.entrypoints.feature import Feature
from src.entrypoints.settings import ServiceSettings
from src.entrypoints.tree_feature import tree_feature
from src.infra.controllers.refreshes.noun import Noun
from src.infra.controllers.refreshes.refresh_words import RefreshWords
from src.infra.gateways.retrying_client import RetryingClient
from src.infra.gateways.upstream import Upstream
from src.infra.process.clock import utc_now
from tests.sample_feature.shelves import Box, Item, Level, Shelf
from tests.sample_feature.upstream import SHELVES_PATH, FakeUpstream, boxes_path, items_path

TREE = "/api/v1/shelves"

SOURCE = "o estoque"
LEVELS = (
    Noun("estante", "estantes", feminine=True),
    Noun("caixa", "caixas", feminine=True),
    Noun("item", "itens"),
)

# What tree_feature makes of these.
WORDS = RefreshWords(path=f"{TREE}/refreshes", upstream=SOURCE, levels=LEVELS)


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
    described = {"base_url": base_url, "at_once": 3, "attempts": 1, **upstream}
    return tree_feature(
        name,
        title="As estantes, com caixas e itens",
        source=SOURCE,
        levels=LEVELS,
        root=Shelf,
        example=Shelf(1, "A", "Alta", (Box(1, "Livros", (Item(1, "Atlas"),)),)),
        upstream=lambda _: Upstream(**described),
        collect=lambda opened, fan_out: collect(client or opened, fan_out),
        roots_at_once=2,
        now=now,
    )


async def collect(client: RetryingClient | FakeUpstream, fan_out: FanOut[Shelf]) -> Sequence[Shelf]:
    """Collect the shelves, then the boxes on each, then the items in each of those."""

    async def boxes_of(shelf: Shelf) -> Sequence[Box]:
        async def items_of(box: Box) -> Sequence[Item]:
            path = items_path(shelf, box)
            read = msgspec.json.Decoder(list[Item]).decode
            return await client.get(path, read, level=Level.ITEMS, parent=box.id, root=shelf.id)

        path = boxes_path(shelf)
        read = msgspec.json.Decoder(list[Box]).decode
        boxes = await client.get(path, read, level=Level.BOXES, parent=shelf.id, root=shelf.id)
        return await fan_out.below(boxes, items_of)

    read = msgspec.json.Decoder(list[Shelf]).decode
    return await fan_out.roots(await client.get(SHELVES_PATH, read, level=Level.SHELVES), boxes_of)
