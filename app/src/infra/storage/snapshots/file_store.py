"""The last good snapshot as a file, for the processes of one machine."""

import asyncio
import errno
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from threading import Event
from typing import BinaryIO

from src.application.ports.snapshot_store import (
    DamagedSnapshotError,
    ForeignSnapshotError,
    SnapshotStore,
    SnapshotStoreError,
    Stored,
)
from src.domain.snapshot import S
from src.infra.storage.snapshots.lease import RENEW_EVERY_S, TURN_S, renewed
from src.infra.storage.snapshots.snapshot_format import SnapshotFormat, UnknownFormatError
from src.infra.storage.whole_file import (
    opened,
    read_whole,
    remove_leftovers,
    replace_whole,
    unless_given_up,
)

# What the system calls a full disk, and a quota that is used up.
FULL = (errno.ENOSPC, errno.EDQUOT)


class FileStore(SnapshotStore[S]):
    """`file:DIR`: the snapshot in `DIR/snapshot.json.xz`, the turn by a lock on `DIR/refresh.lock`.

    The file is replaced as a whole (POSIX rename, which Windows has too), so a reader sees the old
    one or the new one. If the disk is full, `make_room` is called as long as it helps.

    The lock is the operating system's: it dies with the process that holds it. A holder that is
    frozen loses the turn `turn_s` seconds after it was last seen; it is seen every `renew_every_s`.
    (Windows lets nobody remove a file that is open, so there it keeps the turn.)
    """

    def __init__(
        self,
        directory: Path,
        snapshot_format: SnapshotFormat[S],
        *,
        make_room: Callable[[], bool] = lambda: False,
        turn_s: float = TURN_S,
        renew_every_s: float = RENEW_EVERY_S,
    ) -> None:
        self._make_room = make_room
        self._turn_s = turn_s
        self._renew_every_s = renew_every_s
        self._renewed: tuple[int, int] | None = None
        self._renewed_at = self._looked_at = 0.0
        self._format = snapshot_format
        self._file = directory / f"{snapshot_format.named('snapshot')}.json.xz"
        self._lock_file = directory / "refresh.lock"

    async def version(self) -> str | None:
        return await asyncio.to_thread(self._version)

    async def load(self) -> Stored[S] | None:
        return await asyncio.to_thread(self._load)

    async def save(self, snapshot: S) -> str:
        return await unless_given_up(partial(self._save, snapshot))

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[bool]:
        # Needed for a collection only, and a start without one is quicker by a fiftieth so.
        from filelock import AsyncFileLock, Timeout  # noqa: PLC0415  # as above

        # thread_local=False: it is taken and given back by whichever thread is free.
        lock = AsyncFileLock(self._lock_file, blocking=False, thread_local=False)
        try:
            await asyncio.to_thread(self._make_directory)
            await lock.acquire()
        except Timeout:
            await asyncio.to_thread(self._remove_frozen_lock)
            yield False
            return
        except OSError as exc:
            raise SnapshotStoreError(f"{self._lock_file} não pode ser travado ({exc})") from exc
        try:
            with suppress(OSError):  # the next one may get through
                await self._renew()  # until now the file has the time of an earlier turn
            async with renewed(self._renew, every_s=self._renew_every_s):
                yield True
        finally:
            with suppress(OSError):  # it ends with the process
                await lock.release()

    async def _renew(self) -> None:
        await asyncio.to_thread(os.utime, self._lock_file)

    def _remove_frozen_lock(self) -> None:
        """Remove the lock's file if its holder was not seen for too long; the next look gets it.

        By this process's own clock, for the times of files are another machine's, or are set back.
        What it saw while it waited for an earlier turn says nothing about this one.
        """
        with suppress(OSError):
            status = self._lock_file.stat()
            renewed_last = (status.st_ino, status.st_mtime_ns)
            now = time.monotonic()
            has_waited = now - self._looked_at < self._turn_s / 2
            self._looked_at = now
            if renewed_last != self._renewed or not has_waited:
                self._renewed, self._renewed_at = renewed_last, now
            elif now - self._renewed_at >= self._turn_s:
                self._lock_file.unlink()

    def _version(self) -> str | None:
        try:
            return _version_of(self._file.stat())
        except FileNotFoundError:
            return None
        except OSError as exc:
            raise SnapshotStoreError(f"{self._file} não pode ser lido ({exc})") from exc

    def _load(self) -> Stored[S] | None:
        try:
            with opened(self._file) as file:
                version = _version_of(os.fstat(file.fileno()))
                return self._read(file, version)
        except FileNotFoundError:
            return None
        except OSError as exc:
            raise SnapshotStoreError(f"{self._file} não pode ser lido ({exc})") from exc

    def _read(self, file: BinaryIO, version: str) -> Stored[S]:
        try:
            content = read_whole(file, most_bytes=self._format.max_bytes)
            return Stored(self._format.from_bytes(content).snapshot, version)
        except UnknownFormatError as exc:
            raise ForeignSnapshotError(f"{self._file}: {exc}", version) from exc
        except (ValueError, MemoryError) as exc:
            raise DamagedSnapshotError(f"{self._file} está danificado ({exc})", version) from exc

    def _save(self, snapshot: S, is_given_up: Event) -> str:
        try:
            content = self._format.to_bytes(snapshot)
            remove_leftovers(self._file.parent)
            while True:
                try:
                    return _version_of(replace_whole(self._file, content, is_given_up))
                except OSError as exc:
                    if exc.errno not in FULL or not self._make_room():
                        raise
        except (OSError, ValueError) as exc:
            raise SnapshotStoreError(f"{self._file} não pôde ser gravado ({exc})") from exc

    def _make_directory(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)


def _version_of(status: os.stat_result) -> str:
    return f"{status.st_ino}-{status.st_mtime_ns}-{status.st_size}"
