"""How smoothly /fanout draws a refresh while the service on the same machine collects."""

import asyncio

from playwright.async_api import Page, async_playwright

from bench.measuring import Row, medians, missing
from bench.programs import PATH, served, stand_in
from tests.browser.chromium import chromium_program, launch_chromium

DURING, AT_REST = "slowest frames during a refresh", "slowest frames at rest"

# At more than 30 frames a second, a frame takes less than this, in milliseconds.
LONGEST_MS = 1000 / 30

# Notes when each frame is drawn, from now on.
COUNT = """() => {
  window.frameTimes = [];
  const count = (now) => { window.frameTimes.push(now); requestAnimationFrame(count); };
  requestAnimationFrame(count);
}"""
# One in a hundred frames takes at least this time: an average would hide the slow ones.
SLOWEST = """() => {
  const times = window.frameTimes;
  const taken = times.slice(1).map((time, frame) => time - times[frame]);
  return taken.sort((one, other) => one - other)[Math.floor(0.99 * taken.length)];
}"""


def page_rows(runs: int) -> list[Row]:
    """The time of the slowest frame in a hundred, at 1280 pixels and 100 ms of latency."""
    if chromium_program() is None:
        missing("frames of /fanout, for Chromium is not installed")
        return []
    with stand_in(latency_ms=100) as base_url:
        settings = {"IBGE_BASE_URL": base_url, "REFRESH_MIN_INTERVAL_S": "0"}
        with served("main:create_app", factory=True, **settings) as (_, tree_url):
            url = tree_url.removesuffix(PATH) + "/fanout"
            frames = medians(
                {
                    DURING: lambda: asyncio.run(_frames(url, during_a_refresh=True)),
                    AT_REST: lambda: asyncio.run(_frames(url, during_a_refresh=False)),
                },
                runs,
            )
    return [
        Row(
            "/fanout, slowest frame of 100 during a refresh",
            "the page at rest",
            frames[DURING],
            frames[AT_REST],
            "ms",
            ours_at_most=LONGEST_MS,
        )
    ]


async def _frames(url: str, *, during_a_refresh: bool) -> float:
    """The milliseconds that the slowest frame in a hundred took."""
    async with async_playwright() as playwright, await launch_chromium(playwright) as browser:
        page = await browser.new_page(viewport={"width": 1280, "height": 900})
        await page.goto(url)
        await page.wait_for_selector("#refresh button[aria-disabled=false]")
        await page.locator("#in-flight").scroll_into_view_if_needed()
        await page.evaluate(COUNT)
        if during_a_refresh:
            await _refresh(page)
        else:
            await page.wait_for_timeout(2_000)
        frames: float = await page.evaluate(SLOWEST)
        return frames


async def _refresh(page: Page) -> None:
    # By a script: a click would scroll to the button, away from the pictures.
    await page.evaluate("document.querySelector('#refresh button').click()")
    await page.wait_for_selector("#outcome[data-situation=em_andamento]")
    await page.wait_for_selector("#outcome:not([data-situation=em_andamento])")
