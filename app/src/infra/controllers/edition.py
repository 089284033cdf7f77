"""A snapshot made ready to be sent: written once in each coding, then only picked from."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

import msgspec
from fastapi import Response
from starlette.datastructures import Headers

from src.domain.snapshot import Snapshot, Source
from src.infra.controllers.conditional import not_modified
from src.infra.controllers.encodings import COMPRESSORS, IDENTITY, best_coding


@dataclass(frozen=True, slots=True)
class Representation:
    """The tree in one coding: the answer that carries it, and the one for who has it already.

    Both are made once and sent as they are, to everyone; nothing may be added to them.
    """

    etag: str
    whole: Response
    unmodified: Response


@dataclass(frozen=True, slots=True)
class Edition:
    """The tree as it is sent for one snapshot, in each coding that is ready."""

    content_id: str
    collected_at: datetime
    representations: dict[str, Representation]

    def answer(self, request: Headers) -> Response | None:
        """What a GET with these headers is answered: the tree, or that it has not changed.

        It comes in the coding that suits best; None where the client refuses all there are.
        """
        accept_encoding = ",".join(request.getlist("accept-encoding"))
        coding = best_coding(accept_encoding, self.representations)
        if coding is None:
            return None
        representation = self.representations[coding]
        if not_modified(request, etag=representation.etag, last_modified=self.collected_at):
            return representation.unmodified
        return representation.whole


class Press:
    """Makes editions, which are answered as soon as they are written; their codings follow.

    The same content in a newer snapshot is not compressed again. `ttl_s` is for how many seconds a
    live snapshot is fresh; caches keep it no longer.
    """

    def __init__(self, *, ttl_s: float) -> None:
        self._ttl_s = int(ttl_s)
        self._last: Edition | None = None
        self._compressing: asyncio.Task[None] | None = None

    async def publish(self, snapshot: Snapshot) -> Edition:
        """The edition of a snapshot: without codings at first, or with those of its content."""
        body = await asyncio.to_thread(msgspec.json.encode, snapshot.states)
        content_id = hashlib.sha256(body).hexdigest()[:32]
        bodies = {IDENTITY: body}
        if self._last is not None and self._last.content_id == content_id:
            known = self._last.representations.items()
            bodies = {coding: bytes(representation.whole.body) for coding, representation in known}
        headers = self._headers(snapshot)
        edition = Edition(
            content_id,
            snapshot.collected_at,
            {
                coding: _representation(content_id, coding, body, headers)
                for coding, body in bodies.items()
            },
        )
        self._last = edition
        if self._compressing is not None:
            self._compressing.cancel()
        self._compressing = asyncio.create_task(_compress(edition, body, headers))
        return edition

    async def aclose(self) -> None:
        """Compress no more."""
        if self._compressing is not None:
            self._compressing.cancel()
            await asyncio.gather(self._compressing, return_exceptions=True)

    def _headers(self, snapshot: Snapshot) -> dict[str, str]:
        return {
            "Last-Modified": format_datetime(snapshot.collected_at, usegmt=True),
            "Cache-Control": self._cache_control(snapshot),
            "Vary": "Accept-Encoding",
            "X-Snapshot-Source": str(snapshot.source),
            "X-Snapshot-Missing": str(len(snapshot.missing)),
            "X-Snapshot-Filled": str(len(snapshot.filled)),
        }

    def _cache_control(self, snapshot: Snapshot) -> str:
        # What is whole and live may rest in caches for a while; what waits for something better is
        # asked for again soon. Old data are better than none in any case (RFC 5861).
        whole = snapshot.source is Source.LIVE and snapshot.is_whole
        fresh_s, stale_s = (min(each, self._ttl_s) for each in ((300, 3600) if whole else (10, 60)))
        return f"public, max-age={fresh_s}, stale-while-revalidate={stale_s}, stale-if-error=86400"


async def _compress(edition: Edition, body: bytes, headers: dict[str, str]) -> None:
    for coding, compress in COMPRESSORS.items():
        if coding not in edition.representations:
            coded = await asyncio.to_thread(compress, body)
            edition.representations[coding] = _representation(
                edition.content_id, coding, coded, headers
            )


def _representation(
    content_id: str, coding: str, body: bytes, headers: dict[str, str]
) -> Representation:
    """The entity tag comes from content and coding alone (RFC 9110, section 8.8.3), so that every
    worker and every machine gives the same one for the same data."""
    etag, coded = f'"{content_id}"', {}
    if coding != IDENTITY:
        etag, coded = f'"{content_id}-{coding}"', {"Content-Encoding": coding}
    headers = {"ETag": etag, **headers}
    return Representation(
        etag,
        Response(body, headers={**headers, **coded}, media_type="application/json"),
        # It has no body that could be coded (RFC 9110, section 15.4.5).
        Response(status_code=304, headers=headers),
    )
