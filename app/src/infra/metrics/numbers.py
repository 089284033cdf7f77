"""The numbers behind the metrics, where every process of the service can read them."""

import logging
import mmap
import os
from pathlib import Path
from typing import BinaryIO

log = logging.getLogger(__name__)

# How many numbers a process may have: some hundred series, most of them histograms.
MOST_NUMBERS = 16_384

# Behind all others: for series that do not fit any more, which nobody reads.
_SCRAP = 64

_BYTES = 8 * (MOST_NUMBERS + _SCRAP)


class Numbers:
    """The numbers of one process by series; they begin at 0.

    With a `file` they outlive the process, however it ends, and a later one that is given the same
    file goes on with them. A second file beside it names the series, a line for each: how many
    numbers it has, and its name.

    Raises OSError if there can be no such file, or the disk is full.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._places: dict[str, tuple[int, int]] = {}
        self._map: mmap.mmap | None = None
        self._names: BinaryIO | None = None
        if file is None:
            self.view = memoryview(bytearray(_BYTES)).cast("d")
            return
        self._names = _names_of(file).open("a+b", buffering=0)
        self._names.seek(0)
        lines = self._names.read()
        self._places = _places(lines)
        self._names.truncate(lines.rfind(b"\n") + 1)  # of the last, a killed process left a part
        with file.open("ab") as made:
            # Written, not only made so long: a process that touches what a full disk has no room
            # for is ended by the system (SIGBUS).
            made.write(bytes(max(0, _BYTES - made.tell())))
        with file.open("r+b") as opened:
            self._map = mmap.mmap(opened.fileno(), _BYTES)
        self.view = memoryview(self._map).cast("d")

    def place(self, series: str, size: int) -> int:
        """Where this series' numbers begin in `view`; there are `size` of them."""
        start, known = self._places.get(series, (0, None))
        if known == size:
            return start
        start = sum(self._last())
        if start + size > MOST_NUMBERS or not self._is_named(series, size):
            return MOST_NUMBERS
        self._places.pop(series, None)  # that of another version of the service had another size
        self._places[series] = start, size
        return start

    def read(self) -> dict[str, list[float]]:
        """The numbers of each series as they are now."""
        return {
            series: list(self.view[start : start + size])
            for series, (start, size) in self._places.items()
        }

    def close(self) -> None:
        """Keeps what is in the file, if there is one, and closes it."""
        if self._map is not None and self._names is not None:
            self.view.release()
            self._map.close()
            self._names.close()

    def _is_named(self, series: str, size: int) -> bool:
        """Whether the file of names, if there is one, has had room for this one."""
        if self._names is None:
            return True
        line = b"%d %s\n" % (size, series.encode())
        end = self._names.seek(0, os.SEEK_END)
        try:
            if self._names.write(line) == len(line):
                return True
        except OSError as error:
            log.warning("%s não será contado: %s", series, error)
        self._names.truncate(end)
        return False

    def _last(self) -> tuple[int, int]:
        return next(reversed(self._places.values()), (0, 0))


def read_numbers(file: Path) -> dict[str, list[float]]:
    """The numbers that another process has in this file; none if it has just begun."""
    try:
        places = _places(_names_of(file).read_bytes())
        numbers = memoryview(file.read_bytes()).cast("d")
    except (OSError, TypeError):  # there is nothing yet, or half of a number
        return {}
    return {
        series: list(numbers[start : start + size])
        for series, (start, size) in places.items()
        if start + size <= len(numbers)
    }


def _names_of(file: Path) -> Path:
    return file.with_suffix(".series")


def _places(lines: bytes) -> dict[str, tuple[int, int]]:
    """Where the numbers of each series begin, and how many there are."""
    places: dict[str, tuple[int, int]] = {}
    start = 0
    for line in lines[: lines.rfind(b"\n") + 1].splitlines():
        size, _, series = line.decode().partition(" ")
        places.pop(series, None)  # the last line about it counts, and is the last in the order
        places[series] = start, int(size)
        start += int(size)
    return places
