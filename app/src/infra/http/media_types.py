"""Media types: which of those that a resource has a client gets."""

from collections.abc import Sequence
from functools import lru_cache

from src.infra.http.quality_values import weighted

JSON = "application/json"
NDJSON = "application/x-ndjson"
# The same format has several names; none is registered. Clients get the one that they ask for.
NDJSON_NAMES = (NDJSON, "application/ndjson", "application/jsonl")
CSV = "text/csv"
EVENTS = "text/event-stream"

# A longer header is none that a client sends in earnest.
_LONGEST_HEADER = 1_000


def best_media_type(accept: str, available: Sequence[str]) -> str | None:
    """The media type to answer with; None if the client accepts none of them.

    `accept` is the header's value (RFC 9110, section 12.5.1); if it is empty or was not sent,
    anything will do. Of those with the same weight the first of `available` is chosen.
    """
    if len(accept) > _LONGEST_HEADER:
        return available[0]
    return _best(accept, tuple(available))


@lru_cache(maxsize=256)
def _best(accept: str, available: tuple[str, ...]) -> str | None:
    weights = _weights(accept) or {"*/*": 1.0}

    def weight(media_type: str) -> float:
        # The most specific range counts: the type, then any of its kind, then any at all.
        kind = media_type.partition("/")[0]
        ranges = (media_type, f"{kind}/*", "*/*")
        return next((weights[each] for each in ranges if each in weights), 0.0)

    best = max(available, key=weight)
    return best if weight(best) > 0 else None


def _weights(accept: str) -> dict[str, float]:
    """The weight of each range that is named."""
    weights: dict[str, float] = {}
    for media_range, weight in weighted(accept):
        if "/" in media_range:
            # What a parameter narrows (charset=…) is taken as well as the range itself.
            weights[media_range] = max(weight, weights.get(media_range, 0.0))
    return weights
