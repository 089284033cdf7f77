"""Reads brands, models and years from the table of cars."""

from collections.abc import Sequence

import msgspec

from src.application.brands import BrandsGateway
from src.domain.brands import Brand, Model, Year
from src.infra.gateways.retrying_client import RetryingClient

# From bytes to the domain's objects in one step. Fields that they lack are skipped.
_BRANDS = msgspec.json.Decoder(list[Brand])
_MODELS = msgspec.json.Decoder(list[Model])
_YEARS = msgspec.json.Decoder(list[Year])


class CarTableGateway(BrandsGateway):
    """`/marcas`, `/marcas/{brand}/modelos` and `/marcas/{brand}/modelos/{model}/anos`."""

    def __init__(self, client: RetryingClient) -> None:
        self._client = client

    async def brands(self) -> Sequence[Brand]:
        """The first request, on which all others wait: it jumps the queue."""
        return await self._client.get("/marcas", _BRANDS.decode, level=0, first=True)

    async def models_of(self, brand: Brand) -> Sequence[Model]:
        """It jumps the queue, too: each answer brings many more requests."""
        path = f"/marcas/{brand.id}/modelos"
        return await self._client.get(
            path, _MODELS.decode, level=1, parent=brand.id, root=brand.id, first=True
        )

    async def years_of(self, brand: Brand, model: Model) -> Sequence[Year]:
        """A model's id says nothing of its brand, so the path names both."""
        path = f"/marcas/{brand.id}/modelos/{model.id}/anos"
        return await self._client.get(path, _YEARS.decode, level=2, parent=model.id, root=brand.id)
