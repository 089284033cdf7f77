"""Experiments on `/fanout`, over a stand-in for the upstream: here shelves."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from src.application.manners.circuit_breaker import FIRST_PAUSE_S, PATIENCE_S
from src.infra.controllers.pages_controller import FILES
from src.infra.gateways.retrying_client import LONGEST_WAIT_EACH_S, LONGEST_WAIT_S
from src.infra.gateways.stand_in_control import ERROR_SHARE, MAX_RPS
from stand_in.contents import settings_at
from stand_in.faults import Behaviour
from tests.browser.accessibility import axe_faults
from tests.browser.conftest import OpenPage
from tests.browser.keyboard import press_tab_to
from tests.browser.stillness import MOST, shifts, window
from tests.browser.test_fanout_of_any_feature import ANIMATED, until_it_ended
from tests.helpers.services import application
from tests.helpers.serving import served
from tests.sample_feature.feature import shelves
from tests.sample_feature.upstream import Storeroom, lists_of, many_shelves

pytestmark = pytest.mark.asyncio(loop_scope="session")

# Two shelves are in work at once: 100 requests for items may be in flight.
MANY = many_shelves(4, boxes=50)
REQUESTS = 1 + 4 + 4 * 50


# One collection soon after another, and how many then ask for the data again and again.
TWO_IN_A_ROW = """async () => {
  const { Callers } = await import(new URL("assets/callers.js", document.baseURI));
  const pauses = [];
  window.setTimeout = (goOn) => pauses.push(goOn);
  window.fetch = async () => new Response();
  const asked = () => new Promise(requestAnimationFrame);
  const callers = new Callers(() => {});
  callers.start();
  await asked();
  callers.stop();
  callers.start();
  await asked();
  pauses.splice(0).forEach((goOn) => goOn());
  await asked();
  return pauses.length;
}"""


@asynccontextmanager
async def watching(
    open_page: OpenPage, *, experiments: bool = True, **browser: Any
) -> AsyncIterator[Page]:
    """The page of a service that collects shelves, once a first collection has ended."""
    async with Storeroom(lists_of(MANY), behaviour=Behaviour(latency_s=0.1)) as upstream:
        upstreams = {name.lower(): url for name, url in settings_at(upstream.url).items()}
        settings = {**upstreams, "experiments_url": upstream.control_url} if experiments else {}
        feature = shelves(upstream.base_url, at_once=500, attempts=4)
        async with served(application([feature], refresh_min_interval_s=0, **settings)) as url:
            page = await open_page(f"{url}/fanout", **browser)
            try:
                await until_it_ended(page, "concluida")
                yield page
            finally:
                await page.context.close()


def run_button(page: Page) -> Locator:
    """The button that runs an experiment."""
    return page.get_by_role("button", name=re.compile("^Roda"))


async def run(page: Page, situation: str = "concluida", **choice: str) -> None:
    """Chooses these conditions, and runs under them to the end."""
    for name, value in choice.items():
        await page.locator(f"#conditions [name={name}]").select_option(value)
    shown = await page.locator("#asked").text_content()
    await run_button(page).click()
    await expect(page.locator("#asked")).not_to_have_text(str(shown), use_inner_text=False)
    await expect(page.locator("#callers")).to_contain_text("quem pediu os dados")
    await until_it_ended(page, situation)
    await expect(run_button(page)).to_have_text("Rodar")


async def settled(page: Page, selector: str) -> str:
    """The text there once it stays the same: an answer may still be on its way when a run ends."""
    text, before = await page.locator(selector).inner_text(), ""
    while text != before:
        await asyncio.sleep(1.5)  # callers ask five times a second
        before, text = text, await page.locator(selector).inner_text()
    return text


@pytest.mark.parametrize("width", [360, 1280])
async def test_a_run_is_shown_over_the_last_one(open_page: OpenPage, width: int) -> None:
    """A hundred at once, then five hundred: every number is that of its run."""
    async with watching(open_page, viewport={"width": width, "height": 844}) as page:
        await run(page, limite="26")
        await expect(page.locator("#compared")).to_contain_text("esta coleta: limite de 26")
        await expect(page.locator("#compared")).to_contain_text("antes: limite de 500")
        await expect(page.locator("#answer")).to_contain_text("só tem 26: até")
        await expect(page.locator("#limits")).to_contain_text("26 requisições")
        await expect(page.locator("#requests-gauge-text")).to_contain_text("26 de 26")
        slower = await page.locator("#time").inner_text()

        await run(page, limite="100")
        await expect(page.locator("#compared")).to_contain_text("esta coleta: limite de 100")
        await expect(page.locator("#compared")).to_contain_text("antes: limite de 26")
        await expect(page.locator("#limits")).to_contain_text("100 requisições")
        await expect(page.locator("#time-before")).to_have_text(f"antes: {slower}")
        await expect(page.locator("#requests-before")).to_have_text(f"antes: {REQUESTS}")
        await expect(page.locator("#timeline")).to_have_attribute("data-pictures", "drawn")
        await page.evaluate(ANIMATED)
        faults = await axe_faults(page)
        broad = await page.evaluate("document.documentElement.scrollWidth")
        said = (await page.locator("main").inner_text()).lower()

    assert faults == []
    assert broad == width
    for word in ("undefined", "nan", "null"):
        assert word not in said


async def test_an_upstream_that_goes_down_costs_callers_nothing(open_page: OpenPage) -> None:
    """They get whole data meanwhile, and the page says what they were."""
    async with watching(open_page) as page:
        await run(page, "incompleta", falha="fora_do_ar")

        await expect(page.locator("#callers")).to_contain_text("respostas 200")
        await expect(page.locator("#callers")).to_contain_text("sempre completas")
        await expect(page.locator("#callers")).to_contain_text("de uma coleta anterior")
        await expect(page.locator("#compared")).to_contain_text("cai no meio")


async def test_a_long_run_is_stopped_by_keyboard(open_page: OpenPage) -> None:
    """The page has said how long it would take; then the usual conditions are back."""
    async with watching(open_page) as page:
        await page.locator("#conditions [name=latencia_ms]").select_option("400")
        await page.locator("#conditions [name=limite]").select_option("1")
        await expect(page.locator("#estimate")).to_contain_text("pelo menos 1 min 22 s")
        await press_tab_to(page, run_button(page))
        await page.keyboard.press("Enter")
        stop = page.get_by_role("button", name="Parar")
        await expect(stop).to_have_attribute("aria-disabled", "false")
        await press_tab_to(page, stop)
        await page.keyboard.press("Enter")
        await until_it_ended(page, "interrompida")

        await expect(page.locator("#conditions [name=limite]")).to_have_value("500")
        await expect(run_button(page)).to_have_attribute("aria-disabled", "false")


async def test_one_caller_asks_at_a_time(open_page: OpenPage) -> None:
    """The one of a collection that has just ended does not go on beside the next one's."""
    async with watching(open_page) as page:
        assert await page.evaluate(TWO_IN_A_ROW) == 1


