"""The use case: collect every brand with its models and their years."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from src.application.collecting.fan_out import FanOut
from src.domain.brands import Brand, Model, Year


class BrandsGateway(Protocol):
    """Reads one list at a time, in any order. Each method raises UpstreamError."""

    async def brands(self) -> Sequence[Brand]:
        """All brands, without models."""
        ...

    async def models_of(self, brand: Brand) -> Sequence[Model]:
        """The brand's models, without years."""
        ...

    async def years_of(self, brand: Brand, model: Model) -> Sequence[Year]:
        """The years of one of the brand's models."""
        ...


@dataclass(frozen=True, slots=True)
class ListOfBrands:
    """Fans out: the brands, then the models of all brands at once, then the years of all models."""

    gateway: BrandsGateway

    async def execute(self, fan_out: FanOut[Brand]) -> Sequence[Brand]:
        """The brands with all below them; what could not be read is in the fan-out's gaps.

        Raises UpstreamError if the list of brands itself cannot be read.
        """

        async def models_of(brand: Brand) -> Sequence[Model]:
            models = await self.gateway.models_of(brand)
            return await fan_out.below(models, lambda model: self.gateway.years_of(brand, model))

        return await fan_out.roots(await self.gateway.brands(), models_of)
