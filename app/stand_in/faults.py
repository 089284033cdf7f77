"""The faults that the stand-in can have."""

import random
import re
from enum import StrEnum

import msgspec


class Kind(StrEnum):
    """How an answer goes wrong."""

    STATUS = "status"  # a status other than 200
    GARBAGE = "garbage"  # an HTML page with status 200
    CUT = "cut"  # the connection closes in the middle of the body
    RESET = "reset"  # the connection is reset before any answer
    SILENCE = "silence"  # no answer, ever
    HELD = "held"  # no answer until the behaviour changes
    EMPTY = "empty"  # an empty list
    TENTH = "tenth"  # the first tenth of the rows
    WRONG_TYPES = "wrong_types"  # numbers as text, everything else as numbers


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """A fault that hits a share of the requests for some paths.

    `share` is between 0 and 1. `path` is a regular expression that has to match the whole path
    below its content's base path; the first `spared` of those are spared. `status` and
    `retry_after` (seconds) belong to the kind STATUS.
    """

    kind: Kind
    share: float = 1.0
    path: str = ".*"
    spared: int = 0
    status: int = 500
    retry_after: int | None = None


class Behaviour(msgspec.Struct, kw_only=True):
    """The behaviour of the stand-in as a whole, which can be changed while it runs.

    Each answer waits `latency_s` seconds. Requests beyond `max_rps` within one second get a 429,
    with Retry-After if `retry_after` is set; 0 is no limit. If it is `changing`, each collection
    gets other data. A request meets the first fault that hits it.
    """

    latency_s: float = 0.0
    max_rps: int = 0
    retry_after: int | None = None
    changing: bool = False
    faults: tuple[Fault, ...] = ()


class Fate:
    """Decides which fault hits a request; the same seed gives the same decisions."""

    def __init__(self, faults: tuple[Fault, ...], *, seed: int = 0) -> None:
        self._faults = [(fault, re.compile(fault.path)) for fault in faults]
        self._spared = [0 for _ in faults]
        self._random = random.Random(seed)  # noqa: S311  # luck for a test, no secret

    def of(self, path: str) -> Fault | None:
        """The fault that hits this request, if any."""
        for number, (fault, pattern) in enumerate(self._faults):
            if not pattern.fullmatch(path):
                continue
            if self._spared[number] < fault.spared:
                self._spared[number] += 1
            elif self._random.random() < fault.share:
                return fault
        return None
