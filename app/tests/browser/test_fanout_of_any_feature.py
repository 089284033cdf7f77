"""`/fanout` shows what any feature collects, in that feature's words: here shelves."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Page, expect

from src.entrypoints.api import create_app
from src.entrypoints.features import Settings
from stand_in.faults import Behaviour
from tests.browser.accessibility import axe_faults
from tests.browser.conftest import OpenPage
from tests.browser.keyboard import press_tab_to
from tests.browser.prefix import behind
from tests.browser.stillness import MOST, shifts, window
from tests.helpers.serving import served
from tests.sample_feature.feature import shelves
from tests.sample_feature.test_sample_feature import LISTS
from tests.sample_feature.upstream import Lists, Storeroom

pytestmark = pytest.mark.asyncio(loop_scope="session")

# Waits for colours that are changing.
ANIMATED = "Promise.all(document.getAnimations().map(({ finished }) => finished))"


def many(count: int) -> Lists:
    """The lists of this many shelves with long names, each with one empty box."""
    numbers = range(1, count + 1)
    lists: Lists = {
        "/shelves": [
            {"id": number, "letra": "A", "nome": f"Prateleira {number}"} for number in numbers
        ]
    }
    for number in numbers:
        lists[f"/shelves/{number}/boxes"] = [{"id": 1, "nome": "Um"}]
        lists[f"/shelves/{number}/boxes/1/items"] = []
    return lists


@asynccontextmanager
async def watching(
    open_page: OpenPage,
    lists: Lists = LISTS,
    *,
    situation: str = "concluida",
    latency_s: float = 0,
    **browser: Any,
) -> AsyncIterator[Page]:
    """The page of a service that collects only shelves, once a collection has ended like this.

    It is closed first: a server waits for its streams to end.
    """
    async with Storeroom(lists, behaviour=Behaviour(latency_s=latency_s)) as upstream:
        settings = Settings(snapshot_bundled=False, refresh_min_interval_s=0)
        async with served(create_app(settings, features=[shelves(upstream.base_url)])) as url:
            page = await open_page(f"{url}/fanout", **browser)
            try:
                await until_it_ended(page, situation)
                yield page
            finally:
                await page.context.close()


async def until_it_ended(page: Page, situation: str) -> None:
    """Waits until the page shows this outcome."""
    await expect(page.locator(f"#outcome[data-situation={situation}]")).to_be_visible()


def tile(page: Page, name: str) -> Any:
    """The shelf's tile."""
    return page.locator(f"#tiles .tile[data-root='{name}']")


async def test_a_collection_is_told_in_the_words_of_its_feature(open_page: OpenPage) -> None:
    """Nouns, their gender, and the name of the upstream are the feature's own."""
    async with watching(open_page) as page:
        await expect(page.locator("#outcome")).to_contain_text("2 estantes, 3 caixas, 3 itens")
        await expect(page.get_by_role("heading", name="As estantes")).to_be_visible()
        await expect(page.get_by_label("Mostrar").locator("option").first).to_have_text(
            "todas as estantes"
        )
        await expect(page.locator("#tiles-hint")).to_have_text(
            "Escolha uma estante para ver só as requisições dela na cascata."
        )
        await expect(page.locator("#limits")).to_contain_text(
            "2 estantes e 3 requisições, sejam elas da lista, de caixas ou de itens."
        )
        await expect(page.locator("#answer")).to_contain_text("3 requisições")
        await expect(page.get_by_role("heading", name="Quando o estoque falha")).to_be_visible()
        said = (await page.locator("main").inner_text()).lower()

    for word in ("undefined", "nan", "null"):
        assert word not in said


async def test_it_is_started_from_the_page(open_page: OpenPage) -> None:
    """The button asks for a collection of this feature."""
    async with watching(open_page) as page:
        await page.get_by_role("button", name="Atualizar agora").click()
        await expect(page.locator("#asked")).to_contain_text("pessoa")
        await until_it_ended(page, "concluida")

        await expect(page.locator("#requests")).to_have_text(str(len(LISTS)))


async def test_each_request_counts_for_its_shelf(open_page: OpenPage) -> None:
    """Although shelves, boxes and items share their ids; they can be reached by keyboard."""
    async with watching(open_page) as page:
        await expect(tile(page, "Canto")).to_contain_text("3")
        await expect(tile(page, "Do")).to_contain_text("2")

        await tile(page, "Canto").focus()
        await page.keyboard.press("Enter")
        await expect(page.locator("#detail")).to_contain_text(
            "Canto: 3 de 3 requisições, completa."
        )
        await expect(page.locator("#timeline")).to_have_attribute("data-pictures", "drawn")
        await press_tab_to(page, page.get_by_role("slider"))
        await page.keyboard.press("ArrowDown")
        await expect(page.locator("#detail")).to_contain_text("Canto, caixas: 1ª tentativa")
        await page.keyboard.press("ArrowDown")
        await expect(page.locator("#detail")).to_contain_text("itens: 1ª tentativa")
        await expect(page.locator("#detail")).to_contain_text("caixa ")
        await page.get_by_role("button", name="Voltar a todas").click()
        await expect(page.locator("#waterfall-title")).to_have_text("Cada requisição")


async def test_a_failure_is_named(open_page: OpenPage) -> None:
    """By the shelf, which has no short name here, and by the number of its box."""
    lists = {path: rows for path, rows in LISTS.items() if path != "/shelves/1/boxes/2/items"}
    async with watching(open_page, lists, situation="incompleta") as page:
        await expect(page.locator("#outcome")).to_contain_text("Houve falhas em Canto (1 falha).")
        await expect(tile(page, "Canto")).to_contain_text("!")

        await tile(page, "Canto").click()
        await expect(page.locator("#detail")).to_contain_text("Falharam: caixa 2.")


