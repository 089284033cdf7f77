"""What operators read of the refreshes."""

from __future__ import annotations

import logging

from src.domain.snapshot import Snapshot

log = logging.getLogger(__name__)


class RefreshLog:
    """Writes a line for each refresh, and one for an outage, however long it lasts."""

    def __init__(self) -> None:
        self._outage_is_told = False

    def failed(self, error: Exception) -> None:
        """The upstream could not be read."""
        level = logging.DEBUG if self._outage_is_told else logging.WARNING
        log.log(level, "A coleta falhou e será tentada de novo: %s", error)
        self._outage_is_told = True

    def taken_over(self) -> None:
        """Another process has read it: the outage, if there was one, is over."""
        self._outage_is_told = False

    def collected(self, snapshot: Snapshot, seconds: float) -> None:
        """This was collected, in `seconds`."""
        self._outage_is_told = False
        cities = sum(len(state.cidades) for state in snapshot.states)
        log.info(
            "Coleta concluída em %s s: %d estados, %d cidades",
            f"{seconds:.1f}".replace(".", ","),
            len(snapshot.states),
            cities,
        )
        if not snapshot.is_whole:
            gap = (snapshot.missing or snapshot.filled)[0]
            log.warning(
                "A coleta ficou incompleta: %d lugares sem dados, %d mantidos da anterior; "
                "o primeiro é %s: %s",
                len(snapshot.missing),
                len(snapshot.filled),
                gap.nome,
                gap.reason,
            )
