"""The recording of a collection that went badly, as a person looks at it."""

import json
from typing import Any

import pytest
from aiohttp import ClientSession
from playwright.async_api import Page, expect

from src.infra.controllers.localities.collection_words import COLLECTION_WORDS
from src.infra.controllers.pages_controller import FILES
from tests.browser.accessibility import axe_faults
from tests.browser.conftest import OpenPage
from tests.browser.late_answer import LateAnswer
from tests.browser.test_replay import bar, is_drawn

# Delivers the events of collections late, as from a busy machine.
LATE_EVENTS = """
  const listen = EventSource.prototype.addEventListener;
  EventSource.prototype.addEventListener = function (type, listener) {
    const late = (event) => setTimeout(() => {
      listener(event);
      document.documentElement.dataset.events = "told";
    }, 1500);
    listen.call(this, type, type === "andamento" ? late : listener);
  };
"""

# Shows the recording, and chooses its second chapter before anything is drawn.
CHOOSE_AT_ONCE = """() => new Promise((done) => {
  const chapters = document.querySelector("#recording ol");
  new MutationObserver(() => {
    chapters.querySelectorAll("button")[1].click();
    done();
  }).observe(chapters, { childList: true });
  document.querySelector(".recorded button").click();
})"""

pytestmark = pytest.mark.asyncio(loop_scope="session")


def recorded() -> dict[str, Any]:
    """The recording as the page receives it."""
    read: dict[str, Any] = json.loads(FILES[COLLECTION_WORDS.page_recording].read_bytes())
    return read


async def look_at_it(page: Page, button: int = 0) -> None:
    """Shows the recording by one of its buttons."""
    await page.get_by_role("button", name="Veja uma coleta ruim").nth(button).click()
    await expect(page.locator("#recording")).to_be_visible()
    await expect(page.locator("#outcome")).to_contain_text("Gravação.")
    await is_drawn(page)


@pytest.mark.parametrize("button", [0, 1])
async def test_it_is_shown_and_left(whole_country: str, open_page: OpenPage, button: int) -> None:
    """It is marked as a recording, with its date; one click leads back to this service's own."""
    last = recorded()["fim"]
    requests = last["requisicoes"]
    page = await open_page(f"{whole_country}/fanout")
    await page.locator("#outcome[data-situation=concluida]").wait_for()
    own = await page.locator("#outcome").text_content()
    await look_at_it(page, button)

    title = page.locator("#recording h2")
    await expect(title).to_be_focused()
    await expect(title).to_contain_text(f"Gravação de {int(last['inicio'][8:10])} de")
    await expect(title).to_contain_text("com um servidor simulado no lugar do IBGE")
    await expect(page.locator("#recording")).to_contain_text(recorded()["nota"])
    await expect(page.locator("#outcome")).to_contain_text("Coleta incompleta")
    await expect(page.locator("#outcome")).to_contain_text("MG (1\u00a0falha)")
    await expect(page.locator("#retries")).to_have_text(str(requests["repetidas"]))
    await expect(page.locator("#failures")).to_have_text("1")
    await expect(page.locator("#answer")).to_contain_text("o circuito se abriu")
    await page.get_by_role("button", name="Voltar à coleta deste serviço").click()
    await expect(page.locator("#outcome")).to_have_text(str(own))
    await expect(page.get_by_role("button", name="Veja uma coleta ruim").first).to_be_focused()


async def test_a_chapter_is_played(whole_country: str, open_page: OpenPage) -> None:
    """Each begins where its text says; while the circuit is open, the page says that."""
    down = next(each for each in recorded()["capitulos"] if "Fora do ar" in each["texto"])
    page = await open_page(f"{whole_country}/fanout")
    await look_at_it(page)

    await page.locator("#recording li", has_text="Fora do ar").get_by_role("button").click()
    await expect(bar(page).get_by_role("status")).to_have_text("Reprise da gravação.")
    await expect(page.locator("#answer")).to_contain_text("nada é pedido ao IBGE")
    await page.get_by_role("button", name="Pausar").click()
    value = int(await bar(page).get_by_role("slider", name="Momento").input_value())
    seconds = recorded()["fim"]["segundos"]
    assert value / 200 * seconds * 1000 > down["ms"] - seconds * 5


