"""Where the last good snapshot outlives a process, as the application sees it."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Generic, Protocol

from src.domain.snapshot import S


class SnapshotStoreError(Exception):
    """The store could not be read, written or reached."""


class DamagedSnapshotError(SnapshotStoreError):
    """What is stored cannot be used; `version` is that of the damaged content."""

    def __init__(self, message: str, version: str) -> None:
        super().__init__(message)
        self.version = version


class ForeignSnapshotError(DamagedSnapshotError):
    """What is stored belongs to another release, which reads and writes another format."""


@dataclass(frozen=True, slots=True)
class Stored(Generic[S]):
    """A snapshot as it is stored; each time one is saved, the version is another."""

    snapshot: S
    version: str


class SnapshotStore(Protocol[S]):
    """Keeps one snapshot, and lets one process at a time refresh it."""

    async def version(self) -> str | None:
        """The version of the stored snapshot, or None if there is none.

        Cheap enough to be asked for again and again. Raises SnapshotStoreError.
        """

    async def load(self) -> Stored[S] | None:
        """The stored snapshot, or None if there is none.

        Raises DamagedSnapshotError, or another SnapshotStoreError.
        """

    async def save(self, snapshot: S) -> str:
        """Store the snapshot in place of the one before; the answer is its version.

        No reader ever sees half of it. Raises SnapshotStoreError, the one before is kept then.
        """

    def turn(self) -> AbstractAsyncContextManager[bool]:
        """Whether this process is the one that may refresh while the block runs; does not wait.

        A turn dies with the process that holds it, within a few seconds at most. Raises
        SnapshotStoreError on entry if the store cannot tell; never on exit.
        """
