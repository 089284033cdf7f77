"""Where the progress of the last refreshes stands for every process, as the application sees it."""

from typing import Protocol

from src.application.ports.refresh_progress import Progress

# As many refreshes are kept, the newest.
KEPT = 5

# How many moments a call returns at most, so that a slow reader holds few of them.
AT_A_TIME = 20


class RefreshJournal(Protocol):
    """What was told of the last refreshes, by whichever process ran them.

    The moments of a refresh are numbered from 0, and appended in that order; one that could not be
    appended is appended again, so a moment may stand there twice, but none is left out.

    Every call raises RefreshJournalError if the journal cannot be read, written or reached.
    """

    async def append(self, progress: Progress) -> None:
        """Tell one more moment of a refresh; the first of a new one drops the oldest refresh."""

    async def refreshes(self) -> list[str]:
        """The ids of the refreshes that are kept, the newest first."""

    async def last(self, refresh: str) -> Progress | None:
        """The last moment of this refresh; None if nothing is kept of it."""

    async def after(self, refresh: str, number: int) -> list[Progress]:
        """What was told of this refresh next after the moment with this number, in order.

        AT_A_TIME moments at most; -1 is before the first. A moment that is damaged is left out.
        """


class RefreshJournalError(Exception):
    """The journal could not be read, written or reached."""
