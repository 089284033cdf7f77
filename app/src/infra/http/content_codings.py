"""Content codings: which there are, how they are made, and which one a client gets."""

import sys
import zlib
from collections.abc import Callable, Container
from functools import lru_cache, partial

import brotli

from src.infra.http.quality_values import weighted

if sys.version_info >= (3, 14):  # pragma: no cover  # each Python runs one of the two
    from compression import zstd
else:  # pragma: no cover  # as above
    from backports import zstd

IDENTITY = "identity"


def _gzip(body: bytes, *, level: int = 9) -> bytes:
    compressor = zlib.compressobj(level=level, wbits=16 + zlib.MAX_WBITS)  # no name, no time of day
    return compressor.compress(body) + compressor.flush()


# Smaller tables than level 19 takes by itself: 2 % larger, for 3 MB of memory in place of 18.
# brotli, below, takes 13 MB with smaller blocks in place of 21, for 47 bytes.
_ZSTD: dict[int, int] = {
    zstd.CompressionParameter.compression_level: 19,
    zstd.CompressionParameter.hash_log: 17,
    zstd.CompressionParameter.chain_log: 18,
}

# The quickest to make first: 0.06, 0.1 and 0.9 s for 700 kB of JSON. Each is smaller than the one
# before, so of those that a client likes equally well it gets the last.
COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": _gzip,
    "zstd": lambda body: zstd.compress(body, options=_ZSTD),
    "br": lambda body: brotli.compress(body, quality=11, lgblock=16),
}

# The same while a client waits: 8, 7 and 20 ms for 120 kB.
QUICK_COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": partial(_gzip, level=6),
    "zstd": lambda body: zstd.compress(body, 9),
    "br": lambda body: brotli.compress(body, quality=5),
}

# Less than the least weight that a client can give (0.001).
LAST_RESORT = 0.0001

CODINGS = [*reversed(COMPRESSORS), IDENTITY]

# A longer header is none that a client sends in earnest.
_LONGEST_HEADER = 500


def best_coding(accept_encoding: str, available: Container[str]) -> str | None:
    """The coding to answer with; None if the client refuses them all.

    `accept_encoding` is the header's value (RFC 9110, section 12.5.3); if it is empty or was not
    sent, the answer is not coded. Of codings with the same weight the smallest is chosen.
    """
    if len(accept_encoding) > _LONGEST_HEADER:
        return IDENTITY
    acceptable = _acceptable(accept_encoding)
    return next((coding for coding in acceptable if coding in available), None)


@lru_cache(maxsize=256)
def _acceptable(accept_encoding: str) -> list[str]:
    """The codings that the client takes, the best first."""
    # "x-gzip" is "gzip" (RFC 9110, section 8.4.1.3).
    weights = {name.removeprefix("x-"): weight for name, weight in weighted(accept_encoding)}

    def weight(coding: str) -> float:
        # What is not named is as `*` is; without one, only identity is acceptable, if need be.
        unnamed = weights.get("*", LAST_RESORT if coding == IDENTITY else 0.0)
        return weights.get(coding, unnamed)

    best_first = sorted(CODINGS, key=weight, reverse=True)
    return [coding for coding in best_first if weight(coding) > 0]
