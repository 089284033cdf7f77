"""What axe-core finds on a page."""

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

# The rules that a name contains its visible text (WCAG 2.5.3) and that a finger finds what it is to
# touch (2.5.8) are off by default.
RULES = {rule: {"enabled": True} for rule in ("label-content-name-mismatch", "target-size")}
AXE = {"resultTypes": ["violations"], "rules": RULES}


async def axe_faults(page: Page) -> list[tuple[str, str]]:
    """Each rule that the page breaks now, with the element that does."""
    found = await Axe().run(page, options=AXE)
    return [
        (fault["id"], node["html"])
        for fault in found.response["violations"]
        for node in fault["nodes"]
    ]
