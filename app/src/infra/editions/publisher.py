"""Makes editions of snapshots, and compresses the tree behind the first answer."""

import asyncio
from collections.abc import Callable, Mapping
from email.utils import format_datetime
from typing import Generic

from src.domain.snapshot import S, Snapshot
from src.infra.editions.cache_control import cache_control
from src.infra.editions.edition import Edition
from src.infra.editions.presentation import LookUp, Presentation
from src.infra.http.content_codings import COMPRESSORS, IDENTITY


class Publisher(Generic[S, LookUp]):
    """Makes editions, which are answered as soon as they are written; their codings follow.

    The same content in a newer snapshot is not compressed again. `ttl_s` is for how many seconds a
    live snapshot is fresh; caches keep it no longer. `compressors` make the codings, in this order.
    """

    def __init__(
        self,
        presentation: Presentation[S, LookUp],
        *,
        ttl_s: float,
        compressors: Mapping[str, Callable[[bytes], bytes]] = COMPRESSORS,
    ) -> None:
        self._presentation = presentation
        self._ttl_s = int(ttl_s)
        self._compressors = compressors
        self._last: Edition[S, LookUp] | None = None
        self._compressing: asyncio.Task[None] | None = None

    async def publish(self, snapshot: S) -> Edition[S, LookUp]:
        """The edition of a snapshot: without codings at first, or with those of its content."""
        ready = await asyncio.to_thread(
            lambda: {each: each.write(snapshot.roots) for each in self._presentation.ready}
        )
        headers = self._headers(snapshot)
        edition = Edition(snapshot, self._presentation, ready=ready, headers=headers)
        before, self._last = self._last, edition
        if before is None or not edition.take_codings(before):
            await self.aclose()
            self._compressing = asyncio.create_task(self._compress(edition))
        return edition

    async def aclose(self) -> None:
        """Compress no more."""
        if self._compressing is not None:
            self._compressing.cancel()
            await asyncio.gather(self._compressing, return_exceptions=True)

    async def _compress(self, edition: Edition[S, LookUp]) -> None:
        """Make the codings of this edition, also for one after it with the same content."""
        for ready in self._presentation.ready:
            bodies = edition.bodies(ready)
            for coding, compress in self._compressors.items():
                if coding not in bodies:
                    body = await asyncio.to_thread(compress, bodies[IDENTITY])
                    assert self._last is not None
                    self._last.add_coding(ready, coding, body)

    def _headers(self, snapshot: Snapshot) -> dict[str, str]:
        return {
            "Last-Modified": format_datetime(snapshot.collected_at, usegmt=True),
            "Cache-Control": cache_control(snapshot, ttl_s=self._ttl_s),
            "Vary": "Accept, Accept-Encoding",
            "X-Snapshot-Source": str(snapshot.source),
            "X-Snapshot-Missing": str(len(snapshot.missing)),
            "X-Snapshot-Filled": str(len(snapshot.filled)),
        }
