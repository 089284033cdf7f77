"""The followers of refreshes in this process, while these go on."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from src.application.ports.refresh_progress import Progress
from src.application.telling.recent_moments import Piece, Place
from src.application.telling.refresh_reader import RefreshReader
from src.application.telling.refreshes import Refreshes


@dataclass(kw_only=True)
class Followers:
    """Tells each follower the moments of a refresh, as the bytes that `write` makes of them.

    One reader reads the journal for all, from the first that comes until the last has left.
    Nothing is queued for anybody: each follower has its place among the moments that were read
    last, and takes what was told since. Those are several moments at once if it is slow, or one of
    a crowd: up to a hundred followers get news ten times a second, a thousand once a second, and
    all of them at once if a refresh has ended. A follower that is so slow that some moments are
    forgotten reads the journal by itself.

    What a follower gets ends with the process, or after `longest_following_s`; it is empty if there
    was nothing new for `quiet_s`. All of it raises RefreshJournalError if the journal cannot be
    read.
    """

    refreshes: Refreshes
    write: Callable[[Progress], bytes]
    _reader: RefreshReader | None = field(default=None, init=False)

    async def follow(self, refresh: str, *, after: int = -1) -> AsyncGenerator[bytes, None]:
        """Every moment of a refresh after the one with this number, until its end."""
        with self._reading() as reader:
            await reader.newest()
            async for piece in self._pieces(reader, Place(refresh, after), until_its_end=True):
                if piece.end.refresh != refresh:
                    return
                yield piece.written
                if piece.has_ended:
                    return

    async def follow_newest(
        self, *, refresh: str | None = None, after: int = -1
    ) -> AsyncGenerator[bytes, None]:
        """Every moment of the refresh that began last, and then of each later one.

        `refresh` and `after` name the moment after which to go on, if that is still the last.
        """
        with self._reading() as reader:
            newest = await reader.newest()
            place = Place(newest, after if newest == refresh else -1)
            async for piece in self._pieces(reader, place, until_its_end=False):
                yield piece.written

    @contextmanager
    def _reading(self) -> Iterator[RefreshReader]:
        """The reader for one more follower; it stops behind the last."""
        if self._reader is None or not self._reader.is_reading:
            self._reader = RefreshReader(self.refreshes, write=self.write)
        reader = self._reader
        reader.followers += 1
        try:
            yield reader
        finally:
            reader.followers -= 1
            if reader.followers == 0:
                reader.stop()
                # Another one may be reading already, if this one has failed.
                self._reader = self._reader if self._reader is not reader else None

    async def _pieces(
        self, reader: RefreshReader, place: Place, *, until_its_end: bool
    ) -> AsyncIterator[Piece]:
        """The moments after that, piece by piece: of the refresh there, or of later ones, too."""
        looking, loop = self.refreshes.looking, asyncio.get_running_loop()
        until = loop.time() + looking.longest_following_s
        while reader.is_reading and (left_s := until - loop.time()) > 0:
            pieces = await self._next(reader, place)
            for piece in pieces:
                place = piece.end
                yield piece
            if pieces:
                if pieces[-1].has_ended and reader.recent.after(place) is None:
                    place = _beyond(place, reader.place)
                continue
            if until_its_end and reader.has_ended and reader.place.refresh == place.refresh:
                return
            if not await reader.crowd.wait(min(looking.quiet_s, left_s)):
                yield Piece(b"", place)
        reader.check()

    async def _next(self, reader: RefreshReader, place: Place) -> list[Piece]:
        """The next moments after that; nothing if there is no news."""
        if reader.recent.after(place) is None:
            told = await self.refreshes.next_of(*place)
            if told is None:
                return [Piece(b"", _beyond(place, reader.place))]
            if told:
                return [reader.piece(progress) for progress in told]
        # Without another wait: it may have been told since.
        news = reader.recent.after(place)
        return [news] if news is not None and news.end != place else []


def _beyond(place: Place, newest: Place) -> Place:
    """Where to go on after a refresh that has ended: with the newest."""
    return newest if newest.refresh == place.refresh else Place(newest.refresh, -1)
