"""Which snapshot is answered now, and when the next one is collected."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Generic, TypeVar

from src.application.ports.upstream import UpstreamError
from src.domain.snapshot import Snapshot
from src.domain.territory import InvalidTerritoryError

log = logging.getLogger(__name__)

Edition = TypeVar("Edition")

FIRST_PAUSE_S = 2.0
LONGEST_PAUSE_S = 300.0


class NoSnapshotError(Exception):
    """There is no data at all to answer with; worth asking again after `retry_after_s` seconds."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__("ainda não há dados coletados")
        self.retry_after_s = retry_after_s


class CurrentSnapshot(Generic[Edition]):
    """Keeps the last good snapshot, and collects a new one when its time is over.

    What is handed out is an edition: a snapshot made ready for its readers by `publish`, once.

    Args:
        collect: collects a live snapshot; raises UpstreamError or InvalidTerritoryError.
        publish: makes the edition of a snapshot.
        bundled: loads the snapshot that ships with the code; None where it is not wanted.
        ttl_s: for how many seconds a live snapshot is fresh; 0 collects one for each request,
            which those who come meanwhile join.
        wait_s: for how many seconds a request waits for a collection where there is nothing
            live to answer with.
        now: tells the time, in UTC.
    """

    def __init__(
        self,
        *,
        collect: Callable[[], Awaitable[Snapshot]],
        publish: Callable[[Snapshot], Awaitable[Edition]],
        bundled: Callable[[], Awaitable[Snapshot]] | None,
        ttl_s: float,
        wait_s: float,
        now: Callable[[], datetime],
    ) -> None:
        self._collect = collect
        self._publish = publish
        self._bundled = bundled
        self._ttl_s = ttl_s
        self._wait_s = wait_s
        self._now = now
        self._live: Edition | None = None
        self._live_since: datetime | None = None
        self._fallback: Edition | None = None
        self._refresh: asyncio.Task[None] | None = None
        self._first_wait_over = asyncio.Event()
        self._pause_s = FIRST_PAUSE_S
        self._outage_is_told = False

    def at_once(self) -> Edition:
        """The best edition there is at this moment; raises NoSnapshotError where there is none."""
        edition = self._fallback if self._live is None else self._live
        if edition is None:
            raise NoSnapshotError(retry_after_s=round(self._pause_s))
        return edition

    async def get(self) -> Edition:
        """The edition to answer with.

        A request that goes away while it waits here leaves the collection running. Raises
        NoSnapshotError where there is nothing to answer with.
        """
        if self._ttl_s == 0:
            await self._wait_for(self._refreshing())
        else:
            await self._first_wait_over.wait()
        return self.at_once()

    async def keep_fresh(self) -> None:
        """Collect at once, and again whenever the last live snapshot is stale; until cancelled.

        After a failure the next try comes after a pause that doubles, up to five minutes.
        """
        refresh = self._refreshing()
        try:
            await self._wait_for(refresh)
            self._first_wait_over.set()
            if self._ttl_s == 0:
                # Requests start the refreshes; what is left to do here is to end them on leaving.
                await asyncio.get_running_loop().create_future()
            while True:
                await asyncio.wait({refresh})
                await asyncio.sleep(self._seconds_to_next_refresh())
                refresh = self._refreshing()
        finally:
            assert self._refresh is not None
            self._refresh.cancel()
            await asyncio.gather(self._refresh, return_exceptions=True)

    def _refreshing(self) -> asyncio.Task[None]:
        """The refresh that runs, or a new one: there is never more than one."""
        if self._refresh is None or self._refresh.done():
            self._refresh = asyncio.create_task(self._collect_and_publish())
        return self._refresh

    async def _wait_for(self, refresh: asyncio.Task[None]) -> None:
        """Wait for the refresh, up to the set time; see to it that there is something to answer."""
        await asyncio.wait({refresh}, timeout=self._wait_s)
        if self._live is None and self._fallback is None and self._bundled is not None:
            try:
                self._fallback = await self._publish(await self._bundled())
            except (OSError, ValueError) as exc:
                log.error(  # noqa: TRY400  # the message says it all; a traceback would add nothing
                    "Os dados que acompanham o código não puderam ser lidos: %s", exc
                )
            else:
                log.info("Respondendo com os dados que acompanham o código até haver uma coleta")

    def _is_fresh(self) -> bool:
        return self._live_since is not None and self._age_s(self._live_since) < self._ttl_s

    def _age_s(self, since: datetime) -> float:
        return (self._now() - since).total_seconds()

    def _seconds_to_next_refresh(self) -> float:
        if self._live_since is not None and self._is_fresh():
            return self._ttl_s - self._age_s(self._live_since)
        pause, self._pause_s = self._pause_s, min(2 * self._pause_s, LONGEST_PAUSE_S)
        return pause

    async def _collect_and_publish(self) -> None:
        started = asyncio.get_running_loop().time()
        try:
            snapshot = await self._collect()
            self._live = await self._publish(snapshot)
        except (UpstreamError, InvalidTerritoryError) as exc:
            # One line for an outage, however long it lasts.
            level = logging.DEBUG if self._outage_is_told else logging.WARNING
            log.log(level, "A coleta falhou e será tentada de novo: %s", exc)
            self._outage_is_told = True
            return
        except Exception:
            # A fault of ours must not end the refreshing for good; the traceback tells us of it.
            log.exception("A coleta falhou por um erro interno")
            return
        self._live_since = snapshot.collected_at
        self._pause_s = FIRST_PAUSE_S
        self._outage_is_told = False
        if snapshot.missing:
            names = ", ".join(gap.nome for gap in snapshot.missing[:10])
            log.warning(
                "Coleta incompleta, %d sem dados: %s; o primeiro por isto: %s",
                len(snapshot.missing),
                names,
                snapshot.missing[0].reason,
            )
        seconds = asyncio.get_running_loop().time() - started
        cities = sum(len(state.cidades) for state in snapshot.states)
        log.info(
            "Coleta concluída em %.1f s: %d estados, %d cidades",
            seconds,
            len(snapshot.states),
            cities,
        )
