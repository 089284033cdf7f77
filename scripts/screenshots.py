"""Takes pictures of the pages over the stand-in upstream: `make screenshots`.

Without options, it takes those that the READMEs show, into docs/screenshots. With
`--all --to FOLDER`, it takes every view at every width, light and dark, for inspection.
"""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, Page, async_playwright

from src.entrypoints.api import create_app
from src.entrypoints.features import Settings
from src.infra.storage.localities.bundled_snapshot import bundled_snapshot
from stand_in.contents import contents_of
from stand_in.faults import Behaviour
from stand_in.localities.content import BASE_PATH
from stand_in.localities.upstream_rows import with_new_city
from stand_in.server import StandIn
from tests.browser.chromium import launch_chromium
from tests.helpers.serving import served

SHOWN = Path(__file__).resolve().parents[1] / "docs" / "screenshots"
HEIGHTS = {1280: 820, 390: 844}  # by width
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


async def nothing(_: Page) -> None:
    """Leaves the view as it was opened."""


async def copy_a_code(page: Page) -> None:
    """Copies a code with one click."""
    await page.locator("#view .copy").first.click()


async def lose_the_connection(page: Page) -> None:
    """Loses the connection, so that the search fails."""
    await page.context.set_offline(True)
    await page.get_by_role("searchbox").fill("recife")
    await page.get_by_role("button", name="Tentar de novo").wait_for()


async def wait_for_the_end(page: Page) -> None:
    """Waits until the collection that began with the service is over."""
    await page.locator("#outcome[data-situation=concluida]").wait_for()


async def choose_a_state(page: Page) -> None:
    """Shows a state's requests one by one, with one of them described."""
    await wait_for_the_end(page)
    await page.locator(".tile[data-root=RO]").click()
    await page.get_by_role("slider").press("ArrowDown")
    await page.get_by_role("slider").scroll_into_view_if_needed()


async def begin_a_collection(page: Page) -> None:
    """Starts a collection, and waits until it is in full swing."""
    await wait_for_the_end(page)
    await page.get_by_role("button", name="Atualizar agora").click()
    await page.locator(".tile[data-situation=em_andamento]").nth(5).wait_for()


@dataclass(frozen=True)
class View:
    """A page at an address, after something was done there."""

    name: str
    address: str
    prepare: Callable[[Page], Awaitable[None]] = nothing


EXPLORER = View("explorer", "")
FOUND = View("explorer-found", "#/?q=belo horizonte")
FAN_OUT = View("fanout", "fanout", wait_for_the_end)
VIEWS = (
    EXPLORER,
    FOUND,
    View("explorer-many", "#/?q=sul"),
    View("explorer-nothing", "#/?q=xyzkw"),
    View("explorer-state", "#/MG"),
    View("explorer-city", "#/3106200", copy_a_code),
    View("explorer-district", "#/355030890"),
    View("explorer-trouble", "", lose_the_connection),
    FAN_OUT,
    View("fanout-state", "fanout", choose_a_state),
    View("fanout-running", "fanout", begin_a_collection),
)

# The pictures in the READMEs.
PICTURES: tuple[tuple[View, int, Scheme], ...] = (
    (EXPLORER, 1280, "light"),
    (FOUND, 390, "dark"),
    (FAN_OUT, 1280, "dark"),
    (FAN_OUT, 390, "light"),
)


async def take(browser: Browser, url: str, view: View, width: int, scheme: Scheme) -> bytes:
    """A picture of the first screen of a view, in a window of this width."""
    context = await browser.new_context(
        viewport={"width": width, "height": HEIGHTS[width]},
        color_scheme=scheme,
        locale="pt-BR",
        timezone_id="America/Sao_Paulo",
    )
    page = await context.new_page()
    await page.goto(f"{url}/{view.address}")
    await page.wait_for_load_state("networkidle")
    await view.prepare(page)
    await page.wait_for_timeout(300)  # colours fade
    picture = await page.screenshot()
    await context.close()
    return picture


async def main() -> None:
    """Serves the pages, and takes the pictures one by one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true", help="every view, width and colour scheme")
    parser.add_argument("--to", type=Path, default=SHOWN, help="the folder to write to")
    arguments = parser.parse_args()
    every = ((view, width, scheme) for view in VIEWS for width in HEIGHTS for scheme in SCHEMES)
    arguments.to.mkdir(parents=True, exist_ok=True)
    async with (
        StandIn(
            *contents_of(with_new_city(bundled_snapshot().states)),
            behaviour=Behaviour(latency_s=0.1),
        ) as upstream,
        served(
            create_app(
                Settings(
                    _env_file=None,
                    ibge_base_url=upstream.url + BASE_PATH,
                    snapshot_store="memory:",
                    refresh_min_interval_s=0,
                )
            )
        ) as url,
        async_playwright() as playwright,
        await launch_chromium(playwright) as browser,
    ):
        for view, width, scheme in every if arguments.all else PICTURES:
            file = arguments.to / f"{view.name}-{width}-{scheme}.png"
            file.write_bytes(await take(browser, url, view, width, scheme))
            print(f"{file} ({file.stat().st_size / 1000:.0f} kB)")


if __name__ == "__main__":
    asyncio.run(main())
