"""The brands as a feature: collected from their own upstream, and answered as one tree."""

from collections.abc import Sequence

import msgspec

from src.application.collecting.fan_out import FanOut
from src.entrypoints.feature import Feature
from src.entrypoints.settings import ServiceSettings
from src.entrypoints.tree_feature import tree_feature
from src.infra.controllers.refreshes.noun import Noun
from src.infra.controllers.refreshes.refresh_words import RefreshWords
from src.infra.gateways.retrying_client import RetryingClient
from src.infra.gateways.upstream import Upstream
from tests.second_feature.brands import Brand, Model, Year

SOURCE = "a tabela de carros"
LEVELS = (
    Noun("marca", "marcas", feminine=True),
    Noun("modelo", "modelos"),
    Noun("ano", "anos"),
)

# What tree_feature makes of these.
WORDS = RefreshWords(path="/api/v1/brands/refreshes", upstream=SOURCE, levels=LEVELS)


def brands(base_url: str) -> Feature[ServiceSettings]:
    """The feature, over the upstream at this address."""
    return tree_feature(
        "brands",
        title="As marcas de carros, com modelos e anos",
        source=SOURCE,
        levels=LEVELS,
        root=Brand,
        example=Brand(1, "A", (Model(1, "Um", (Year(1, "2025"),)),)),
        upstream=lambda _: Upstream(name=SOURCE, base_url=base_url, at_once=3, attempts=1),
        collect=collect,
        roots_at_once=2,
    )


async def collect(client: RetryingClient, fan_out: FanOut[Brand]) -> Sequence[Brand]:
    """Collect the brands, then the models of each, then the years of each of those."""

    async def models_of(brand: Brand) -> Sequence[Model]:
        async def years_of(model: Model) -> Sequence[Year]:
            path = f"/brands/{brand.id}/models/{model.id}/years"
            read = msgspec.json.Decoder(list[Year]).decode
            return await client.get(path, read, level=2, parent=model.id, root=brand.id)

        path = f"/brands/{brand.id}/models"
        read = msgspec.json.Decoder(list[Model]).decode
        models = await client.get(path, read, level=1, parent=brand.id, root=brand.id)
        return await fan_out.below(models, years_of, level=1)

    read = msgspec.json.Decoder(list[Brand]).decode
    return await fan_out.roots(await client.get("/brands", read, level=0), models_of)
