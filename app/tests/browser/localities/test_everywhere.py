"""The pages behind a path prefix, on a phone, in dark mode and with a screen reader."""

import pytest
from playwright.async_api import expect

from src.infra.process.clock import utc_now
from tests.browser.accessibility import axe_faults
from tests.browser.conftest import OpenPage
from tests.browser.prefix import behind
from tests.helpers.localities.places import TWO_STATES
from tests.helpers.localities.services import application
from tests.helpers.localities.upstream import FakeUpstream
from tests.helpers.serving import served

pytestmark = pytest.mark.asyncio(loop_scope="session")

SOURCE = "source?arquivo=app/src/application/manners/admission.py#Admission.leave"

# Every kind of view; the part after # belongs to the explorer.
VIEWS = ["", "#/?q=sul", "#/?q=xyzkw", "#/RR", "#/3106200", "#/lugar", "fanout", SOURCE]
each_view = pytest.mark.parametrize("view", VIEWS)
GROUND = "getComputedStyle(document.body).backgroundColor"


@pytest.mark.parametrize("tells", [True, False])
async def test_the_explorer_works_behind_a_prefix(open_page: OpenPage, *, tells: bool) -> None:
    """All requests of a page are below the prefix, whether the proxy announces it or not."""
    app = application(FakeUpstream(TWO_STATES), now=utc_now)
    async with served(behind("/lugares", app, tells=tells)) as url:
        page = await open_page(f"{url}/lugares/")

        await page.get_by_role("searchbox").fill("ariquemes")
        await page.get_by_role("link", name="Ariquemes RO").click()
        await page.get_by_role("link", name="Rondônia").click()
        await page.get_by_role("link", name="Alta Floresta D'Oeste").click()
        await expect(page.get_by_text("Filadélfia d'Oeste")).to_be_visible()
        await expect(page.locator("#source")).to_contain_text("Dados do IBGE")
        await expect(page.locator("#address a")).to_have_text(f"{url}/lugares/api/v1/states")
        json = page.get_by_role("link", name="JSON de Alta Floresta D'Oeste").first
        assert await json.evaluate("link => link.href") == (f"{url}/lugares/api/v1/cities/1100015")
        await page.get_by_role("link", name="Ver o fan-out", exact=True).click()
        await expect(page).to_have_url(f"{url}/lugares/fanout")
        await page.get_by_role("link", name="Explorar").click()
        await expect(page.get_by_role("link", name="RO Rondônia")).to_be_visible()
        await page.wait_for_load_state("networkidle")  # the service ends before the page


@each_view
async def test_a_page_is_for_everyone(whole_country: str, open_page: OpenPage, view: str) -> None:
    """axe-core finds no fault, colours follow the system, and no phone has to scroll sideways."""
    page = await open_page(f"{whole_country}/{view}", color_scheme="light")
    await page.wait_for_load_state("networkidle")
    light = await page.evaluate(GROUND)
    faults = await axe_faults(page)
    await page.emulate_media(color_scheme="dark")
    await page.evaluate("Promise.all(document.getAnimations().map(({ finished }) => finished))")
    dark = await page.evaluate(GROUND)
    faults += await axe_faults(page)
    await page.set_viewport_size({"width": 390, "height": 844})

    assert faults == []
    assert light == "rgb(247, 248, 246)" != dark
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
