"""What axe-core finds on a page."""

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

# The rule that a name contains its visible text (WCAG 2.5.3) is off by default.
AXE = {"resultTypes": ["violations"], "rules": {"label-content-name-mismatch": {"enabled": True}}}


async def axe_faults(page: Page) -> list[tuple[str, str]]:
    """Each rule that the page breaks now, with the element that does."""
    found = await Axe().run(page, options=AXE)
    return [
        (fault["id"], node["html"])
        for fault in found.response["violations"]
        for node in fault["nodes"]
    ]
