"""Files of whole responses that are in memory alone."""

import os

import pytest

from src.infra.http.memory_file import FileOfResponses, MemoryFile
from tests.helpers.memory_files import needs_memory_files

BODY = b"corpo " * 10_000

pytestmark = needs_memory_files


def content_of(file: MemoryFile | None) -> bytes:
    """What the kernel would send of it."""
    assert file is not None
    return os.pread(file.number, file.size, 0)


def is_open(number: int) -> bool:
    """Whether this number is an open file's."""
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def test_it_has_the_start_and_the_body() -> None:
    """One behind the other, as they are sent."""
    file = FileOfResponses(BODY).with_head(b"head")

    assert content_of(file) == b"head" + BODY


def test_responses_with_the_same_start_share_one() -> None:
    """Another second has another Date, and a file of its own."""
    files = FileOfResponses(BODY)

    first, again, later = map(files.with_head, [b"date: 1", b"date: 1", b"date: 2"])

    assert again is first
    assert content_of(first) == b"date: 1" + BODY
    assert content_of(later) == b"date: 2" + BODY


def test_it_is_closed_with_the_last_who_needs_it() -> None:
    """A response that is gone keeps no file open."""
    files = FileOfResponses(BODY)
    file = files.with_head(b"head")
    assert file is not None
    number = file.number

    del file, files

    assert not is_open(number)


def test_a_small_body_has_none() -> None:
    """To copy it takes no longer."""
    assert FileOfResponses(b"corpo").with_head(b"head") is None


def test_without_room_for_one_the_body_is_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    """That the system has no more files to give is no reason to refuse a response."""

    def full(_: str) -> int:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(os, "memfd_create", full)

    assert FileOfResponses(BODY).with_head(b"head") is None


def test_a_python_without_such_files_copies_the_body(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that was built for an older system has none, although this one has."""
    monkeypatch.delattr(os, "memfd_create")

    assert FileOfResponses(BODY).with_head(b"head") is None
