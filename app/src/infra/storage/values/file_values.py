"""Values by key as files, for the processes of one machine."""

import asyncio
import re
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Event
from typing import TypeVar

from src.application.ports.value_store import Kept, ValueStore, ValueStoreError
from src.infra.storage.values.value_format import ValueFormat
from src.infra.storage.whole_file import (
    opened,
    read_whole,
    remove_leftovers,
    replace_whole,
    unless_given_up,
)

V = TypeVar("V")

SUFFIX = ".json"
# A value is small: what is larger was not stored here.
MOST_BYTES = 1024 * 1024

# Nothing else becomes part of a path, whoever asks.
_KEY = re.compile("[A-Za-z0-9-]{1,40}")


class FileValues(ValueStore[V]):
    """`DIR/<key>.json`: a file for each value, replaced as a whole; `most_values` at most."""

    def __init__(
        self, directory: Path, value_format: ValueFormat[V], *, most_values: int = 10_000
    ) -> None:
        self._directory = directory
        self._format = value_format
        self._most_values = most_values

    async def get(self, key: str) -> Kept[V] | None:
        return await asyncio.to_thread(self._get, key)

    async def put(self, key: str, kept: Kept[V]) -> None:
        await unless_given_up(partial(self._put, key, self._format.to_bytes(kept)))

    def _get(self, key: str) -> Kept[V] | None:
        file = self._file(key)
        try:
            with opened(file) as content:
                return self._format.from_bytes(read_whole(content, most_bytes=MOST_BYTES))
        except (FileNotFoundError, ValueError):  # the latter for what was not stored here
            return None
        except OSError as exc:
            raise ValueStoreError(f"{file} não pode ser lido ({exc})") from exc

    def _put(self, key: str, content: bytes, is_given_up: Event) -> None:
        file = self._file(key)
        try:
            is_new = not file.exists()
            replace_whole(file, content, is_given_up)
            if is_new:
                self._tidy_up()
        except OSError as exc:
            raise ValueStoreError(f"{file} não pôde ser gravado ({exc})") from exc

    def _tidy_up(self) -> None:
        """Drop the oldest values beyond the bound, and what killed processes left unfinished."""
        with suppress(OSError):  # another process may be at it, too; the next value does the rest
            files = sorted(self._directory.iterdir(), key=lambda file: file.stat().st_mtime)
            values = [file for file in files if file.suffix == SUFFIX]
            for oldest in values[: -self._most_values]:
                oldest.unlink()
            remove_leftovers(self._directory)

    def _file(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError(key)
        return self._directory / (key + SUFFIX)
