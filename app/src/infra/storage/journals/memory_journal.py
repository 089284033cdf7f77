"""A journal that forgets with its process, and shares with nobody."""

from src.application.ports.refresh_journal import KEPT, RefreshJournal
from src.application.ports.refresh_progress import Progress
from src.infra.storage.journals.journal_lines import last_of, next_of, to_line


class MemoryJournal(RefreshJournal):
    """`memory:`: lines of bytes, since objects would take ten times the room."""

    def __init__(self) -> None:
        self._lines: dict[str, list[bytes]] = {}

    async def append(self, progress: Progress) -> None:
        self._lines.setdefault(progress.refresh, []).append(to_line(progress))
        for oldest in sorted(self._lines)[:-KEPT]:
            del self._lines[oldest]

    async def refreshes(self) -> list[str]:
        return sorted(self._lines, reverse=True)

    async def last(self, refresh: str) -> Progress | None:
        return last_of(self._lines.get(refresh, []))

    async def after(self, refresh: str, number: int) -> list[Progress]:
        return next_of(self._lines.get(refresh, [])[number + 1 :], number)
