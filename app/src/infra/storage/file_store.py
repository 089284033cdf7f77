"""The last good snapshot as a file, for the processes of one machine."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO

from src.application.ports.snapshot_store import (
    DamagedSnapshotError,
    ForeignSnapshotError,
    SnapshotStore,
    SnapshotStoreError,
    Stored,
)
from src.domain.snapshot import S
from src.infra.storage.snapshot_format import SnapshotFormat, UnknownFormatError
from src.infra.storage.whole_file import opened, read_whole, remove_leftovers, replace_whole


class FileStore(SnapshotStore[S]):
    """`file:DIR`: the snapshot in `DIR/snapshot.json.xz`, the turn by a lock on `DIR/refresh.lock`.

    The file is replaced as a whole (POSIX rename, which Windows has too), so a reader sees the old
    one or the new one. The lock is the operating system's: it dies with the process that holds it.
    """

    def __init__(self, directory: Path, snapshot_format: SnapshotFormat[S]) -> None:
        self._format = snapshot_format
        self._file = directory / f"{snapshot_format.named('snapshot')}.json.xz"
        self._lock_file = directory / "refresh.lock"

    async def version(self) -> str | None:
        return await asyncio.to_thread(self._version)

    async def load(self) -> Stored[S] | None:
        return await asyncio.to_thread(self._load)

    async def save(self, snapshot: S) -> str:
        return await asyncio.to_thread(self._save, snapshot)

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
            yield False
            return
        except OSError as exc:
            raise SnapshotStoreError(f"{self._lock_file} não pode ser travado ({exc})") from exc
        try:
            yield True
        finally:
            await lock.release()

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

    def _save(self, snapshot: S) -> str:
        try:
            content = self._format.to_bytes(snapshot)
            remove_leftovers(self._file.parent)
            return _version_of(replace_whole(self._file, content))
        except (OSError, ValueError) as exc:
            raise SnapshotStoreError(f"{self._file} não pôde ser gravado ({exc})") from exc

    def _make_directory(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)


def _version_of(status: os.stat_result) -> str:
    return f"{status.st_ino}-{status.st_mtime_ns}-{status.st_size}"
