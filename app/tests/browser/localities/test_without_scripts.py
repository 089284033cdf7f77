"""Without scripts, the pages say so and lead to what works without them."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize(
    ("path", "first", "useless"),
    [
        ("", "os estados", ["#search", "#source", "[data-csv]"]),
        ("fanout", "a coleta atual ou a última, em JSON", ["#answer", "#refresh", "#tiles"]),
    ],
)
async def test_a_page_without_scripts_says_what_works(
    whole_country: str, open_page: OpenPage, path: str, first: str, useless: list[str]
) -> None:
    """Each of its links works, and the parts that need scripts are hidden."""
    page = await open_page(f"{whole_country}/{path}", java_script_enabled=False)

    assert "JavaScript" in await page.locator("noscript").inner_text()
    await expect(page.locator("noscript a").first).to_have_text(first)
    await expect(page.locator("noscript a").first).to_be_visible()
    for selector in useless:
        await expect(page.locator(selector)).to_be_hidden()
    for link in await page.locator("main a").all():
        answer = await page.request.get(f"{whole_country}/{await link.get_attribute('href')}")
        assert answer.ok, answer.url
