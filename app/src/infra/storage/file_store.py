"""The last good snapshot as a file, for the processes of one machine."""

import asyncio
import os
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from src.application.ports.snapshot_store import (
    DamagedSnapshotError,
    SnapshotStore,
    SnapshotStoreError,
    Stored,
)
from src.domain.snapshot import S
from src.infra.storage.snapshot_format import SnapshotFormat

UNFINISHED = "unfinished-"

# An unfinished file older than this, in seconds, was left by a killed process.
LEFT_AFTER_S = 3600.0


class FileStore(SnapshotStore[S]):
    """`file:DIR`: the snapshot in `DIR/snapshot.json.xz`, the turn by a lock on `DIR/refresh.lock`.

    The file is replaced as a whole (POSIX rename, which Windows has too), so a reader sees the old
    one or the new one. The lock is the operating system's: it dies with the process that holds it.
    """

    def __init__(self, directory: Path, snapshot_format: SnapshotFormat[S]) -> None:
        self._format = snapshot_format
        self._file = directory / "snapshot.json.xz"
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
            with self._file.open("rb") as file:
                version = _version_of(os.fstat(file.fileno()))
                content = file.read()
        except FileNotFoundError:
            return None
        except OSError as exc:
            raise SnapshotStoreError(f"{self._file} não pode ser lido ({exc})") from exc
        try:
            return Stored(self._format.from_bytes(content).snapshot, version)
        except ValueError as exc:
            raise DamagedSnapshotError(f"{self._file} está danificado ({exc})", version) from exc

    def _save(self, snapshot: S) -> str:
        try:
            content = self._format.to_bytes(snapshot)
            self._make_directory()
            self._remove_leftovers()
            descriptor, name = tempfile.mkstemp(dir=self._file.parent, prefix=UNFINISHED)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                    version = _version_of(os.fstat(file.fileno()))
                os.replace(name, self._file)  # noqa: PTH105  # the name is a str
            except BaseException:
                with suppress(OSError):
                    os.unlink(name)  # noqa: PTH108  # as above
                raise
        except (OSError, ValueError) as exc:
            raise SnapshotStoreError(f"{self._file} não pôde ser gravado ({exc})") from exc
        return version

    def _remove_leftovers(self) -> None:
        for file in self._file.parent.glob(UNFINISHED + "*"):
            with suppress(OSError):  # it may be gone by now: another process is saving, too
                if time.time() - file.stat().st_mtime > LEFT_AFTER_S:
                    file.unlink()

    def _make_directory(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)


def _version_of(status: os.stat_result) -> str:
    return f"{status.st_ino}-{status.st_mtime_ns}-{status.st_size}"
