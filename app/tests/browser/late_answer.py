"""An answer that a page has to wait for."""

import asyncio
from contextlib import suppress

from playwright.async_api import Error, Page, Route


class LateAnswer:
    """The answer to a request, which is held until a test lets it reach the page."""

    def __init__(self) -> None:
        self.is_asked = asyncio.Event()
        self._may_come = asyncio.Event()
        self._has_come = asyncio.Event()

    async def hold(self, route: Route) -> None:
        """Answers the request of this route later."""
        self.is_asked.set()
        await self._may_come.wait()
        with suppress(Error):  # the page does not wait for it any more
            await route.fulfill(response=await route.fetch())
        self._has_come.set()

    async def reach(self, page: Page) -> None:
        """Lets it reach the page, and what comes behind it, too."""
        self._may_come.set()
        await self._has_come.wait()
        await page.evaluate("fetch('health/live').then((answer) => answer.text())")
