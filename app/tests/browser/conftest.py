"""A real browser, and pages that watch themselves."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright, expect
from yarl import URL

from tests.browser.chromium import chromium_program, launch_chromium
from tests.helpers.unmeasured import unmeasured

# A busy machine is slow at times; if all is well, this costs nothing.
MOST_MS = 60_000
expect.set_options(timeout=MOST_MS)

OpenPage = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="module", autouse=True)
def no_coverage() -> Iterator[None]:
    """Other tests make all requests that a browser makes: coverage is complete without these."""
    with unmeasured():
        yield


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium without a window; the test is skipped if it is not installed."""
    if chromium_program() is None:
        pytest.skip("they need Chromium: apt install chromium")
    async with async_playwright() as playwright:
        chromium = await launch_chromium(playwright)
        yield chromium
        await chromium.close()


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(browser: Browser) -> AsyncIterator[OpenPage]:
    """Opens an address in the service's language and time zone.

    `script` runs before the page's own, and more options are those of Playwright's contexts.

    The test fails if a page writes an error to the console, if its script stops, or if it asks
    another host for anything. Failed requests are errors in the console, too, unless
    `requests_fail` says that the test is about them.
    """
    faults: list[str] = []
    contexts = []

    async def opening(
        url: str, *, script: str = "", requests_fail: bool = False, **options: Any
    ) -> Page:
        def look_at_request(request: Request) -> None:
            asked = URL(request.url)
            if asked.scheme != "blob" and asked.origin() != URL(url).origin():
                faults.append(f"asked {request.url}")

        def look_at_message(message: ConsoleMessage) -> None:
            is_awaited = requests_fail and message.text.startswith("Failed to load resource")
            # A test may end its service before the page, which keeps asking.
            is_over = message.text.endswith("net::ERR_CONNECTION_REFUSED")
            if message.type == "error" and not is_awaited and not is_over:
                faults.append(f"wrote {message.text}")

        context = await browser.new_context(
            locale="pt-BR", timezone_id="America/Sao_Paulo", **options
        )
        context.set_default_timeout(MOST_MS)
        contexts.append(context)
        await context.add_init_script(script)
        page = await context.new_page()
        page.on("request", look_at_request)
        page.on("console", look_at_message)
        page.on("pageerror", lambda error: faults.append(f"stopped with {error}"))
        await page.goto(url)
        return page

    yield opening
    for context in contexts:
        await context.close()
    assert faults == []
