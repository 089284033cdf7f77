"""How many connections the operating system lets this process have open at once."""

import asyncio
import logging
import sys

log = logging.getLogger(__name__)

# For callers' connections, files, pipes and the server's own sockets.
SPARE = 64

# Of these, for all but callers' connections.
_FILES = 32

# As many connections as callers may have open, if the system allows them.
_CALLERS = 2_000

# The connections that are kept free for collecting, by the setting that asks for fewer.
_kept_free: dict[str, int] = {}

# CPython's select() on Windows is built for this many sockets (FD_SETSIZE in selectmodule.c).
SELECT_ON_WINDOWS = 512


def possible_connections(wanted: int, *, setting: str, warns: bool = True) -> int:
    """The connections that may be opened: `wanted`, or fewer if the system allows no more.

    A shell's usual bound on open files (256 on macOS) is below what a collection needs; it is
    raised for this process as far as the system permits. Requests beyond the answer wait for a
    connection instead of failing; `setting` names the one that asks for fewer, for the log. That
    has a warning about fewer connections unless the caller can do with them (`warns`).

    Needs a running event loop, which sets a bound on Windows.
    """
    possible = min(wanted, max(1, open_files(wanted + SPARE) - SPARE))
    _kept_free[setting] = possible
    if warns and possible < wanted:
        log.warning(
            "O sistema permite só %d das %d conexões desejadas; a coleta será mais lenta. "
            "%s ou diminua %s",
            possible,
            wanted,
            _ADVICE,
            setting,
        )
    return possible


def connections_of_callers() -> int:
    """The connections that callers may have open: as many as leave room for a collection.

    Needs a running event loop, as above.
    """
    others = max(_kept_free.values(), default=0) + _FILES
    return max(1, open_files(_CALLERS + others) - others)


def streams_of_callers() -> int:
    """As many of these as responses without an end may take: they leave room for the others.

    Needs a running event loop, as above.
    """
    return max(1, connections_of_callers() // 2)


if sys.platform == "win32":  # pragma: no cover  # the coverage is taken on Linux
    # uvicorn serves with select() there if it has several workers or reloads.
    _ADVICE = "Sirva com um só processo (SERVER_WORKERS=1 e SERVER_RELOAD=false)"

    def open_files(wanted: int) -> int:
        """The files and sockets that may be open: `wanted`, or fewer if no more are allowed."""
        selects = isinstance(asyncio.get_running_loop(), asyncio.SelectorEventLoop)
        return SELECT_ON_WINDOWS if selects else wanted

else:
    import resource

    _ADVICE = "Aumente o limite de arquivos abertos (ulimit -n)"

    def open_files(wanted: int) -> int:
        """The files and sockets that may be open: `wanted`, or fewer if no more are allowed."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft == resource.RLIM_INFINITY or soft >= wanted:
            return wanted
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        return most
