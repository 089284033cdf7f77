"""Actions of people without a pointer."""

from playwright.async_api import Locator, Page


async def press_tab_to(page: Page, target: Locator) -> None:
    """Presses Tab until the focus is on this element."""
    for _ in range(20):
        await page.keyboard.press("Tab")
        if await target.evaluate("each => each === document.activeElement"):
            return
    raise AssertionError(f"{target} cannot be reached with the Tab key")
