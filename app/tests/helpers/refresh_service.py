"""The use cases of refreshes, over a journal in memory and refreshes that the test writes."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import msgspec

from src.application.ports.refresh_progress import Progress
from src.application.refreshing.ask_for_refresh import AskForRefresh
from src.application.telling.followers import Followers
from src.application.telling.refreshes import Looking, Refreshes
from src.infra.storage.journals.journal_lines import to_line
from src.infra.storage.journals.memory_journal import MemoryJournal
from tests.helpers.fakes import Clock

INTERVAL_S = 60

# A hundredth of the service's own times.
LOOKING = Looking(running_s=0.001, next_s=0.001)


class Service:
    """The use cases, with refreshes that record what the test says.

    `is_made_here` is the result of each refresh, `running` the one that runs, `rests_s` the pause
    that the upstream has asked for. `begun` gets the first moment of a refresh of this process.
    Refreshes are looked for as `looking` says, for `begins_within_s` until one begins.
    """

    def __init__(self, *moments: Progress, begins_within_s: float = 5, **looking: Any) -> None:
        self.journal = MemoryJournal()
        self.clock = Clock()
        self.started = 0
        self.believes_any_change = False
        self.moments = moments
        self.is_made_here = True
        self.running: asyncio.Task[bool] | None = None
        self.rests_s = 0.0
        self.refreshes = Refreshes(
            journal=self.journal,
            address="/refreshes",
            now=self.clock,
            looking=replace(LOOKING, **looking),
        )
        self.followers = Followers(
            refreshes=self.refreshes, write=lambda progress: to_line(progress) + b"\n"
        )
        self.begun: asyncio.Future[Progress] = asyncio.get_running_loop().create_future()
        self.ask = AskForRefresh(
            refreshes=self.refreshes,
            start=self.start,
            running=lambda: self.running,
            begun=lambda: self.begun,
            upstream="a fonte",
            upstream_rests_s=lambda: self.rests_s,
            min_interval_s=INTERVAL_S,
            now=self.clock,
            begins_within_s=begins_within_s,
            look_every_s=0.001,
        )

    def start(self, any_change: bool) -> asyncio.Task[bool]:  # noqa: FBT001  # as AskForRefresh has it
        """Begins a refresh; notes whether it believes any change."""
        if self.running is not None:
            return self.running
        self.started += 1
        self.believes_any_change = any_change
        return asyncio.create_task(self.refresh(self.moments))

    async def refresh(self, moments: tuple[Progress, ...]) -> bool:
        """Records these moments as one refresh."""
        await self.tell(*moments)
        return self.is_made_here

    async def follow(self, refresh: str, *, after: int = -1) -> AsyncGenerator[Progress, None]:
        """The moments that a follower of this refresh gets."""
        async with aclosing(self.followers.follow(refresh, after=after)) as told:
            async for progress in _moments(told):
                yield progress

    async def follow_newest(
        self, *, refresh: str | None = None, after: int = -1
    ) -> AsyncGenerator[Progress, None]:
        """The moments that a follower of the newest refresh gets."""
        async with aclosing(self.followers.follow_newest(refresh=refresh, after=after)) as told:
            async for progress in _moments(told):
                yield progress

    async def tell(self, *moments: Progress) -> None:
        """Records these moments as any process does."""
        for each in moments:
            await asyncio.sleep(0.002)
            await self.journal.append(each)


async def _moments(told: AsyncIterator[bytes]) -> AsyncIterator[Progress]:
    async for lines in told:
        for line in lines.splitlines():
            yield msgspec.json.decode(line, type=Progress)
