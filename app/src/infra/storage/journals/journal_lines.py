"""A moment of a refresh as one line of JSON."""

import re
from collections.abc import Sequence
from datetime import timedelta

import msgspec

from src.application.ports.refresh_journal import AT_A_TIME
from src.application.ports.refresh_progress import Progress

# The id of a refresh until the year 2527; others are somebody else's, and count for nothing.
ID = re.compile("0[0-9a-f]{19}")

_DECODER = msgspec.json.Decoder(Progress)


def to_line(progress: Progress) -> bytes:
    """The line, without its end."""
    return msgspec.json.encode(progress)


def last_of(lines: Sequence[bytes]) -> Progress | None:
    """The last moment in these lines; None if there is none."""
    moments = map(_moment, reversed(lines))
    return next((moment for moment in moments if moment is not None), None)


def next_of(lines: Sequence[bytes], number: int) -> list[Progress]:
    """The next moments after that with this number, in the lines from where it is expected on.

    A line that is damaged, or stands there twice, moves the others back, never forth.
    """
    moments: list[Progress] = []
    for line in lines:
        progress = _moment(line)
        if progress is not None and progress.number > number:
            moments.append(progress)
            number = progress.number
        if len(moments) == AT_A_TIME:
            break
    return moments


def _moment(line: bytes) -> Progress | None:
    try:
        moment = _DECODER.decode(line)
    except (msgspec.MsgspecError, RecursionError):  # the latter for JSON nested without end
        return None
    times = (moment.begun_at, moment.asked_by_hand_at or moment.begun_at)
    return moment if all(time.utcoffset() == timedelta(0) for time in times) else None
