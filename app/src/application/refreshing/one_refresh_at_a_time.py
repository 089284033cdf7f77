"""Runs refreshes, never two at once, and sees to whatever becomes of them."""

import asyncio
import logging
from dataclasses import dataclass, field
from typing import Any

from src.application.ports.upstream_errors import UpstreamError
from src.application.refreshing.current_edition import CurrentEdition
from src.application.refreshing.refresh_log import RefreshLog
from src.application.refreshing.refresh_snapshot import LostRefreshError, RefreshSnapshot
from src.application.refreshing.task_cancellation import cancel_and_wait

log = logging.getLogger(__name__)


@dataclass(kw_only=True)
class OneRefreshAtATime:
    """Starts a refresh if none runs in this process, and reports its result to its schedule."""

    current: CurrentEdition[Any, Any]  # what its result replaces
    refresh: RefreshSnapshot[Any]  # makes one
    refresh_log: RefreshLog  # for operators
    # Set as soon as the last refresh's result can be read, though it is not stored yet.
    is_known: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _running: asyncio.Task[bool] | None = field(default=None, init=False)

    @property
    def running(self) -> asyncio.Task[bool] | None:
        """The refresh that runs now, if any."""
        return self._running if self._running is not None and not self._running.done() else None

    def start(
        self, *, afresh: bool = False, by_hand: bool = False, any_change: bool = False
    ) -> asyncio.Task[bool]:
        """Start a refresh if none runs; its task, or that one's.

        The task says whether the refresh was made here, and not by another process meanwhile.
        `afresh`, `by_hand` and `any_change` are RefreshSnapshot's.
        """
        running = self.running
        if running is None:
            self.is_known.clear()
            running = asyncio.create_task(
                self._run(afresh=afresh, by_hand=by_hand, any_change=any_change)
            )
            self._running = running
        return running

    async def take_over(self) -> bool:
        """Publish what another process has stored since; False if there is nothing newer."""
        is_newer = await self.refresh.take_over()
        if is_newer:
            self.refresh_log.taken_over()
        return is_newer

    async def break_off(self) -> None:
        """Break off the running refresh, if any, and leave what is known as it is."""
        if self.running is None:
            return
        await cancel_and_wait(self.running)
        if self.refresh.schedule.is_due:  # or it would begin again at once
            self.refresh.schedule.failed(self.refresh.known)
        await self.current.settle_for_bundled()
        self.is_known.set()

    async def aclose(self) -> None:
        """Break off the running refresh; what is known, but not stored yet, is stored."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self.refresh.ends_within_s
        self.is_known.set()
        if self._running is not None:
            await cancel_and_wait(self._running)
        await self.refresh.last_good.save_at_the_end(within_s=until - loop.time())

    async def _run(self, **how: bool) -> bool:
        started = asyncio.get_running_loop().time()
        is_made_here = True
        try:
            is_made_here = await self._collected(started, **how)
        except LostRefreshError:
            is_made_here = False
            self.refresh.schedule.failed(self.refresh.known)
        except UpstreamError as error:
            self.refresh_log.failed(error)
            self.refresh.schedule.upstream_failed(self.refresh.known, asked_s=error.retry_after_s)
        except Exception:
            # An internal error must not end the refreshing; the traceback shows it.
            log.exception("A coleta falhou por um erro interno")
            self.refresh.schedule.failed(self.refresh.known)
        else:
            self.refresh.schedule.brought(self.refresh.known)
        await self.current.settle_for_bundled()
        self.is_known.set()
        return is_made_here

    async def _collected(self, started: float, **how: bool) -> bool:
        """Whether it was collected here, and not taken over."""
        while True:
            try:
                collected = await self.refresh.execute(when_known=self.is_known.set, **how)
            except LostRefreshError:
                await self.current.settle_for_bundled()
                if self.current.best is not None:
                    raise  # there is something to answer, so there is no hurry
            else:
                if collected is not None:
                    seconds = asyncio.get_running_loop().time() - started
                    self.refresh_log.collected(collected, seconds)
                return collected is not None
