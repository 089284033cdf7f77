"""For how long caches may keep an answer with data."""

from src.domain.snapshot import Snapshot, Source


def cache_control(snapshot: Snapshot, *, ttl_s: int) -> str:
    """The Cache-Control of this snapshot's answers, which is fresh for `ttl_s` seconds.

    What is whole and live may rest in caches for a while; what waits for something better is asked
    for again soon. Old data are better than none in any case (RFC 5861).
    """
    is_whole = snapshot.source is Source.LIVE and snapshot.is_whole
    fresh_s, stale_s = (min(each, ttl_s) for each in ((300, 3600) if is_whole else (10, 60)))
    return f"public, max-age={fresh_s}, stale-while-revalidate={stale_s}, stale-if-error=86400"