async def test_a_chapter_is_played_before_anything_is_drawn(
    whole_country: str, open_page: OpenPage
) -> None:
    """A quick click is not lost."""
    page = await open_page(f"{whole_country}/fanout")
    await page.locator("#outcome[data-situation=concluida]").wait_for()
    await page.evaluate(CHOOSE_AT_ONCE)

    await expect(bar(page).get_by_role("status")).to_have_text("Reprise da gravação.")
    await expect(page.get_by_role("button", name="Pausar")).to_be_visible()


async def test_it_waits_for_the_scripts(whole_country: str, open_page: OpenPage) -> None:
    """The buttons are disabled until then: a click would be lost."""
    page = await open_page(whole_country)
    script = LateAnswer()
    await page.route("**/states_on_fanout.js", script.hold)
    await page.goto(f"{whole_country}/fanout")
    buttons = page.get_by_role("button", name="Veja uma coleta ruim")
    for number in range(2):
        await expect(buttons.nth(number)).to_be_disabled()
    await script.reach(page)
    await look_at_it(page)


async def test_a_new_collection_takes_over(whole_country: str, open_page: OpenPage) -> None:
    """The recording is closed, and the page shows what this service does."""
    page = await open_page(f"{whole_country}/fanout")
    await page.locator("#outcome[data-situation=concluida]").wait_for()
    await look_at_it(page)
    await page.get_by_role("button", name="Atualizar agora").click()

    await expect(page.locator("#recording")).to_be_hidden()
    await expect(bar(page).get_by_role("status")).to_contain_text("Começou uma nova coleta")
    await expect(page.locator("#asked")).to_contain_text("pessoa")
    await expect(page.locator("#outcome[data-situation=concluida]")).to_be_visible()
    await expect(page.locator("#outcome")).not_to_contain_text("Gravação")


async def test_it_needs_no_collection_of_this_service(
    whole_country: str, open_page: OpenPage
) -> None:
    """If there was none since the start, the page says so before and afterwards."""
    page = await open_page(whole_country)
    async with ClientSession() as http, http.get(f"{whole_country}/api/v1/refreshes") as response:
        known = await response.json()
    await page.route(
        "**/refreshes", lambda route: route.fulfill(json={**known, "atualizacoes": []})
    )
    await page.route(
        "**/events",
        lambda route: route.fulfill(content_type="text/event-stream", body="retry: 3600000\n\n"),
    )
    await page.goto(f"{whole_country}/fanout")
    await expect(page.locator("#answer")).to_contain_text("Ainda não houve coleta")
    await look_at_it(page)
    await page.get_by_role("button", name="Voltar à coleta deste serviço").click()
    await expect(page.locator("#answer")).to_contain_text("Ainda não houve coleta")


async def test_late_events_leave_it(whole_country: str, open_page: OpenPage) -> None:
    """The events of a past collection do not close the recording."""
    page = await open_page(f"{whole_country}/fanout", script=LATE_EVENTS)
    await look_at_it(page)
    await page.locator("html[data-events=told]").wait_for()
    await is_drawn(page)

    await expect(page.locator("#recording")).to_be_visible()
    await page.get_by_role("button", name="Voltar à coleta deste serviço").click()
    await expect(page.locator("#outcome[data-situation=concluida]")).to_be_visible()


async def test_a_service_that_is_gone_has_no_recording(
    whole_country: str, open_page: OpenPage
) -> None:
    """The reason takes the place of the button's text, which tries again."""
    page = await open_page(f"{whole_country}/fanout", requests_fail=True)
    await page.route("**/*.json", lambda route: route.abort())
    await page.get_by_role("button", name="Veja uma coleta ruim").first.click()
    again = page.get_by_role("button", name="O serviço não respondeu").first
    await expect(again).to_be_visible()
    await page.unroute("**/*.json")
    await again.click()
    await expect(page.locator("#recording")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 360])
async def test_it_is_for_everyone(whole_country: str, open_page: OpenPage, width: int) -> None:
    """axe-core finds no fault in either colour scheme, and a phone scrolls down only."""
    page = await open_page(
        f"{whole_country}/fanout",
        color_scheme="light",
        viewport={"width": width, "height": 844},
    )
    await look_at_it(page)
    faults = await axe_faults(page)
    await page.emulate_media(color_scheme="dark")
    await page.evaluate("Promise.all(document.getAnimations().map(({ finished }) => finished))")
    faults += await axe_faults(page)

    assert faults == []
    assert await page.evaluate("document.documentElement.scrollWidth") == width
