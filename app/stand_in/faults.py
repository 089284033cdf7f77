"""What can be made to go wrong at the stand-in."""

import random
import re
from enum import StrEnum

import msgspec


class Kind(StrEnum):
    """How an answer goes wrong."""

    STATUS = "status"  # another status than 200
    GARBAGE = "garbage"  # an HTML page with status 200
    CUT = "cut"  # the connection closes in the middle of the body
    RESET = "reset"  # the connection is reset before any answer
    SILENCE = "silence"  # no answer, ever
    HELD = "held"  # no answer until the behaviour is changed
    EMPTY = "empty"  # an empty list
    TENTH = "tenth"  # the first tenth of the rows
    WRONG_TYPES = "wrong_types"  # ids as text, names as numbers


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """A fault that befalls a share of the requests for some paths.

    `share` is between 0 and 1. `path` is a regular expression that has to match the whole path
    below the base address. `status` and `retry_after` (seconds) belong to the kind STATUS.
    """

    kind: Kind
    share: float = 1.0
    path: str = ".*"
    status: int = 500
    retry_after: int | None = None


class Behaviour(msgspec.Struct, kw_only=True):
    """How the stand-in behaves as a whole; can be changed while it runs.

    `latency_s` is waited before each answer, in seconds. Above `max_rps` answers within one
    second, the rest of that second is answered 429, with Retry-After where `retry_after` is set;
    0 is no bound. Where the data are `changing`, a city is renamed whenever the states are asked
    for. The first fault that befalls a request is the one it meets.
    """

    latency_s: float = 0.0
    max_rps: int = 0
    retry_after: int | None = None
    changing: bool = False
    faults: tuple[Fault, ...] = ()


class Fate:
    """Decides which fault befalls a request; the same seed gives the same run of luck."""

    def __init__(self, faults: tuple[Fault, ...], *, seed: int = 0) -> None:
        self._faults = [(fault, re.compile(fault.path)) for fault in faults]
        self._random = random.Random(seed)  # noqa: S311  # luck for a test, no secret

    def of(self, path: str) -> Fault | None:
        """The fault that befalls this request, if any."""
        for fault, pattern in self._faults:
            if pattern.fullmatch(path) and self._random.random() < fault.share:
                return fault
        return None
