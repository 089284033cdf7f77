"""What operators read of the refreshes."""

import logging
from collections.abc import Sequence

from src.domain.snapshot import Snapshot
from src.domain.tree import count_by_level

log = logging.getLogger(__name__)


class RefreshLog:
    """Writes a line for each refresh, and one for an outage, however long it lasts.

    `upstream` is its name in Portuguese, with its article; `levels` are what the parts on each
    level of the tree are called, the top first.
    """

    def __init__(self, upstream: str, levels: Sequence[str]) -> None:
        self._of = f"d{upstream}"  # "de" and the article of its name are one word
        self._levels = levels
        self._outage_is_told = False

    def failed(self, error: Exception) -> None:
        """The upstream could not be read."""
        level = logging.DEBUG if self._outage_is_told else logging.WARNING
        log.log(level, "A coleta %s falhou e será tentada de novo: %s", self._of, error)
        self._outage_is_told = True

    def taken_over(self) -> None:
        """Another process has read it: the outage, if there was one, is over."""
        self._outage_is_told = False

    def collected(self, snapshot: Snapshot, seconds: float) -> None:
        """This was collected, in `seconds`."""
        self._outage_is_told = False
        counts = zip(count_by_level(snapshot.roots), self._levels, strict=False)
        log.info(
            "Coleta concluída em %s s: %s",
            f"{seconds:.1f}".replace(".", ","),
            ", ".join(f"{count} {level}" for count, level in counts),
        )
        if not snapshot.is_whole:
            gap = (snapshot.missing or snapshot.filled)[0]
            log.warning(
                "A coleta %s ficou incompleta: %d itens sem dados, %d mantidos da anterior; "
                "o primeiro é %s: %s",
                self._of,
                len(snapshot.missing),
                len(snapshot.filled),
                gap.nome,
                gap.reason,
            )
