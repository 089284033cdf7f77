"""The moments that were read last, written once for all followers."""

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

# A follower that takes its time holds one piece of this size, or one moment if that is larger.
PIECE_BYTES = 64 * 1024


class Place(NamedTuple):
    """A place in the journal: behind the moment of a refresh with this number."""

    refresh: str
    number: int


# Before the first refresh; none has this id.
NOWHERE = Place("0", -1)


class Piece(NamedTuple):
    """Moments of one refresh as they are written, one behind the other; it may be empty."""

    written: bytes
    end: Place
    has_ended: bool = False  # whether nothing more follows of this refresh


class RecentMoments:
    """What was told last, in order: as much as `most_bytes`, and at least the last moment."""

    def __init__(self, *, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._moments = deque([Piece(b"", NOWHERE)])
        # What was given last: followers that get news together have the same place.
        self._given: tuple[Place, Piece | None] | None = None

    def add(self, moment: Piece) -> None:
        """One more moment was told, or a refresh begins, without one yet."""
        self._given = None
        self._moments.append(moment)
        self._bytes += len(moment.written)
        while self._bytes > self._most_bytes and len(self._moments) > 1:
            self._bytes -= len(self._moments.popleft().written)

    def after(self, place: Place) -> Piece | None:
        """What was told after that, PIECE_BYTES at most; it ends at the same place if nothing was.

        None if some of it is forgotten, or not read yet.
        """
        if self._given is None or self._given[0] != place:
            self._given = place, self._after(place)
        return self._given[1]

    def _after(self, place: Place) -> Piece | None:
        behind: list[Piece] = []
        for moment in reversed(self._moments):
            if moment.end.refresh == place.refresh and moment.end.number <= place.number:
                return _first_of(behind[::-1]) or Piece(b"", place)
            behind.append(moment)
        return None


def _first_of(moments: Sequence[Piece]) -> Piece | None:
    """As many of them as make a piece; None if there are none."""
    taken: list[Piece] = []
    room = PIECE_BYTES
    for moment in moments:
        room -= len(moment.written)
        if taken and (room < 0 or moment.end.refresh != taken[0].end.refresh):
            break
        taken.append(moment)
        if moment.has_ended:
            break
    if not taken:
        return None
    return taken[-1]._replace(written=b"".join(moment.written for moment in taken))
