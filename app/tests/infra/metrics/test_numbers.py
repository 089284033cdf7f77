"""Numbers that outlive the process that has counted them."""

import errno
import os
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from src.infra.metrics.numbers import MOST_NUMBERS, Numbers, read_numbers


def test_what_is_counted_is_read_by_series(tmp_path: Path) -> None:
    """The process itself reads it, and so does another one from the file."""
    file = tmp_path / "0.numbers"
    numbers = Numbers(file)
    at = numbers.place('answers{status="200"}', 1)
    times = numbers.place("seconds", 3)

    numbers.view[at] += 2
    numbers.view[times + 2] += 0.5

    expected = {'answers{status="200"}': [2.0], "seconds": [0.0, 0.0, 0.5]}
    assert numbers.read() == expected
    assert read_numbers(file) == expected
    numbers.close()


def test_a_series_has_one_place() -> None:
    """It is found again, not made again."""
    numbers = Numbers()

    assert numbers.place("a", 2) == numbers.place("a", 2)
    assert numbers.place("b", 1) == 2
    numbers.close()  # which has nothing to keep


def test_a_later_process_goes_on_with_what_a_killed_one_has_left(tmp_path: Path) -> None:
    """Even if it was killed while it wrote the name of a series."""
    file = tmp_path / "0.numbers"
    killed = Numbers(file)
    killed.view[killed.place("a", 1)] += 5
    with file.with_suffix(".series").open("ab") as names:
        names.write(b"2 half")

    later = Numbers(file)
    later.view[later.place("b", 1)] += 1
    later.view[later.place("a", 1)] += 1

    assert read_numbers(file) == later.read() == {"a": [6.0], "b": [1.0]}
    killed.close()
    later.close()


def test_a_series_of_another_size_has_a_place_of_its_own(tmp_path: Path) -> None:
    """Another version of the service has left it; what is counted now harms no other series."""
    file = tmp_path / "0.numbers"
    older = Numbers(file)
    older.view[older.place("a", 1)] = 5
    older.view[older.place("b", 1)] = 6
    older.close()

    later = Numbers(file)
    at = later.place("a", 3)
    later.view[at + 1] += 1
    later.view[later.place("c", 1)] += 2

    expected = {"a": [0.0, 1.0, 0.0], "b": [6.0], "c": [2.0]}
    assert read_numbers(file) == later.read() == expected
    later.close()
    last = Numbers(file)
    assert last.place("a", 3) == at
    assert last.read() == expected
    last.close()


def test_a_full_disk_is_found_before_anything_is_counted(tmp_path: Path) -> None:
    """Later, the system would end the process."""
    file = tmp_path / "0.numbers"
    numbers = Numbers(file)

    assert file.stat().st_size == 8 * (MOST_NUMBERS + 64)
    if hasattr(os, "statvfs"):  # the size on the disk is known
        assert file.stat().st_blocks * 512 >= file.stat().st_size
    numbers.close()


class FullDisk:
    """A file of names that takes a few bytes more, or says that there is no room."""

    def __init__(self, file: BinaryIO, *, has_some_room: bool) -> None:
        self.file = file
        self.has_some_room = has_some_room

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)

    def write(self, line: bytes) -> int:
        """Writes a part at most."""
        if not self.has_some_room:
            raise OSError(errno.ENOSPC, "No space left on device")
        return self.file.write(line[:3])


@pytest.mark.parametrize("has_some_room", [True, False])
def test_a_series_that_the_disk_has_no_room_for_is_left_out(
    *, has_some_room: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever counts does not notice, and the others stay readable."""
    file = tmp_path / "0.numbers"
    numbers = Numbers(file)
    numbers.view[numbers.place("a", 1)] += 1

    with monkeypatch.context() as full:
        full.setattr(
            numbers,
            "_names",
            FullDisk(numbers._names, has_some_room=has_some_room),  # type: ignore[arg-type]  # a fake with what is used of it
        )
        numbers.view[numbers.place("b", 1)] += 1
    numbers.view[numbers.place("c", 1)] += 1

    assert read_numbers(file) == numbers.read() == {"a": [1.0], "c": [1.0]}
    numbers.close()


def test_a_file_that_is_only_begun_has_no_numbers_yet(tmp_path: Path) -> None:
    """A reader may come at any moment of a start."""
    file = tmp_path / "0.numbers"
    assert read_numbers(file) == {}

    file.with_suffix(".series").write_bytes(b"1 a\n")
    assert read_numbers(file) == {}

    file.write_bytes(b"123")
    assert read_numbers(file) == {}

    file.write_bytes(b"")
    assert read_numbers(file) == {}


def test_what_does_not_fit_is_left_out_and_harms_nothing() -> None:
    """Counting goes on for all series that have a place."""
    numbers = Numbers()
    numbers.place("many", MOST_NUMBERS - 1)
    last, beyond = numbers.place("last", 1), numbers.place("beyond", 14)

    numbers.view[beyond + 13] += 1

    assert numbers.view[last] == 0
    assert "beyond" not in numbers.read()
