"""`/`: codes are copied, and places are downloaded."""

import asyncio
import csv
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from src.domain.localities.territory import State
from src.infra.process.clock import utc_now
from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.asyncio(loop_scope="session")

# A page over plain HTTP from another machine has no clipboard.
NO_CLIPBOARD = "delete Navigator.prototype.clipboard"
NO_COPYING = f"{NO_CLIPBOARD}; document.execCommand = () => false"


def code(page: Page) -> Locator:
    """The button of a code, with which the codes of the city's districts begin."""
    return page.get_by_role("button", name="Copiar código 3106200 de Belo Horizonte")


async def test_a_click_copies_a_code(whole_country: str, open_page: OpenPage) -> None:
    """It is in the clipboard, which the page shows at the code and reads aloud."""
    page = await open_page(
        f"{whole_country}/#/3106200", permissions=["clipboard-read", "clipboard-write"]
    )
    await page.clock.install()
    await page.clock.pause_at(utc_now() + timedelta(hours=1))  # what is shown for a while stays

    await code(page).click()

    await expect(page.get_by_role("status").last).to_have_text("Código 3106200 copiado.")
    await expect(page.locator(".copied")).to_have_text("3106200")
    assert await page.evaluate("navigator.clipboard.readText()") == "3106200"


async def test_a_code_is_copied_without_the_clipboard_of_secure_pages(
    whole_country: str, open_page: OpenPage
) -> None:
    """Pasting gives the code, and the focus stays on its button."""
    page = await open_page(f"{whole_country}/#/3106200", script=NO_CLIPBOARD)

    await code(page).click()

    await expect(page.get_by_role("status").last).to_have_text("Código 3106200 copiado.")
    await expect(code(page)).to_be_focused()
    await page.get_by_role("searchbox").first.focus()
    await page.keyboard.press("ControlOrMeta+V")
    await expect(page.get_by_role("searchbox").first).to_have_value("3106200")


async def test_the_address_of_the_api_is_copied(whole_country: str, open_page: OpenPage) -> None:
    """It is complete, ready to be pasted into a program."""
    page = await open_page(whole_country, permissions=["clipboard-read", "clipboard-write"])

    await page.get_by_role("button", name="Copiar o endereço").click()

    address = f"{whole_country}/api/v1/states"
    await expect(page.get_by_role("status").last).to_have_text(f"Endereço {address} copiado.")
    await expect(page.get_by_role("link", name=address)).to_be_visible()
    assert await page.evaluate("navigator.clipboard.readText()") == address


async def test_a_copy_that_fails_is_reported(whole_country: str, open_page: OpenPage) -> None:
    """The message has the code, to be typed."""
    page = await open_page(f"{whole_country}/#/3106200", script=NO_COPYING)

    await code(page).click()

    await expect(page.get_by_role("status").last).to_have_text(
        "O navegador não deixou copiar. O código é 3106200."
    )


async def test_all_places_are_downloaded(
    whole_country: str, open_page: OpenPage, brazil: tuple[State, ...]
) -> None:
    """Each district is a line, after the mark by which spreadsheets know UTF-8.

    The columns are parted as spreadsheets in Portuguese expect it.
    """
    page = await open_page(whole_country)

    name, rows = await downloaded(page, "Baixar tudo em CSV")

    assert name == "estados-e-cidades.csv"
    assert len(rows) == sum(districts(state) for state in brazil)


async def test_the_places_of_one_state_are_downloaded(
    whole_country: str, open_page: OpenPage, brazil: tuple[State, ...]
) -> None:
    """The lines are the same, without those of other states, which are not asked for."""
    page = await open_page(f"{whole_country}/#/AC")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    name, rows = await downloaded(page, "Baixar AC em CSV")

    assert name == "estados-e-cidades-AC.csv"
    assert asked == [f"{whole_country}/api/v1/states/AC?separator=;"]
    assert {row["estado_sigla"] for row in rows} == {"AC"}
    assert len(rows) == sum(districts(state) for state in brazil if state.sigla == "AC")


async def downloaded(page: Page, button: str) -> tuple[str, list[dict[str, str]]]:
    """The name of the file that a click on this button saves, and its rows."""
    async with page.expect_download() as coming:
        await page.get_by_role("button", name=button).click()
        await expect(page.get_by_role("status").last).to_have_text("Arquivo CSV baixado.")
    download = await coming.value
    text = (await asyncio.to_thread(Path(await download.path()).read_bytes)).decode()
    assert text.startswith("\ufeff")
    assert text.endswith("\r\n")
    return download.suggested_filename, list(csv.DictReader(text[1:].splitlines(), delimiter=";"))


def districts(state: State) -> int:
    """The number of districts in a state."""
    return sum(len(city.distritos or ()) for city in state.cidades)


async def test_a_download_that_fails_is_reported(whole_country: str, open_page: OpenPage) -> None:
    """The button can be clicked again."""
    page = await open_page(whole_country, requests_fail=True)
    await page.context.set_offline(True)

    button = page.get_by_role("button", name="Baixar tudo em CSV")
    await button.click()

    await expect(page.get_by_role("status").last).to_have_text(
        "O serviço não respondeu. Confira a conexão e tente de novo."
    )
    await expect(button).not_to_have_attribute("aria-busy", "true")
