"""A moment of a refresh as one line of JSON."""

from __future__ import annotations

import msgspec

from src.application.ports.refresh_journal import RefreshJournalError
from src.application.progress import Progress

_DECODER = msgspec.json.Decoder(Progress)


def to_line(progress: Progress) -> bytes:
    """The line, without its end."""
    return msgspec.json.encode(progress)


def from_line(line: bytes) -> Progress:
    """The moment that `to_line` wrote; raises RefreshJournalError for anything else."""
    try:
        return _DECODER.decode(line)
    except msgspec.MsgspecError as exc:
        raise RefreshJournalError(f"uma linha do andamento está danificada ({exc})") from exc
