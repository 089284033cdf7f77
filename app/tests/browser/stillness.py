"""Whether a page holds still."""

from typing import Any

from playwright.async_api import Page

# The bound for "good": https://web.dev/articles/cls. Here all shifts together stay below it, not
# only the worst five seconds.
MOST = 0.1

# Notes each element that moved without the user's doing, and how much.
WATCH = """
  window.shifts = [];
  const named = ({ node }) => node?.id || node?.className || node?.nodeName;
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, sources } of list.getEntries()) {
      if (!hadRecentInput) window.shifts.push([value, sources.map(named)]);
    }
  }).observe({ type: "layout-shift", buffered: true });
"""


def window(width: int) -> dict[str, Any]:
    """A window of this width that notes its shifts."""
    return {"viewport": {"width": width, "height": 844}, "script": WATCH}


async def shifts(page: Page) -> list[tuple[float, list[str]]]:
    """All shifts so far, including those of the last frame."""
    moved: list[tuple[float, list[str]]] = await page.evaluate(
        """new Promise((done) => {
          requestAnimationFrame(() => setTimeout(() => done(window.shifts)));
        })"""
    )
    return moved
