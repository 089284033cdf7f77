"""`/fanout` shows what any feature collects, in that feature's words: here brands of cars."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Page, expect

from src.entrypoints.api import create_app
from src.entrypoints.features import Settings
from tests.browser.accessibility import axe_faults
from tests.browser.conftest import OpenPage
from tests.browser.keyboard import press_tab_to
from tests.browser.prefix import behind
from tests.browser.stillness import MOST, shifts, window
from tests.helpers.serving import served
from tests.second_feature.feature import brands
from tests.second_feature.test_second_feature import LISTS, upstream

pytestmark = pytest.mark.asyncio(loop_scope="session")

Lists = dict[str, list[dict[str, Any]]]


def many(count: int) -> Lists:
    """The lists of so many brands with long names, each with one model without years."""
    brands = [{"id": number, "nome": f"Fabricante {number}"} for number in range(1, count + 1)]
    lists: Lists = {"/brands": brands}
    for number in range(1, count + 1):
        lists[f"/brands/{number}/models"] = [{"id": 1, "nome": "Um"}]
        lists[f"/brands/{number}/models/1/years"] = []
    return lists


@asynccontextmanager
async def watching(
    open_page: OpenPage, lists: Lists = LISTS, *, situation: str = "concluida", **browser: Any
) -> AsyncIterator[Page]:
    """The page of a service that collects only brands, once a collection has ended like this.

    It is closed first: a server waits for its streams to end.
    """
    async with upstream(lists) as source:
        settings = Settings(snapshot_bundled=False, refresh_min_interval_s=0)
        async with served(create_app(settings, features=[brands(source)])) as url:
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
    """The brand's tile."""
    return page.locator(f"#tiles .tile[data-root='{name}']")


async def test_a_collection_is_told_in_the_words_of_its_feature(open_page: OpenPage) -> None:
    """Nouns, their gender, and the name of the upstream are the feature's own."""
    async with watching(open_page) as page:
        await expect(page.locator("#outcome")).to_contain_text("2 marcas, 3 modelos, 3 anos")
        await expect(page.get_by_role("heading", name="As marcas")).to_be_visible()
        await expect(page.get_by_label("Mostrar").locator("option").first).to_have_text(
            "todas as marcas"
        )
        await expect(page.locator("#tiles-hint")).to_have_text(
            "Escolha uma marca para ver só as requisições dela na cascata."
        )
        await expect(page.locator("#limits")).to_contain_text(
            "2 marcas e 3 requisições, sejam elas da lista, de modelos ou de anos."
        )
        await expect(page.locator("#answer")).to_contain_text("3 requisições")
        await expect(
            page.get_by_role("heading", name="Quando a tabela de carros falha")
        ).to_be_visible()
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


async def test_each_request_counts_for_its_brand(open_page: OpenPage) -> None:
    """Although brands, models and years share their ids; they can be reached by keyboard."""
    async with watching(open_page) as page:
        await expect(tile(page, "A")).to_contain_text("3")
        await expect(tile(page, "B")).to_contain_text("2")

        await tile(page, "A").focus()
        await page.keyboard.press("Enter")
        await expect(page.locator("#detail")).to_contain_text("A: 3 de 3 requisições, completo.")
        await expect(page.locator("#timeline")).to_have_attribute("data-pictures", "drawn")
        await press_tab_to(page, page.get_by_role("slider"))
        await page.keyboard.press("ArrowDown")
        await expect(page.locator("#detail")).to_contain_text("A, modelos: 1ª tentativa")
        await page.keyboard.press("ArrowDown")
        await expect(page.locator("#detail")).to_contain_text("anos: 1ª tentativa")
        await expect(page.locator("#detail")).to_contain_text("modelo ")
        await page.get_by_role("button", name="Voltar a todas").click()
        await expect(page.locator("#waterfall-title")).to_have_text("Cada requisição")


async def test_a_failure_is_named(open_page: OpenPage) -> None:
    """By the brand, which has no short name, and by the number of its model."""
    lists = {path: rows for path, rows in LISTS.items() if path != "/brands/1/models/2/years"}
    async with watching(open_page, lists, situation="incompleta") as page:
        await expect(page.locator("#outcome")).to_contain_text("Houve falhas em A (1 falha).")
        await expect(tile(page, "A")).to_contain_text("!")

        await tile(page, "A").click()
        await expect(page.locator("#detail")).to_contain_text("Falharam: modelo 2.")


async def test_the_names_of_tiles_begin_with_their_text(open_page: OpenPage) -> None:
    """People who speak to their browser say what they see (WCAG 2.5.3), even if it is cut."""
    async with watching(open_page, many(2)) as page:
        seen = (await tile(page, "Fabricante 1").text_content()).split()
        named = str(await tile(page, "Fabricante 1").get_attribute("aria-label")).split()

    assert named[: len(seen)] == [*seen[:-1], f"{seen[-1]},"]


@pytest.mark.parametrize("count", [1, 4, 300])
async def test_any_number_of_roots_is_shown(open_page: OpenPage, count: int) -> None:
    """One tile for each, without faults, in both colour schemes, and a phone scrolls down only."""
    async with watching(open_page, many(count), color_scheme="light") as page:
        await expect(page.locator("#tiles .tile")).to_have_count(count)
        faults = await axe_faults(page)
        await page.emulate_media(color_scheme="dark")
        await page.evaluate("Promise.all(document.getAnimations().map(({ finished }) => finished))")
        faults += await axe_faults(page)
        await page.set_viewport_size({"width": 390, "height": 844})
        width = await page.evaluate("document.documentElement.scrollWidth")
        await expect(page.locator("#timeline")).to_have_attribute("data-pictures", "drawn")
        height = await page.locator("#tiles").evaluate("each => each.clientHeight")

    assert faults == []
    assert width == 390
    assert height <= 412


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
    async with upstream(LISTS) as source:
        app = create_app(Settings(snapshot_bundled=False), features=[brands(source)])
        async with served(behind("/carros", app, tells=tells)) as url:
            page = await open_page(f"{url}/carros/fanout")
            await until_it_ended(page, "concluida")
            await page.get_by_role("link", name="API", exact=True).click()
            await expect(page).to_have_url(f"{url}/carros/docs")
            await page.context.close()


async def test_without_scripts_it_says_what_works(open_page: OpenPage) -> None:
    """In the words of the feature; the links lead to its refreshes."""
    async with upstream(LISTS) as source:
        app = create_app(Settings(snapshot_bundled=False), features=[brands(source)])
        async with served(app) as url:
            page = await open_page(f"{url}/fanout", java_script_enabled=False)

            first = page.locator("noscript a").first
            await expect(first).to_be_visible()
            assert await first.get_attribute("href") == "api/v1/brands/refreshes/current"
            await expect(page.locator(".lead")).to_contain_text("uma por marca traz os modelos")
            await expect(page.locator("#tiles")).to_be_hidden()
            await page.context.close()
