"""A finished collection is played again on `/fanout`, moment by moment."""

import json
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.accessibility import axe_faults
from tests.browser.conftest import OpenPage
from tests.browser.keyboard import press_tab_to
from tests.browser.stillness import MOST, shifts, window
from tests.browser.test_fanout_of_any_feature import many, until_it_ended, watching
from tests.browser.test_fanout_of_any_tree import NUMBERS, REQUESTS, event, telling

pytestmark = pytest.mark.asyncio(loop_scope="session")

# With this latency, thirty shelves take half a second: long enough to be played again on a busy
# machine, and not to be over before somebody pauses.
LONG_S = 0.02

# The first book's request is sent at once; it fails, is made again, and is answered. The second
# book's fails for good, and those of the others are in flight in the end. Times are milliseconds.
ATTEMPTS = [
    [0, 1, 1, 1, 0, 10, 100, 100, 1, 1],
    [1, 1, 2, 1, 50, 120, 200, 200, 2, 2],
    [0, 1, 1, 2, 100, 150, 300, 310, 0, 1],
    *([each, 1, each, 1, 50, 60 + each, 400, 20_000, 0, each] for each in NUMBERS[2:]),
]
LAST: dict[str, Any] = {
    "segundos": 20.0,
    "requisicoes": {**REQUESTS, "concluidas": 11, "repetidas": 1, "falhas": 1},
    "tentativas": ATTEMPTS,
}

# The counts at some moments, and how far the first two books are.
MOMENTS = """async ([first, last, moments]) => {
  const base = document.querySelector("script[type=module]").src;
  const { Collection } = await import(new URL("collection.js", base));
  const { Moments } = await import(new URL("moments.js", base));
  const whole = new Collection("whole");
  whole.addEvent(first);
  whole.addEvent(last);
  const made = new Moments(whole);
  return moments.map((ms) => {
    const { progress, size, isCollecting } = made.at(ms);
    const { na_fila, em_voo, concluidas, repetidas, falhas } = progress.requisicoes;
    const phases = progress.roots.slice(0, 2).map(({ situacao }) => situacao);
    return [[na_fila, em_voo, concluidas, repetidas, falhas], phases, size, isCollecting];
  });
}"""

# Notes which canvases each frame has painted.
PAINTED = """
  window.painted = [new Set()];
  const mark = () => { window.painted.push(new Set()); requestAnimationFrame(mark); };
  requestAnimationFrame(mark);
  const { fillRect } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.fillRect = function (...numbers) {
    window.painted.at(-1).add(this.canvas.id || "gauge");
    fillRect.apply(this, numbers);
  };
  const { putImageData } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.putImageData = function (...numbers) {
    window.painted.at(-1).add(this.canvas.id);
    putImageData.apply(this, numbers);
  };
"""

# What each frame has painted, once the waterfall was among it six times.
SIX_TIMES = """new Promise((done) => {
  const look = () => {
    const times = window.painted.filter((each) => each.has("waterfall")).length;
    if (times < 6) requestAnimationFrame(look);
    else done(window.painted.map((each) => [...each]));
  };
  look();
})"""


def told(number: int, **others: Any) -> str:
    """An event of the books' collection; the last one has all its attempts."""
    return event(number, ended=12 if number else 0, **(LAST if number else {}), **others)


def books(open_page: OpenPage) -> Any:
    """The page of a collection of twelve books that took 20 seconds."""
    return telling(open_page, told(0), told(1))


def bar(page: Page) -> Any:
    """The bar with which a collection is played again."""
    return page.get_by_role("group", name="Rever a coleta")


async def is_drawn(page: Page) -> None:
    """Waits until the pictures are drawn."""
    await expect(page.locator("#timeline")).to_have_attribute("data-pictures", "drawn")


async def play(page: Page, *, speed: str = "1/20") -> None:
    """Plays the collection at this speed."""
    await bar(page).get_by_label("Ritmo").select_option(label=speed)
    await page.get_by_role("button", name="Rever devagar").click()


async def test_each_moment_is_counted_from_the_attempts(open_page: OpenPage) -> None:
    """The counts of a moment are those that the service had, also if it lies before the last."""
    async with books(open_page) as page:
        first, last = (json.loads(each.partition("data: ")[2]) for each in (told(0), told(1)))
        found = await page.evaluate(MOMENTS, [first, last, [0, 55, 110, 160, 250, 19_999, 55]])

    waiting, running, over = "na_fila", "em_andamento", "completo"
    assert found == [
        [[1, 0, 0, 0, 0], [running, waiting], 0, True],
        [[11, 1, 0, 0, 0], [running, running], 0, True],
        [[2, 10, 0, 1, 0], [running, running], 1, True],
        [[0, 12, 0, 1, 0], [running, running], 1, True],
        [[0, 11, 0, 1, 1], [running, over], 2, True],
        [[0, 10, 1, 1, 1], [over, over], 3, True],
        [[11, 1, 0, 0, 0], [running, running], 0, True],
    ]


async def test_it_is_played_paused_and_left(open_page: OpenPage) -> None:
    """Everything shows the moment, and in the end the result again."""
    async with books(open_page) as page:
        answer = await page.locator("#answer").text_content()
        await play(page)
        await expect(page.locator("#outcome")).to_contain_text("Reprise")
        await expect(page.locator("#answer")).to_contain_text("Até agora")
        await expect(page.locator("#requests-gauge-text")).to_contain_text("em andamento")
        await expect(page.locator(".tile[data-situation=em_andamento]").first).to_be_visible()

        await page.get_by_role("button", name="Pausar").click()
        await is_drawn(page)
        moment = await page.locator(".time").text_content()
        await is_drawn(page)
        await expect(page.locator(".time")).to_have_text(str(moment))

        await page.get_by_role("button", name="Ver o resultado").click()
        await expect(page.locator("#answer")).to_have_text(str(answer))
        await expect(page.locator("#outcome")).to_contain_text("concluída em 20,0\u00a0s")
        await expect(page.get_by_role("button", name="Rever devagar")).to_be_focused()


