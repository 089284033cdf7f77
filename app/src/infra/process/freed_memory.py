"""Keeps the process small: what compressing has used goes back to the system."""

import sys
from contextlib import suppress

# From mallopt(3): from which size on a block is mapped by itself, and how many arenas there are.
_M_MMAP_THRESHOLD = -3
_LARGE_BLOCK_BYTES = 1 << 20
_M_ARENA_MAX = -8


def give_back_large_blocks() -> None:
    """Have large blocks of memory unmapped as soon as they are free; one arena for all threads.

    The GNU C library raises its own threshold with each block that is freed, and then keeps what
    the compressors use (10 to 20 MB each), for each thread that ever ran one. A worker that has
    collected ten times has 93 MB with this, and 128 MB without. Other libraries need no such word.
    """
    if sys.platform == "linux":
        with suppress(ImportError, OSError, AttributeError):  # a static Python; musl has no mallopt
            import ctypes  # noqa: PLC0415  # not in every build

            library = ctypes.CDLL(None)
            library.mallopt(_M_MMAP_THRESHOLD, _LARGE_BLOCK_BYTES)
            library.mallopt(_M_ARENA_MAX, 1)