@pytest.mark.parametrize("width", [1280, 390])
async def test_it_holds_still(open_page: OpenPage, width: int) -> None:
    """While the page loads, during a run, and when there is an earlier one."""
    async with watching(open_page, **window(width)) as page:
        await run(page, limite="100")
        moved = await shifts(page)

    assert sum(value for value, _ in moved) < MOST, moved


async def test_there_are_none_without_a_stand_in(open_page: OpenPage) -> None:
    """Nothing of them is on the page, and no script of theirs is loaded."""
    async with watching(open_page, experiments=False) as page:
        await expect(page.locator("#experiment")).to_have_count(0)
        loaded = await page.evaluate(
            "performance.getEntriesByType('resource').map(({ name }) => name)"
        )

    assert any(name.endswith("/fanout.js") for name in loaded)
    assert not any("experiment" in name or name.endswith("callers.js") for name in loaded)


@pytest.mark.asyncio(loop_scope="function")
async def test_numbers_in_the_texts_match_the_code() -> None:
    """They are written out, and must change with the stand-in's."""
    said = FILES["conditions.js"].read_text(encoding="utf-8")

    assert f"De cada 100 respostas, {ERROR_SHARE * 100:.0f} são" in said
    assert f"const RATE = {MAX_RPS};" in said
    assert f"429 acima de {MAX_RPS} por segundo" in said
    assert f"const LONGEST_MS = {LONGEST_WAIT_S * 1000:_.0f};" in said
    assert f"const LONGEST_EACH_MS = {LONGEST_WAIT_EACH_S * 1000:.0f};" in said
    # The pauses double until a request need not wait for the next probe.
    pauses = [FIRST_PAUSE_S]
    while sum(pauses) + 2 * pauses[-1] <= PATIENCE_S:
        pauses.append(2 * pauses[-1])
    assert f"const GIVING_UP_MS = {sum(pauses) * 1000:.0f};" in said


async def test_a_run_is_played_again_over_the_last_one(open_page: OpenPage) -> None:
    """What it is compared with stays, and nobody asks for the data meanwhile."""
    async with watching(open_page) as page:
        await run(page, limite="26")
        answered = await settled(page, "#callers")

        await page.get_by_role("button", name="Rever devagar").click()
        await expect(page.locator("#outcome")).to_contain_text("Reprise")
        await page.get_by_role("button", name="Pausar").click()
        await expect(page.locator("#timeline")).to_have_attribute("data-pictures", "drawn")
        await expect(page.locator("#requests-gauge-text")).to_contain_text("de 26")
        await expect(page.locator("#compared")).to_contain_text("antes: limite de 500")
        await expect(page.locator("#callers")).to_have_text(answered)
