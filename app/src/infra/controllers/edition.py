"""A snapshot made ready to be sent: written once, then only picked from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from email.utils import format_datetime

import msgspec

from src.domain.snapshot import Snapshot, Source


@dataclass(frozen=True, slots=True)
class Edition:
    """The tree's bytes and the headers that go with them, the same for every request."""

    body: bytes
    headers: dict[str, str]


def edition_of(snapshot: Snapshot) -> Edition:
    """Writes the snapshot out; takes some milliseconds, so it is called off the event loop.

    The entity tag comes from the content alone (RFC 9110, section 8.8.3), so that every worker
    and every machine gives the same one for the same data.
    """
    body = msgspec.json.encode(snapshot.states)
    headers = {
        "ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        "Last-Modified": format_datetime(snapshot.collected_at, usegmt=True),
        "Cache-Control": _cache_control(snapshot),
        "X-Snapshot-Source": str(snapshot.source),
        "X-Snapshot-Missing": str(len(snapshot.missing)),
        "X-Snapshot-Filled": str(len(snapshot.filled)),
    }
    return Edition(body, headers)


def _cache_control(snapshot: Snapshot) -> str:
    # What is whole and live may rest in caches for a while; what waits for something better is
    # asked for again soon.
    whole = snapshot.source is Source.LIVE and snapshot.is_whole
    return f"public, max-age={300 if whole else 10}"
