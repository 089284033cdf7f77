"""`/docs` and `/redoc` in a browser: they work, and request nothing from another host."""

import msgspec
import pytest
from playwright.async_api import expect

from src.domain.localities.territory import State
from src.infra.process.clock import utc_now
from tests.browser.conftest import OpenPage
from tests.browser.prefix import behind
from tests.helpers.localities.places import TWO_STATES
from tests.helpers.localities.services import application
from tests.helpers.localities.upstream import FakeUpstream
from tests.helpers.serving import served

pytestmark = pytest.mark.asyncio(loop_scope="session")

each_kind_of_proxy = pytest.mark.parametrize("tells", [True, False])


async def test_the_whole_tree_is_shown_without_highlighting(
    brazil: tuple[State, ...], whole_country: str, open_page: OpenPage
) -> None:
    """Swagger UI shows it as plain text and still works; an element per word would freeze it."""
    page = await open_page(f"{whole_country}/docs")
    operation = page.locator("#operations-Localidades-listStates")
    shown = operation.locator(".live-responses-table .highlight-code pre")

    await operation.get_by_role("button", name="Todos os estados").click()
    await operation.get_by_role("button", name="Try it out").click()
    await operation.get_by_role("button", name="Execute").click()
    await expect(shown).to_be_visible()
    tree = await shown.text_content()
    elements = await shown.locator("*").count()
    await operation.get_by_role("button", name="Clear").click()

    assert msgspec.json.decode(tree or "", type=tuple[State, ...]) == brazil
    assert elements <= 1
    await expect(shown).to_have_count(0)


async def test_examples_of_parameters_are_filled_in(
    whole_country: str, open_page: OpenPage
) -> None:
    """Swagger UI offers each by its name; the first one makes a request that finds something."""
    page = await open_page(f"{whole_country}/docs")
    operation = page.locator("#operations-Localidades-findCities")

    await operation.get_by_role("button", name="Cidades por nome").click()
    await operation.get_by_role("button", name="Try it out").click()
    await expect(operation.get_by_placeholder("q")).to_have_value("brasilia")
    await operation.get_by_role("combobox").filter(has_text="em minúsculas").select_option("código")
    await expect(operation.get_by_placeholder("uf")).to_have_value("53")
    await operation.get_by_role("button", name="Execute").click()

    await expect(operation.locator(".request-url")).to_contain_text("uf=53")
    await expect(operation.locator(".live-responses-table")).to_contain_text('"nome": "Brasília"')


@each_kind_of_proxy
async def test_swagger_ui_works_behind_a_prefix(open_page: OpenPage, *, tells: bool) -> None:
    """Requests and links stay below the prefix, whether the proxy announces it or not."""
    app = application(FakeUpstream(TWO_STATES), now=utc_now)
    async with served(behind("/lugares", app, tells=tells)) as url:
        page = await open_page(f"{url}/lugares/docs")
        operation = page.locator("#operations-Localidades-listStates")

        await operation.get_by_role("button", name="Todos os estados").click()
        await operation.get_by_role("button", name="Try it out").click()
        await operation.get_by_role("button", name="Execute").click()
        await expect(operation.locator(".live-responses-table")).to_contain_text("Ariquemes")

        links = await page.locator(".info a").evaluate_all("links => links.map(link => link.href)")
        assert {f"{url}/lugares/{path}" for path in ("", "fanout", "redoc")} <= set(links)


@each_kind_of_proxy
async def test_redoc_works_behind_a_prefix(open_page: OpenPage, *, tells: bool) -> None:
    """It shows the document and links to the pages, whether the proxy announces it or not."""
    app = application(FakeUpstream(TWO_STATES), now=utc_now)
    async with served(behind("/lugares", app, tells=tells)) as url:
        page = await open_page(f"{url}/lugares/redoc")

        await expect(page.get_by_role("heading", name="tag/Coletas Coletas")).to_be_visible()
        await expect(page.get_by_text("API docs by Redocly")).to_be_visible()

        links = await page.locator("a").evaluate_all("links => links.map(link => link.href)")
        assert {f"{url}/lugares/{path}" for path in ("", "fanout", "docs")} <= set(links)
