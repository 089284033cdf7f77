"""The pages hold still: what comes later finds its room kept."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from src.domain.localities.territory import State
from stand_in.faults import Behaviour
from stand_in.server import StandIn
from tests.browser.conftest import OpenPage
from tests.browser.test_fanout import until_it_ended, watching

pytestmark = pytest.mark.asyncio(loop_scope="session")

# What "good" is: https://web.dev/articles/cls. It is asked here of all shifts together, not only of
# the worst five seconds.
MOST = 0.1

# Notes what moved without a person's doing: how much, and what it was.
WATCH = """
  window.shifts = [];
  const named = ({ node }) => node?.id || node?.className || node?.nodeName;
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, sources } of list.getEntries()) {
      if (!hadRecentInput) window.shifts.push([value, sources.map(named)]);
    }
  }).observe({ type: "layout-shift", buffered: true });
"""

each_width = pytest.mark.parametrize("width", [1280, 390])


def window(width: int) -> dict[str, Any]:
    """A window of this width that watches itself."""
    return {"viewport": {"width": width, "height": 844}, "script": WATCH}


async def shifts(page: Page) -> list[tuple[float, list[str]]]:
    """What has moved so far, the last frame included."""
    moved: list[tuple[float, list[str]]] = await page.evaluate(
        """new Promise((done) => {
          requestAnimationFrame(() => setTimeout(() => done(window.shifts)));
        })"""
    )
    return moved


@each_width
async def test_the_fan_out_holds_still(
    brazil: tuple[State, ...], open_page: OpenPage, width: int
) -> None:
    """While a collection runs, when it has ended, and while the next one runs."""
    async with StandIn(brazil[:6], behaviour=Behaviour(latency_s=0.1)) as upstream:
        async with watching(open_page, upstream, window(width), ibge_cities_limit=20) as page:
            await until_it_ended(page, "concluida")
            await page.get_by_role("button", name="Atualizar agora").click()
            await until_it_ended(page, "em_andamento")
            await until_it_ended(page, "concluida")
            await expect(page.get_by_role("button", name="Atualizar agora")).to_be_visible()

            moved = await shifts(page)

    assert sum(value for value, _ in moved) < MOST, moved


@pytest.mark.parametrize("view", ["", "#/?q=acre", "#/AC", "#/1200401", "#/ZZ"])
@each_width
async def test_the_explorer_holds_still(
    brazil: tuple[State, ...], open_page: OpenPage, view: str, width: int
) -> None:
    """Opened while the first collection runs, for which its answers wait, and opened again."""
    async with StandIn(brazil[:2], behaviour=Behaviour(latency_s=0.1)) as upstream:
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
