"""The use case: refresh the last good snapshot, once for all processes that share it.

turn → collect → succeed → publish → store
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Generic

from src.application.keeping.fallible_store import FallibleStore
from src.application.keeping.last_good_snapshot import LOOK_EVERY_S, LastGoodSnapshot
from src.application.ports.refresh_progress import Phase
from src.application.ports.upstream_errors import UpstreamError, UpstreamMalformedError
from src.application.refreshing.schedule import Schedule
from src.application.refreshing.task_cancellation import finished
from src.application.telling.refresh_recorder import Recording, RefreshRecorder
from src.domain.credible_change import ANY_CHANGE, CredibleChange
from src.domain.judgement import believed_beside
from src.domain.snapshot import S
from src.domain.succession import succeed, unread


class LostRefreshError(Exception):
    """Another process's refresh was waited for, and brought nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshSnapshot(Generic[S]):
    """One process at a time collects; the others wait for what it stores."""

    collect: Callable[[], Awaitable[S]]  # collects a live snapshot; raises UpstreamError
    publish: Callable[[S], Awaitable[None]]  # lets everyone here read a snapshot
    store: FallibleStore[S]  # gives processes their turns
    last_good: LastGoodSnapshot[S]  # the last good snapshot, which the result replaces
    schedule: Schedule  # knows how long the upstream is left alone, as other processes are to
    # Loads what ships with the code, for parts of which nothing else is known; it answers None if
    # that is not wanted.
    bundled: Callable[[], Awaitable[S | None]]
    recorder: RefreshRecorder  # writes down how it goes
    standstills: Callable[[], int] = lambda: 0  # counts how often this process stood still
    change: CredibleChange | None = None  # how much may change from one snapshot to the next
    # How often to look whether another process has ended, in seconds.
    look_every_s: float = LOOK_EVERY_S
    # For how many seconds what is collected may still be stored once the process is to end.
    ends_within_s: float = 3.0

    @property
    def known(self) -> S | None:
        """The last good snapshot."""
        return self.last_good.snapshot

    async def execute(
        self,
        *,
        afresh: bool,
        when_known: Callable[[], object],
        by_hand: bool = False,
        any_change: bool = False,
    ) -> S | None:
        """Refresh, here or by waiting for the process that does it already.

        Args:
            afresh: collect though a newer snapshot was stored in the meantime.
            when_known: called as soon as the result can be read, before it is stored.
            by_hand: somebody asked for it.
            any_change: somebody vouches for whatever has changed.

        Returns what was collected here, or None if another process's snapshot was taken over or
        the upstream is to be left alone.

        Raises:
            UpstreamError: nothing at all could be read.
            LostRefreshError: another process's refresh was waited for in vain.
        """
        has_waited = has_dropped = False
        while True:
            async with self.store.turn() as is_ours:
                is_newer = await self.take_over()
                if is_newer and (has_waited or not afresh):
                    return None
                if self.schedule.upstream_rests_s > 0:  # as another process has been asked to
                    return None
                if is_ours and has_waited:
                    raise LostRefreshError
                if is_ours:
                    async with self.recorder.recording(by_hand=by_hand) as recording:
                        change = ANY_CHANGE if any_change else self.change
                        collected = await self._refresh(
                            recording, when_known, change, may_drop=not has_dropped
                        )
                    if collected is not None:
                        return collected
                    has_dropped = True
                    continue  # by now, another process may have collected
            has_waited = True
            await asyncio.sleep(self.look_every_s)

    async def take_over(self) -> bool:
        """Publish what another process has stored since; False if there is nothing newer.

        If what was taken at the start turns out not to be credible, a refresh is due.
        """
        completed = await self.last_good.look_closely()
        if completed is not None:
            await self.publish(completed)
            self.schedule.brought(None)
        newer = await self.last_good.take_over()
        if newer is not None:
            await self.publish(newer)
            self.schedule.taken_over(newer)
        return newer is not None

    async def _refresh(
        self,
        recording: Recording,
        when_known: Callable[[], object],
        change: CredibleChange | None,
        *,
        may_drop: bool,
    ) -> S | None:
        """What has become of a collection; None if it was dropped.

        It is if the process stood still meanwhile, for what it read before may be weeks old. But
        not twice, or a machine that often stands still would never collect.
        """
        standstills = self.standstills()
        try:
            snapshot = await self.collect()
        except UpstreamError as error:
            if self.standstills() == standstills:
                await finished(self._all_kept(error, when_known), within_s=self.ends_within_s)
            raise
        if may_drop and self.standstills() > standstills:
            recording.phase = Phase.BROKEN_OFF
            return None
        kept = self._kept(snapshot, recording, when_known, change)
        return await finished(kept, within_s=self.ends_within_s)

    async def _kept(
        self,
        snapshot: S,
        recording: Recording,
        when_known: Callable[[], object],
        change: CredibleChange | None,
    ) -> S:
        """What has become of a collection, published and stored."""
        known = await self._known_by_now()
        if known is not None:
            snapshot = snapshot.dated_after(known)
        earlier = known if known is not None else await self.bundled()
        # Tens of thousands of comparisons: off the event loop.
        snapshot = await asyncio.to_thread(succeed, earlier, snapshot, change)
        if not snapshot.roots:
            raise UpstreamMalformedError("a coleta veio vazia")
        if known is not None and known.roots != snapshot.roots and snapshot.believed_at is None:
            bundled = await self.bundled()
            if bundled is not None:
                snapshot = await asyncio.to_thread(believed_beside, bundled, snapshot, self.change)
        recording.collected(snapshot)
        await self._publish_and_store(snapshot, when_known)
        return snapshot

    async def _all_kept(self, error: UpstreamError, when_known: Callable[[], object]) -> None:
        """The last good snapshot, published and stored again if nothing could be read."""
        known = await self._known_by_now()
        if known is not None:
            await self._publish_and_store(unread(known, str(error)), when_known)

    async def _known_by_now(self) -> S | None:
        """The last good snapshot at the end of a collection.

        A process that is frozen loses its turn, and another one may have stored a newer snapshot.
        """
        if not self.store.is_out_of_reach:
            await self.take_over()
        return self.last_good.snapshot

    async def _publish_and_store(self, snapshot: S, when_known: Callable[[], object]) -> None:
        snapshot = replace(snapshot, upstream_rests_until=self.schedule.upstream_rests_until)
        await self.last_good.put(snapshot)
        await self.publish(snapshot)
        when_known()
        await self.last_good.save()
