"""What callers can repeat at will is logged once, not once for each request."""

import time
from collections.abc import Callable, Hashable


class Episodes:
    """Tells the first of a kind from those that follow it.

    An episode is over once nothing of its kind has happened for `quiet_s` seconds by `clock`.
    """

    def __init__(
        self, *, quiet_s: float = 60.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._quiet_s = quiet_s
        self._clock = clock
        self._last: dict[Hashable, float] = {}

    def begins(self, kind: Hashable) -> bool:
        """Whether an episode of this kind begins with what has just happened."""
        now = self._clock()
        last = self._last.get(kind)
        self._last[kind] = now
        return last is None or now - last >= self._quiet_s
