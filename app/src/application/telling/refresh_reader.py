"""Reads the journal once for all who follow refreshes in this process."""

import asyncio
from collections.abc import Callable

from src.application.ports.refresh_progress import Progress
from src.application.telling.crowd import Crowd
from src.application.telling.recent_moments import NOWHERE, Piece, Place, RecentMoments
from src.application.telling.refresh_recorder import pause_s
from src.application.telling.refreshes import Refreshes


class RefreshReader:
    """Reads the refresh that began last, and then each later one; no other can be running.

    It reads until `stop`, or until the process is about to end. `write` makes the bytes of a
    moment. Needs a running event loop.
    """

    def __init__(self, refreshes: Refreshes, *, write: Callable[[Progress], bytes]) -> None:
        self._refreshes = refreshes
        self._looking = refreshes.looking
        self._write = write
        self.recent = RecentMoments(most_bytes=self._looking.recent_bytes)
        self.crowd = Crowd(every_s=self._looking.running_s)  # waits for what is read
        self.place = NOWHERE  # how far was read
        self.has_ended = True  # whether no more news of the refresh comes there
        self.followers = 0  # for how many it reads
        self._has_looked = asyncio.Event()
        self._reading = asyncio.create_task(self._read())
        self._reading.add_done_callback(self._has_read)

    @property
    def is_reading(self) -> bool:
        """Whether anything is still read."""
        return not self._reading.done()

    def check(self) -> None:
        """Raises RefreshJournalError if that has ended the reading."""
        if not self.is_reading:
            self._reading.result()

    async def newest(self) -> str:
        """The refresh that is read; that of NOWHERE if none has begun yet."""
        await self._has_looked.wait()
        return self.place.refresh

    def piece(self, progress: Progress) -> Piece:
        """This moment as followers get it."""
        place = Place(progress.refresh, progress.number)
        return Piece(self._write(progress), place, progress.has_ended)

    def stop(self) -> None:
        """Nobody follows any more."""
        self._reading.cancel()

    async def _read(self) -> None:
        age_s = 0.0
        while not self._refreshes.is_over:
            if self.has_ended:
                await self._begin_the_next()
                continue
            told = await self._refreshes.next_of(*self.place)
            for progress in told or ():
                moment = self.piece(progress)
                self.recent.add(moment)
                self.place, age_s = moment.end, progress.seconds
            self.has_ended = told is None or (bool(told) and told[-1].has_ended)
            if self.has_ended:
                self.crowd.tell_all()
            elif told:
                self.crowd.tell()
                await asyncio.sleep(0)  # a journal in memory lets nothing else run
            else:
                await self._refreshes.pause(max(self._looking.running_s, pause_s(age_s)))

    async def _begin_the_next(self) -> None:
        newest = await self._refreshes.newest_id()
        if newest is not None and newest != self.place.refresh:
            self.place, self.has_ended = Place(newest, -1), False
            self.recent.add(Piece(b"", self.place))
        self._has_looked.set()
        if self.has_ended:
            await self._refreshes.pause(self._looking.next_s)

    def _has_read(self, reading: asyncio.Task[None]) -> None:
        self._has_looked.set()
        self.crowd.tell_all()
        if not reading.cancelled():
            reading.exception()  # asyncio logs what nobody asks for, and the last may have left
