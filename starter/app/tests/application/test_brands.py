"""The use case: which requests are made, and what becomes of one that fails."""

import asyncio
from collections.abc import Sequence

import pytest

from src.application.brands import BrandsGateway, ListOfBrands
from src.application.collecting.fan_out import FanOut
from src.application.ports.fan_out_watch import FanOutWatch
from src.application.ports.upstream_errors import UpstreamError, UpstreamTimeoutError
from src.domain.brands import Brand, Model, Year
from src.domain.snapshot import Gap

NEW, OLD = Year(1, "2026"), Year(2, "1999")
TREE = (
    Brand(1, "Alfa", (Model(1, "Um", (NEW, OLD)), Model(2, "Dois", ()))),
    Brand(2, "Bravo", (Model(1, "Um", (NEW,)),)),
)


class FakeBrandsGateway(BrandsGateway):
    """Answers from TREE; what is named in `silent` times out."""

    def __init__(self, *silent: str) -> None:
        self._silent = silent

    async def brands(self) -> Sequence[Brand]:
        self._answer("marcas")
        return [Brand(brand.id, brand.nome) for brand in reversed(TREE)]

    async def models_of(self, brand: Brand) -> Sequence[Model]:
        self._answer(brand.nome)
        return [Model(model.id, model.nome) for model in TREE[brand.id - 1].modelos or ()]

    async def years_of(self, brand: Brand, model: Model) -> Sequence[Year]:
        self._answer(f"{brand.nome} {model.nome}")
        (found,) = (each for each in TREE[brand.id - 1].modelos or () if each.id == model.id)
        return found.anos or ()

    def _answer(self, name: str) -> None:
        if name in self._silent:
            raise UpstreamTimeoutError(f"{name}: não respondeu a tempo")


async def collected(gateway: BrandsGateway) -> tuple[Sequence[Brand], tuple[Gap, ...]]:
    """What the use case collects over this gateway, and its gaps."""
    fan_out: FanOut[Brand] = FanOut(
        roots_limit=asyncio.Semaphore(5), watch=FanOutWatch(), on_root=lambda _: None
    )
    brands = await ListOfBrands(gateway).execute(fan_out)
    return brands, fan_out.gaps(brands)


async def test_the_tree_is_put_together_in_order() -> None:
    """Each model has the years of its own brand's model, although ids repeat."""
    brands, gaps = await collected(FakeBrandsGateway())

    assert tuple(brands) == TREE
    assert gaps == ()


async def test_a_part_that_cannot_be_read_stops_no_other() -> None:
    """It is named as a gap, below its brand; unread is not the same as empty."""
    brands, gaps = await collected(FakeBrandsGateway("Alfa Um", "Bravo"))

    assert [gap.key for gap in gaps] == [(2,), (1, 1)]
    assert brands[0] == Brand(1, "Alfa", (Model(1, "Um", None), Model(2, "Dois", ())))
    assert brands[1] == Brand(2, "Bravo", None)


async def test_without_the_list_of_brands_there_is_no_collection() -> None:
    """The error is raised; the core keeps the last good snapshot."""
    with pytest.raises(UpstreamError, match="marcas"):
        await collected(FakeBrandsGateway("marcas"))
