"""The numbers behind the metrics, where every process of the service can read them."""

import mmap
from pathlib import Path
from typing import BinaryIO

# How many numbers a process may have: some hundred series, most of them histograms. The space on
# the disk is that of those that are used, on most systems.
MOST_NUMBERS = 16_384

# Behind all others: for series that do not fit any more, which nobody reads.
_SCRAP = 64

_BYTES = 8 * (MOST_NUMBERS + _SCRAP)


class Numbers:
    """The numbers of one process by series; they begin at 0.

    With a `file` they outlive the process, however it ends, and a later one that is given the same
    file goes on with them. A second file beside it names the series, a line for each: how many
    numbers it has, and its name.
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
            made.truncate(_BYTES)
        with file.open("r+b") as opened:
            self._map = mmap.mmap(opened.fileno(), _BYTES)
        self.view = memoryview(self._map).cast("d")

    def place(self, series: str, size: int) -> int:
        """Where this series' numbers begin in `view`; there are `size` of them."""
        known = self._places.get(series)
        if known is not None:
            return known[0]
        start = sum(self._last())
        if start + size > MOST_NUMBERS:
            return MOST_NUMBERS
        if self._names is not None:
            self._names.write(b"%d %s\n" % (size, series.encode()))
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
    places, start = {}, 0
    for line in lines[: lines.rfind(b"\n") + 1].splitlines():
        size, _, series = line.decode().partition(" ")
        places[series] = start, int(size)
        start += int(size)
    return places
