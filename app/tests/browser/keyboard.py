"""What people do who use no pointer."""

from playwright.async_api import Locator, Page


async def press_tab_to(page: Page, target: Locator) -> None:
    """Goes on with the Tab key until the focus is here."""
    for _ in range(20):
        await page.keyboard.press("Tab")
        if await target.evaluate("each => each === document.activeElement"):
            return
    raise AssertionError(f"{target} cannot be reached with the Tab key")
