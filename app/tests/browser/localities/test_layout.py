"""The pages hold still: later content finds its room kept."""

import pytest
from playwright.async_api import expect

from src.domain.localities.territory import State
from stand_in.faults import Behaviour, Fault, Kind
from tests.browser.conftest import OpenPage
from tests.browser.localities.test_fanout import DISTRICTS, until_it_ended, watching
from tests.browser.stillness import MOST, shifts, window
from tests.helpers.localities.ibge import Ibge

pytestmark = pytest.mark.asyncio(loop_scope="session")

each_width = pytest.mark.parametrize("width", [1280, 390])


@each_width
async def test_the_fan_out_holds_still(
    brazil: tuple[State, ...], open_page: OpenPage, width: int
) -> None:
    """It does so while a collection runs, after it, and while the next one runs."""
    async with Ibge(brazil[:6], behaviour=Behaviour(latency_s=0.1)) as upstream:
        async with watching(open_page, upstream, window(width), ibge_cities_limit=20) as page:
            await until_it_ended(page, "concluida")
            upstream.behave(Behaviour(faults=(Fault(kind=Kind.HELD, path=DISTRICTS),)))
            await page.get_by_role("button", name="Atualizar agora").click()
            await until_it_ended(page, "em_andamento")
            upstream.behave(Behaviour(latency_s=0.1))
            await until_it_ended(page, "concluida")
            await expect(page.get_by_role("button", name="Atualizar agora")).to_be_visible()

            moved = await shifts(page)

    assert sum(value for value, _ in moved) < MOST, moved


@pytest.mark.parametrize("view", ["", "#/?q=acre", "#/AC", "#/1200401", "#/ZZ"])
@each_width
async def test_the_explorer_holds_still(
    brazil: tuple[State, ...], open_page: OpenPage, view: str, width: int
) -> None:
    """It is opened during the first collection, which its answers wait for, and again after it."""
    async with Ibge(brazil[:2], behaviour=Behaviour(latency_s=0.1)) as upstream:
        async with watching(
            open_page, upstream, window(width), view=view, ibge_cities_limit=5
        ) as page:
            moved = []
            for _ in range(2):
                await expect(page.locator("#source")).to_contain_text("Dados do IBGE")
                await expect(page.locator("#view h2")).to_be_attached()
                await page.wait_for_load_state("networkidle")
                moved.append(await shifts(page))
                await page.reload()

    for each in moved:
        assert sum(value for value, _ in each) < MOST, each
