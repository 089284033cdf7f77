"""The journal as files, for the processes of one machine."""

import asyncio
import os
import re
from contextlib import suppress
from pathlib import Path

from src.application.ports.refresh_journal import KEPT, RefreshJournal, RefreshJournalError
from src.application.ports.refresh_progress import Progress
from src.infra.storage.journals.journal_lines import ID, last_of, next_of, to_line
from src.infra.storage.whole_file import opened, read_whole

SUFFIX = ".ndjson"

# Nothing else becomes part of a path, whoever asks.
_NAME = re.compile("[0-9a-f]+")

# More than a refresh of hours takes: what is larger was not written here.
MOST_BYTES = 16 * 1024 * 1024


class FileJournal(RefreshJournal):
    """`DIR/<id>.ndjson`: a file for each refresh, a line for each moment that was told.

    One process appends lines; readers ignore a line that is not whole.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    async def append(self, progress: Progress) -> None:
        await asyncio.to_thread(self._append, progress)

    async def refreshes(self) -> list[str]:
        return await asyncio.to_thread(self._refreshes)

    async def last(self, refresh: str) -> Progress | None:
        return await asyncio.to_thread(lambda: last_of(self._lines(refresh)))

    async def after(self, refresh: str, number: int) -> list[Progress]:
        return await asyncio.to_thread(lambda: next_of(self._lines(refresh)[number + 1 :], number))

    def make_room(self) -> bool:
        """Drop the oldest refresh, for what matters more on a full disk; False if there is none."""
        with suppress(OSError, IndexError, RefreshJournalError):
            self._file(self._refreshes()[-1]).unlink()
            return True
        return False

    def _append(self, progress: Progress) -> None:
        file = self._file(progress.refresh)
        try:
            is_new = not file.exists()
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("ab") as lines:
                # A full disk may have left half a line, which is to stay alone.
                begin = b"\n" if lines.tell() > 0 and not _ends_a_line(file) else b""
                lines.write(begin + to_line(progress) + b"\n")
        except OSError as exc:
            raise RefreshJournalError(f"{file} não pôde ser gravado ({exc})") from exc
        if is_new:
            for oldest in self._refreshes()[KEPT:]:
                with suppress(OSError):  # Windows keeps what somebody reads; the next one may do it
                    self._file(oldest).unlink()

    def _refreshes(self) -> list[str]:
        try:
            names = [file.stem for file in self._directory.iterdir() if file.suffix == SUFFIX]
        except FileNotFoundError:
            return []
        except OSError as exc:
            raise RefreshJournalError(f"{self._directory} não pode ser lido ({exc})") from exc
        return sorted(filter(ID.fullmatch, names), reverse=True)

    def _lines(self, refresh: str) -> list[bytes]:
        file = self._file(refresh)
        try:
            with opened(file) as lines:
                return read_whole(lines, most_bytes=MOST_BYTES).split(b"\n")[:-1]
        except (FileNotFoundError, ValueError):  # the latter for what was not written here
            return []
        except OSError as exc:
            raise RefreshJournalError(f"{file} não pode ser lido ({exc})") from exc

    def _file(self, refresh: str) -> Path:
        if not _NAME.fullmatch(refresh):
            raise ValueError(refresh)
        return self._directory / (refresh + SUFFIX)


def _ends_a_line(file: Path) -> bool:
    with file.open("rb") as lines:
        lines.seek(-1, os.SEEK_END)
        return lines.read() == b"\n"
