"""The use case: refresh the last good snapshot, once for all who share it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from src.application.ports.upstream import UpstreamError
from src.application.refreshing.last_good_snapshot import LOOK_EVERY_S, LastGoodSnapshot
from src.application.telling.refresh_recorder import Recording, RefreshRecorder
from src.domain.localities.territory import InvalidTerritoryError
from src.domain.snapshot import Snapshot
from src.domain.succession import succeed, unread


class LostRefreshError(Exception):
    """Another process's refresh has ended without a result: it failed, or was killed."""


class RefreshSnapshot:
    """Collects, completes from the last good snapshot what could not be read, and keeps the result.

    Of all the processes that share a store one collects at a time; the others wait for what it
    stores.

    Args:
        collect: collects a live snapshot; raises UpstreamError or InvalidTerritoryError.
        last_good: what there is, and where the result is kept.
        bundled: loads what ships with the code, for parts of which nothing else is known; it
            answers None where that is not wanted.
        recorder: writes down how it goes.
    """

    def __init__(
        self,
        *,
        collect: Callable[[], Awaitable[Snapshot]],
        last_good: LastGoodSnapshot,
        bundled: Callable[[], Awaitable[Snapshot | None]],
        recorder: RefreshRecorder,
    ) -> None:
        self._collect = collect
        self._last_good = last_good
        self._bundled = bundled
        self._recorder = recorder

    async def execute(
        self, *, afresh: bool, when_known: Callable[[], object], by_hand: bool = False
    ) -> Snapshot | None:
        """Refresh, here or by waiting for the process that does it already.

        Args:
            afresh: collect though a newer snapshot was stored in the meantime.
            when_known: called as soon as the result is there, before it is stored.
            by_hand: somebody asked for it.

        Returns what was collected here, or None where another process's snapshot was taken over.

        Raises:
            UpstreamError, InvalidTerritoryError: nothing at all could be read.
            LostRefreshError: another process's refresh was waited for in vain.
        """
        has_waited = False
        while True:
            async with self._last_good.turn() as is_ours:
                is_newer = await self._last_good.take_over()
                if is_newer and (has_waited or not afresh):
                    return None
                if is_ours and has_waited:
                    raise LostRefreshError
                if is_ours:
                    async with self._recorder.recording(by_hand=by_hand) as recording:
                        return await self._collect_and_keep(when_known, recording)
            has_waited = True
            await asyncio.sleep(LOOK_EVERY_S)

    async def _collect_and_keep(
        self, when_known: Callable[[], object], recording: Recording
    ) -> Snapshot:
        earlier = self._last_good.snapshot
        try:
            collected = await self._collect()
        except (UpstreamError, InvalidTerritoryError) as error:
            if earlier is not None:
                await self._keep(unread(earlier, str(error)), when_known)
            raise
        if earlier is None:
            earlier = await self._bundled()
        if earlier is not None:
            # Tens of thousands of comparisons: off the event loop.
            collected = await asyncio.to_thread(succeed, earlier, collected)
        recording.collected(collected)
        await self._keep(collected, when_known)
        return collected

    async def _keep(self, snapshot: Snapshot, when_known: Callable[[], object]) -> None:
        await self._last_good.put(snapshot)
        when_known()
        await self._last_good.save()