async def test_any_moment_is_reached_by_keyboard(open_page: OpenPage) -> None:
    """The slider goes to the end and back, pauses the replay, and says its moment."""
    async with books(open_page) as page:
        await play(page)
        slider = bar(page).get_by_role("slider", name="Momento da coleta")
        await press_tab_to(page, slider)
        await page.keyboard.press("PageUp")
        await expect(page.get_by_role("button", name="Continuar")).to_be_visible()
        await page.keyboard.press("Home")
        await expect(slider).to_have_attribute("aria-valuetext", "0\u00a0ms de 20,0\u00a0s")
        await expect(page.locator("#retries")).to_have_text("0")
        await page.keyboard.press("PageUp")
        await expect(slider).to_have_attribute("aria-valuetext", "2\u00a0s de 20,0\u00a0s")
        await expect(page.locator("#retries")).to_have_text("1")
        await expect(page.locator("#requests-gauge-text")).to_contain_text("10")
        await page.keyboard.press("End")
        await expect(page.locator("#outcome")).to_contain_text("concluída")


async def test_it_stops_by_itself(open_page: OpenPage) -> None:
    """At the end of a short collection the result is shown, also if less motion is wanted."""
    async with telling(open_page, event(0, ended=0), event(1, ended=12)) as page:
        await page.emulate_media(reduced_motion="reduce")
        await play(page, speed="1/2")
        await expect(bar(page).get_by_role("status")).to_contain_text("Fim da reprise")
        await expect(page.locator("#outcome")).to_contain_text("concluída")
        await expect(page.get_by_role("button", name="Rever devagar")).to_be_visible()


async def test_the_requests_of_a_root_are_played_too(open_page: OpenPage) -> None:
    """A row that is pointed at may not have been made yet at an earlier moment."""
    async with books(open_page) as page:
        await page.locator("#tiles .tile").first.click()
        rows = page.get_by_role("slider", name="Requisição")
        await is_drawn(page)
        await rows.press("ArrowDown")
        await expect(page.locator("#detail")).to_contain_text("1ª tentativa")
        await play(page)
        await bar(page).get_by_role("slider", name="Momento").press("Home")
        await expect(page.locator("#detail")).to_contain_text("Aponte para uma linha")
        await expect(rows).to_have_attribute("aria-valuetext", "nenhuma escolhida")


async def test_a_new_collection_takes_over(open_page: OpenPage) -> None:
    """The replay ends, and the page says so."""
    async with watching(open_page, many(30), latency_s=LONG_S) as page:
        await play(page)
        await expect(page.locator("#outcome")).to_contain_text("Reprise")
        await page.get_by_role("button", name="Pausar").click()
        await page.get_by_role("button", name="Atualizar agora").click()
        await expect(bar(page).get_by_role("status")).to_contain_text("Começou uma nova coleta")
        await until_it_ended(page, "concluida")
        await expect(page.locator("#asked")).to_contain_text("pessoa")


async def test_nothing_is_played_during_a_collection(open_page: OpenPage) -> None:
    """The button is marked as disabled until there is a finished collection."""
    first = event(0, ended=0, tentativas=[[0, 1, 1, 1, 0, 10, 20, 30, 0, 1]])
    async with telling(open_page, first, situation="em_andamento") as page:
        button = page.get_by_role("button", name="Rever devagar")
        await expect(button).to_have_attribute("aria-disabled", "true")
        await button.click(force=True)
        await expect(page.locator("#outcome")).not_to_contain_text("Reprise")


@pytest.mark.parametrize("width", [1280, 360])
async def test_it_holds_still_and_is_for_everyone(open_page: OpenPage, width: int) -> None:
    """Nothing moves during a replay, axe-core finds no fault, and a phone scrolls down only."""
    async with watching(open_page, many(30), latency_s=LONG_S, **window(width)) as page:
        await play(page)
        await expect(page.locator("#outcome")).to_contain_text("Reprise")
        await page.get_by_role("button", name="Pausar").click()
        await is_drawn(page)
        faults = await axe_faults(page)
        wide = await page.evaluate("document.documentElement.scrollWidth")
        await page.get_by_role("button", name="Continuar").click()
        await page.get_by_role("button", name="Ver o resultado").click()
        await is_drawn(page)
        moved = await shifts(page)

    assert faults == []
    assert wide == width
    assert sum(value for value, _ in moved) < MOST, moved


async def test_each_picture_is_painted_in_a_frame_of_its_own(open_page: OpenPage) -> None:
    """So no frame of a replay has to wait for all of them."""
    async with watching(open_page, many(30), latency_s=LONG_S, script=PAINTED) as page:
        await is_drawn(page)
        await page.evaluate("window.painted = [new Set()]")  # less what came with the page's size
        await play(page)
        together = await page.evaluate(SIX_TIMES)

    pictures = [set(each) for each in together if each]
    assert {"gauge"} in pictures
    assert max(map(len, pictures)) == 1, pictures


async def test_without_a_recording_there_is_no_button_for_it(open_page: OpenPage) -> None:
    """A feature need not have one."""
    async with books(open_page) as page:
        await expect(page.get_by_text("Veja uma coleta ruim").first).to_be_hidden()
        await expect(page.get_by_text("Veja uma coleta ruim").last).to_be_hidden()
