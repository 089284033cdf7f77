"""Small files as a whole: read within bounds, and replaced in one step."""

import asyncio
import os
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event
from typing import BinaryIO, TypeVar

T = TypeVar("T")

UNFINISHED = "unfinished-"

# An unfinished file older than this, in seconds, was left by a killed process.
LEFT_AFTER_S = 3600.0


@contextmanager
def opened(file: Path) -> Iterator[BinaryIO]:
    """The file for reading; a pipe in its place does not wait for a writer. Raises OSError."""
    with open(file, "rb", opener=_without_waiting) as content:  # Path.open has no opener
        yield content


def read_whole(content: BinaryIO, *, most_bytes: int) -> bytes:
    """All of an opened file.

    Raises ValueError if it has more than `most_bytes`, or is a pipe or a device, before reading
    any of it.
    """
    status = os.fstat(content.fileno())
    if not stat.S_ISREG(status.st_mode):
        raise ValueError("não é um arquivo comum")
    if status.st_size > most_bytes:
        raise ValueError(f"grande demais: {status.st_size} bytes, no máximo {most_bytes}")
    return content.read()


async def unless_given_up(replace: Callable[[Event], T]) -> T:
    """What `replace` returns, called in a thread; its argument is set if the caller is cancelled.

    A thread cannot be stopped. On a disk that hangs it may go on much later, when there is
    something newer to keep, or the service has ended.
    """
    is_given_up = Event()
    try:
        return await asyncio.to_thread(replace, is_given_up)
    finally:
        is_given_up.set()


def replace_whole(file: Path, content: bytes, is_given_up: Event) -> os.stat_result:
    """Puts a file with this content in the place of the one before; its status.

    Readers see the old one or the new one. Raises OSError, also if it has been given up meanwhile;
    the old one is kept then.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=UNFINISHED)
    try:
        with os.fdopen(descriptor, "wb") as unfinished:
            unfinished.write(content)
            unfinished.flush()
            os.fsync(unfinished.fileno())
            status = os.fstat(unfinished.fileno())
        if is_given_up.is_set():
            raise InterruptedError("ninguém espera mais por isso")
        os.replace(name, file)  # noqa: PTH105  # the name is a str
    except BaseException:
        with suppress(OSError):
            os.unlink(name)  # noqa: PTH108  # as above
        raise
    return status


def remove_leftovers(directory: Path) -> None:
    """Removes what killed processes left unfinished in this directory."""
    for file in directory.glob(UNFINISHED + "*"):
        with suppress(OSError):  # it may be gone by now: another process is saving, too
            if time.time() - file.stat().st_mtime > LEFT_AFTER_S:
                file.unlink()


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
