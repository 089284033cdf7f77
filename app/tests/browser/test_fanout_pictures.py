"""That the pictures of the fan-out show what happened: looked at dot by dot."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page, expect

from src.domain.territory import State
from stand_in.faults import Behaviour, Fault, Kind
from stand_in.server import StandIn
from tests.browser.conftest import OpenPage
from tests.browser.test_fanout import until_it_ended, watching

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("browser")]

# Notes at each frame how full a state's tile is, and what the gauges say.
WATCH = """(sigla) => {
  window.seen = { done: [], requests: [], states: [] };
  const now = (id) => Number(document.getElementById(id).getAttribute("aria-valuenow"));
  const look = () => {
    const tile = document.querySelector(`.tile[data-state=${sigla}]`);
    window.seen.done.push(parseInt(getComputedStyle(tile).backgroundSize.split(" ")[1]));
    window.seen.requests.push(now("requests-gauge"));
    window.seen.states.push(now("states-gauge"));
    requestAnimationFrame(look);
  };
  look();
}"""

# The share of a canvas's dots that have nearly the colour of this name.
SHARE = """([selector, name]) => {
  const canvas = document.querySelector(selector);
  const probe = document.createElement("canvas").getContext("2d");
  probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(name);
  probe.fillRect(0, 0, 1, 1);
  const wanted = probe.getImageData(0, 0, 1, 1).data;
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let found = 0;
  for (let dot = 0; dot < data.length; dot += 4) {
    const isIt = [0, 1, 2].every((part) => Math.abs(data[dot + part] - wanted[part]) < 24);
    found += isIt && data[dot + 3] > 128;
  }
  return found / (data.length / 4);
}"""


async def share(page: Page, canvas: str, colour: str) -> float:
    """How much of a canvas has one of the page's colours, from 0 to 1."""
    found: float = await page.evaluate(SHARE, [canvas, f"--{colour}"])
    return found


async def test_a_tile_fills_and_the_gauges_rise(
    brazil: tuple[State, ...], open_page: OpenPage
) -> None:
    """In proportion to what is done of the state; as many permits are in use as there are."""
    async with StandIn(brazil[:6], behaviour=Behaviour(latency_s=0.1)) as upstream:
        async with watching(open_page, upstream, ibge_cities_limit=20) as page:
            await until_it_ended(page, "concluida")
            await page.evaluate(WATCH, brazil[4].sigla)
            await page.get_by_role("button", name="Atualizar agora").click()
            await until_it_ended(page, "em_andamento")
            await until_it_ended(page, "concluida")
            seen: dict[str, list[int]] = await page.evaluate("window.seen")

    halfway = {done for done in seen["done"] if 0 < done < 100}
    assert len(halfway) > 3
    assert seen["done"][-1] == 100
    assert max(seen["requests"]) == 20
    assert max(seen["states"]) == 6


async def test_the_curve_and_the_rows_are_drawn(
    brazil: tuple[State, ...], open_page: OpenPage
) -> None:
    """Who waits is grey, who is on the wire is blue; in all three pictures."""
    async with StandIn(brazil[:6], behaviour=Behaviour(latency_s=0.1)) as upstream:
        async with watching(open_page, upstream, ibge_cities_limit=20) as page:
            await until_it_ended(page, "concluida")

            assert await share(page, "#in-flight", "wire") > 0.2
            assert await share(page, "#waterfall", "wire") > 0.02
            assert await share(page, "#waterfall", "waiting") > 0.1
            assert await share(page, "#requests-gauge canvas", "wire") > 0.03
            await page.locator(f".tile[data-state={brazil[4].sigla}]").click()
            await expect(page.get_by_role("slider")).to_be_visible()
            assert await share(page, "#rows canvas", "wire") > 0.01
            assert await share(page, "#rows canvas", "retry") == 0


async def test_retries_are_drawn_in_their_colour(
    brazil: tuple[State, ...], open_page: OpenPage
) -> None:
    """Each attempt that failed and was made again."""
    faults = (Fault(kind=Kind.STATUS, status=500, path="/municipios/.*", share=0.3),)
    behaviour = Behaviour(latency_s=0.1, faults=faults)
    async with StandIn(brazil[:4], behaviour=behaviour) as upstream:
        async with watching(open_page, upstream, ibge_cities_limit=20, ibge_attempts=10) as page:
            await expect(page.locator("#outcome")).not_to_have_attribute(
                "data-situation", "em_andamento"
            )
            await page.locator(f".tile[data-state={brazil[2].sigla}]").click()
            await expect(page.get_by_role("slider")).to_be_visible()

            assert await share(page, "#rows canvas", "retry") > 0.005


async def test_what_is_calculated_of_the_attempts(whole_country: str, open_page: OpenPage) -> None:
    """Of four known ones: how many were in flight when, and what they took together."""
    page = await open_page(f"{whole_country}/fanout")
    known = {
        "size": 4,
        "queued": [0, 0, 0, 5],
        "sent": [0, 1, 4, 5],
        "answered": [3, 3, 6, 8],
        "ended": [4, 4, 7, 9],
        "outcome": [0, 0, 0, 0],
    }

    in_flight, together, alone = await page.evaluate(
        """async (attempts) => {
          const base = document.querySelector("script[type=module]").src;
          const made = await import(new URL("analysis.js", base));
          const alone = made.oneAfterAnother(attempts);
          return [[...made.inFlightByMs(attempts, 9)], made.timeSpent(attempts), alone.all];
        }""",
        known,
    )

    assert in_flight[:10] == [1, 2, 2, 2, 1, 2, 2, 1, 1, 0]
    assert together == {"waiting": 5, "wire": 10, "reading": 4}
    assert alone == 4 * 3


async def test_the_figures_tell_what_the_upstream_took(
    brazil: tuple[State, ...], open_page: OpenPage
) -> None:
    """One after another, each request would take its latency: a figure beside the time it took."""
    async with StandIn(brazil[:4], behaviour=Behaviour(latency_s=0.1)) as upstream:
        async with watching(open_page, upstream) as page:
            await until_it_ended(page, "concluida")
            said: Any = await page.locator("#one-by-one-why").text_content()

    assert str(upstream.figures.requests) in said
