"""The numbers of all processes of one service, in a folder that they share while they serve."""

import logging
import multiprocessing
import os
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from hashlib import blake2b
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from src import NAME
from src.infra.metrics.numbers import Numbers, read_numbers

if TYPE_CHECKING:
    from filelock import BaseFileLock

if sys.platform != "win32":  # pragma: no branch  # the coverage is taken on Linux
    import fcntl

log = logging.getLogger(__name__)

# A folder of this age that no process holds was left by a service that was killed as a whole.
_LEFT_AFTER_S = 60.0


class SharedNumbers:
    """The numbers of this process, and of those beside it if it has any."""

    def __init__(self, own: Numbers, file: Path | None = None) -> None:
        self.own = own
        self._file = file

    def of_all(self) -> list[tuple[bool, dict[str, list[float]]]]:
        """For each process whether it still lives, and its numbers by series."""
        processes = [(True, self.own.read())]
        if self._file is not None:
            processes += [
                (_is_held(file), read_numbers(file))
                for file in self._file.parent.glob("*.numbers")
                if file != self._file
            ]
        return processes


@contextmanager
def shared_numbers() -> Iterator[SharedNumbers]:
    """Numbers for this process until the end of the block.

    Processes that one supervisor has started are one service. Each holds a file in their folder, by
    a lock that ends with it; the next process goes on with what an ended one has left. The last of
    them removes the folder.
    """
    if multiprocessing.parent_process() is None:
        yield SharedNumbers(Numbers())
        return
    try:
        lock, file, own = _taken()
    except OSError as error:
        log.warning("As métricas deste processo não serão somadas às dos outros: %s", error)
        yield SharedNumbers(Numbers())
        return
    try:
        with _kept_from_tidying(file.parent):
            yield SharedNumbers(own, file)
    finally:
        own.close()
        lock.release()
        _remove_if_free(file.parent)


def _taken() -> tuple["BaseFileLock", Path, Numbers]:
    """The first file of the service's folder that no process holds, and the lock that holds it.

    Raises OSError if there can be none.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415  # a process without others needs none

    folder = _own_folder()
    numbers = count()
    while True:
        file = folder / f"{next(numbers)}.numbers"
        lock = FileLock(_lock_of(file))
        with suppress(Timeout):
            lock.acquire(blocking=False)
            break
    try:
        return lock, file, Numbers(file)
    except OSError:
        lock.release()
        _remove_if_free(folder)
        raise


def _own_folder() -> Path:
    """The folder of this supervisor's processes, which is made if need be.

    It is named by what only these have in common. The supervisor's id would not do: in a container
    that is started again, it is that of the last one, and its numbers are not this service's.

    Raises OSError if it is not this user's alone: others may write to where it lies.
    """
    user = os.getuid() if hasattr(os, "getuid") else "user"
    before = f"{NAME}-metrics-{user}-"
    secret = multiprocessing.current_process().authkey
    shared = Path(tempfile.gettempdir())
    folder = shared / f"{before}{blake2b(secret, digest_size=8).hexdigest()}"
    for other in shared.glob(f"{before}*"):
        if other != folder:
            _remove_if_left(other)
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    is_others = hasattr(os, "getuid") and (found.st_uid != os.getuid() or found.st_mode & 0o077)
    if not stat.S_ISDIR(found.st_mode) or is_others:
        raise PermissionError(f"{folder} não é só deste usuário")
    return folder


def _kept_from_tidying(folder: Path) -> ExitStack:
    """Protects the folder from programs that remove old files, until it is closed.

    Some of these files are never written to again while the service runs. systemd-tmpfiles skips a
    folder with a BSD lock on it (tmpfiles.d(5)); Windows removes old files only on demand.
    """
    kept = ExitStack()
    if sys.platform != "win32":  # pragma: no branch  # as above
        with suppress(OSError):  # no file may be open, or the file system has no locks
            opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            kept.callback(os.close, opened)
            fcntl.flock(opened, fcntl.LOCK_SH | fcntl.LOCK_NB)
    return kept


def _remove_if_left(folder: Path) -> None:
    with suppress(OSError):  # another process has removed it meanwhile
        if time.time() - folder.stat().st_mtime > _LEFT_AFTER_S:
            _remove_if_free(folder)


def _remove_if_free(folder: Path) -> None:
    with suppress(OSError):  # as above: of two that leave at once, both may be the last
        if not any(map(_is_held, folder.glob("*.numbers"))):
            shutil.rmtree(folder, ignore_errors=True)


def _is_held(file: Path) -> bool:
    """Whether a living process has this file."""
    from filelock import FileLock, Timeout  # noqa: PLC0415  # as above

    lock = FileLock(_lock_of(file))
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return True
    lock.release()
    return False


def _lock_of(file: Path) -> Path:
    return file.with_suffix(".lock")
