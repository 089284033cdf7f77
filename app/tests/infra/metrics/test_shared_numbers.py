"""Processes of one supervisor count together."""

import errno
import multiprocessing
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace

import pytest

from src.infra.metrics.numbers import Numbers
from src.infra.metrics.shared_numbers import SharedNumbers, shared_numbers

IS_POSIX = hasattr(os, "getuid")


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files is the test's own."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def supervised(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process has been started by a supervisor."""
    monkeypatch.setattr(multiprocessing, "parent_process", lambda: SimpleNamespace(pid=7))
    started_by(b"one", monkeypatch)


def started_by(supervisor: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each supervisor hands a secret of its own to its processes."""
    process = SimpleNamespace(authkey=supervisor)
    monkeypatch.setattr(multiprocessing, "current_process", lambda: process)


def count(numbers: SharedNumbers, times: int) -> None:
    """Counts so many things."""
    numbers.own.view[numbers.own.place("things", 1)] += times


def things(numbers: SharedNumbers) -> list[tuple[bool, float]]:
    """What each process has counted, and whether it lives."""
    return sorted((lives, series["things"][0]) for lives, series in numbers.of_all())


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """What is opened in a test, and closed at its end at the latest."""
    with ExitStack() as opened:
        yield opened


def test_a_process_by_itself_needs_no_folder(temporary: Path) -> None:
    """Nobody else would read it."""
    with shared_numbers() as numbers:
        count(numbers, 2)

        assert things(numbers) == [(True, 2)]
        assert list(temporary.iterdir()) == []


@pytest.mark.usefixtures("supervised")
def test_each_sees_what_all_have_counted(temporary: Path, stack: ExitStack) -> None:
    """Those that have ended included, while others go on; the last one tidies up."""
    first = stack.enter_context(shared_numbers())
    count(first, 1)
    with shared_numbers() as second:
        count(second, 2)
        assert things(first) == things(second) == [(True, 1), (True, 2)]
    assert things(first) == [(False, 2), (True, 1)]

    stack.close()

    assert list(temporary.iterdir()) == []


@pytest.mark.skipif(not IS_POSIX, reason="Windows removes old files on demand only")
@pytest.mark.usefixtures("supervised")
def test_what_removes_old_files_leaves_the_folder_alone(temporary: Path, stack: ExitStack) -> None:
    """systemd-tmpfiles passes by a folder that it cannot lock for itself."""
    import fcntl  # noqa: PLC0415  # not for Windows

    first = stack.enter_context(ExitStack())
    first.enter_context(shared_numbers())
    stack.enter_context(shared_numbers())
    first.close()
    (folder,) = temporary.iterdir()
    opened = os.open(folder, os.O_RDONLY)
    stack.callback(os.close, opened)

    with pytest.raises(BlockingIOError):
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)


@pytest.mark.usefixtures("supervised")
def test_the_next_process_goes_on_with_what_an_ended_one_has_left(stack: ExitStack) -> None:
    """So there are never more files than there were processes at a time."""
    first = stack.enter_context(shared_numbers())
    count(first, 1)
    for _ in range(3):
        with shared_numbers() as later:
            count(later, 10)

    assert things(first) == [(False, 30), (True, 1)]


@pytest.mark.usefixtures("supervised")
def test_what_a_killed_service_has_left_is_removed(temporary: Path, stack: ExitStack) -> None:
    """But not what another service is using, or has just begun."""
    stack.enter_context(shared_numbers())
    (used,) = temporary.iterdir()
    left = used.with_name(used.name[:-1] + "left")
    begun = used.with_name(used.name[:-1] + "begun")
    left.mkdir()
    begun.mkdir()
    long_ago = time.time() - 3600
    os.utime(left, (long_ago, long_ago))
    os.utime(used, (long_ago, long_ago))

    other = stack.enter_context(pytest.MonkeyPatch.context())
    started_by(b"another", other)
    stack.enter_context(shared_numbers())

    assert used.exists()
    assert begun.exists()
    assert not left.exists()


@pytest.mark.usefixtures("supervised")
def test_another_service_with_the_same_ids_counts_anew(
    monkeypatch: pytest.MonkeyPatch, stack: ExitStack
) -> None:
    """As after a container was killed and started again: its processes have the ids of the last."""
    count(stack.enter_context(shared_numbers()), 5)

    started_by(b"another", monkeypatch)
    with shared_numbers() as numbers:
        count(numbers, 1)

        assert things(numbers) == [(True, 1)]


@pytest.mark.usefixtures("supervised")
def test_a_full_disk_keeps_no_process_from_serving(
    temporary: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It counts by itself then, and leaves nothing behind."""

    def full(file: Path | None = None) -> Numbers:
        if file is not None:
            raise OSError(errno.ENOSPC, "No space left on device")
        return Numbers()

    monkeypatch.setattr("src.infra.metrics.shared_numbers.Numbers", full)

    with shared_numbers() as numbers:
        count(numbers, 1)

        assert things(numbers) == [(True, 1)]
        assert list(temporary.iterdir()) == []
    assert "não serão somadas" in caplog.text


@pytest.mark.skipif(not IS_POSIX, reason="each user has a folder for temporary files there")
@pytest.mark.usefixtures("supervised")
def test_a_folder_that_others_may_write_to_is_not_used(
    temporary: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Somebody else may have made it, to read or to change what is counted."""
    with shared_numbers():
        (folder,) = temporary.iterdir()
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)

    with shared_numbers() as numbers:
        count(numbers, 1)

        assert things(numbers) == [(True, 1)]
    assert list(folder.iterdir()) == []
    assert "não serão somadas" in caplog.text
