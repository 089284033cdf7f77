"""Where the progress of the last refreshes stands for every process, as the application sees it."""

from __future__ import annotations

from typing import Protocol

from src.application.progress import Progress

# As many refreshes are kept, the newest.
KEPT = 5


class RefreshJournal(Protocol):
    """What was told of the last refreshes, by whichever process ran them.

    Every call raises RefreshJournalError where the journal cannot be read, written or reached.
    """

    async def append(self, progress: Progress) -> None:
        """Tell one more moment of a refresh; the first of a new one drops the oldest refresh."""
        ...

    async def refreshes(self) -> list[str]:
        """The ids of the refreshes that are kept, the newest first."""
        ...

    async def last(self, refresh: str) -> Progress | None:
        """The moment of this refresh that was told last; None where nothing is kept of it."""
        ...

    async def after(self, refresh: str, number: int) -> list[Progress]:
        """What was told of this refresh after the moment with this number, -1 for all of it."""
        ...


class RefreshJournalError(Exception):
    """The journal could not be read, written or reached."""