async def test_a_contradictory_list_is_no_failed_request(open_page: OpenPage) -> None:
    """If its ids are not unique, its shelf has no data, and the page does not name a failure."""
    lists = {**LISTS, "/shelves/1/boxes": [LISTS["/shelves/1/boxes"][0]] * 2}
    async with watching(open_page, lists, situation="incompleta") as page:
        await expect(page.locator("#outcome")).to_contain_text("1 item ficou sem dados.")
        await expect(page.locator("#outcome")).not_to_contain_text("Houve falhas")


async def test_the_names_of_tiles_begin_with_their_text(open_page: OpenPage) -> None:
    """People who speak to their browser say what they see (WCAG 2.5.3), even if it is cut."""
    async with watching(open_page, many(2)) as page:
        seen = (await tile(page, "Prateleira 1").text_content()).split()
        named = str(await tile(page, "Prateleira 1").get_attribute("aria-label")).split()

    assert named[: len(seen)] == [*seen[:-1], f"{seen[-1]},"]


@pytest.mark.parametrize("count", [1, 4, 300])
async def test_any_number_of_roots_is_shown(open_page: OpenPage, count: int) -> None:
    """One tile for each, without faults, in both colour schemes, and a phone scrolls down only."""
    async with watching(open_page, many(count), color_scheme="light") as page:
        await expect(page.locator("#tiles .tile")).to_have_count(count)
        await expect(page.get_by_role("button", name="Atualizar agora")).to_be_enabled()
        await page.evaluate(ANIMATED)
        faults = await axe_faults(page)
        await page.emulate_media(color_scheme="dark")
        await page.evaluate(ANIMATED)
        faults += await axe_faults(page)
        await page.set_viewport_size({"width": 390, "height": 844})
        width = await page.evaluate("document.documentElement.scrollWidth")
        await expect(page.locator("#timeline")).to_have_attribute("data-pictures", "drawn")
        height = await page.locator("#tiles").evaluate("each => each.clientHeight")

    assert faults == []
    assert width == 390
    assert height <= 412


async def test_long_names_fit_on_a_phone(open_page: OpenPage) -> None:
    """The page scrolls down only, whether a name has blanks or not, and while it is chosen."""
    names = ["Estante dos livros de consulta " * 3, "Estante" * 8]
    lists = many(len(names))
    for row, name in zip(lists["/shelves"], names, strict=True):
        row["nome"] = name.strip()
    async with watching(open_page, lists, **window(390)) as page:
        widths = [await page.evaluate("document.documentElement.scrollWidth")]
        for shelf in await page.locator("#tiles .tile").all():
            await shelf.click()
            await expect(page.locator("#tiles-hint strong")).to_be_attached()
            widths.append(await page.evaluate("document.documentElement.scrollWidth"))

    assert widths == [390] * 3


@pytest.mark.parametrize("width", [1280, 390])
async def test_it_holds_still(open_page: OpenPage, width: int) -> None:
    """While a collection is shown, after it, and while the next one runs."""
    async with watching(open_page, many(30), **window(width)) as page:
        await page.get_by_role("button", name="Atualizar agora").click()
        await expect(page.locator("#asked")).to_contain_text("pessoa")
        await until_it_ended(page, "concluida")
        await expect(page.get_by_role("button", name="Atualizar agora")).to_be_visible()

        moved = await shifts(page)

    assert sum(value for value, _ in moved) < MOST, moved


@pytest.mark.parametrize("tells", [True, False])
async def test_it_works_behind_a_prefix(open_page: OpenPage, *, tells: bool) -> None:
    """All requests are below the prefix, whether the proxy announces it or not."""
    async with Storeroom(LISTS) as upstream:
        app = create_app(Settings(snapshot_bundled=False), features=[shelves(upstream.base_url)])
        async with served(behind("/estoque", app, tells=tells)) as url:
            page = await open_page(f"{url}/estoque/fanout")
            await until_it_ended(page, "concluida")
            await page.get_by_role("link", name="API", exact=True).click()
            await expect(page).to_have_url(f"{url}/estoque/docs")
            await page.context.close()


async def test_quoted_code_leads_to_its_function(open_page: OpenPage) -> None:
    """The file is shown where the function begins; axe-core finds no fault on either page."""
    async with watching(open_page, color_scheme="light") as page:
        quoted = page.locator(".source").filter(has_text="def leave")
        await quoted.get_by_role("link").first.click()

        await expect(page.locator(":target")).to_be_in_viewport()
        await expect(page.locator(":target")).to_contain_text("self._in_flight -= 1")
        await expect(page.locator("h1")).to_have_text("app/src/application/manners/admission.py")
        assert await axe_faults(page) == []


async def test_without_scripts_it_says_what_works(open_page: OpenPage) -> None:
    """In the words of the feature; the links lead to its refreshes."""
    async with Storeroom(LISTS) as upstream:
        app = create_app(Settings(snapshot_bundled=False), features=[shelves(upstream.base_url)])
        async with served(app) as url:
            page = await open_page(f"{url}/fanout", java_script_enabled=False)

            first = page.locator("noscript a").first
            await expect(first).to_be_visible()
            assert await first.get_attribute("href") == "api/v1/shelves/refreshes/current"
            await expect(page.locator(".lead")).to_contain_text("uma por estante traz as caixas")
            await expect(page.locator("#tiles")).to_be_hidden()
            await page.context.close()
