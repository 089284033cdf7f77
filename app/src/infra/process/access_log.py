"""The access log: a line for each request, in the format of the other lines."""

import asyncio
import contextlib
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import Literal
from urllib.parse import quote

import msgspec
from starlette.types import Scope

# Lines are written together: to write each by itself takes a third of a worker's throughput.
WRITE_AFTER_S = 0.1
MOST_LINES = 1_000

# What is written in one go is not mixed with what other workers write to the same pipe, if it has
# at most this many bytes (PIPE_BUF of pipe(7)).
_WHOLE = 4_096

# A line of JSON has the address twice; with these limits it stays below that.
_MOST_OF_ADDRESS = 1_700
_MOST_OF_METHOD = 20
_MOST_OF_CLIENT = 100

# Bytes that no address may have (RFC 3986, appendix A), but that parsers let through.
_UNUSUAL = re.compile(rb"[^!#-\[\]-~]")

_ADDRESS = re.compile(r"[0-9A-Za-z.:%_-]*")

NAME = "access"


class AccessLog:
    """Writes the lines of requests to standard error, at most WRITE_AFTER_S later."""

    def __init__(self, fmt: Literal["text", "json"]) -> None:
        self._line: Callable[[Scope, int, float], str] = json_line if fmt == "json" else text_line
        self._lines: list[str] = []

    def add(self, scope: Scope, status: int, seconds: float) -> None:
        """Keeps a line for this request, which took this many seconds."""
        if not self._lines:
            asyncio.get_running_loop().call_later(WRITE_AFTER_S, self.write)
        self._lines.append(self._line(scope, status, seconds))
        if len(self._lines) >= MOST_LINES:
            self.write()

    def write(self) -> None:
        """Writes what is kept.

        As with `logging`, a standard error that is closed, or that nobody reads, stops no request.
        """
        lines, self._lines = self._lines, []
        with contextlib.suppress(OSError, ValueError, AttributeError):  # the last if there is none
            for part in _parts(lines):
                sys.stderr.write(part)
                sys.stderr.flush()


def _parts(lines: list[str]) -> Iterator[str]:
    """The lines together, as many at a time as are written as a whole."""
    part = ""
    for line in lines:  # of ASCII alone
        if part and len(part) + len(line) > _WHOLE:
            yield part
            part = ""
        part += line
    if part:
        yield part


def text_line(scope: Scope, status: int, seconds: float) -> str:
    """A line as `logging` would format it."""
    now = time.time()
    return (
        f"{_second(int(now))},{int(now % 1 * 1000):03} INFO {NAME}: {_client(scope)} - "
        f'"{_method(scope)} {_target(scope)} HTTP/{scope["http_version"]}" {status} '
        f"{seconds:.4f} s\n"
    )


@lru_cache(maxsize=1)  # most lines are of the same second as the one before
def _second(now: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(now))


def json_line(scope: Scope, status: int, seconds: float) -> str:
    """A line with the fields of `JsonFormatter`, and those of the request."""
    method, path = _method(scope), _target(scope)
    line = {
        "timestamp": datetime.now(UTC).isoformat(),
        "level": "INFO",
        "logger": NAME,
        "message": f"{method} {path} {status}",
        "process": os.getpid(),
        "method": method,
        "path": path,
        "status": status,
        "seconds": round(seconds, 6),
        "client": _client(scope),
    }
    if scope.get("trace_id"):
        line["trace_id"] = scope["trace_id"]
    return msgspec.json.encode(line).decode() + "\n"


def _client(scope: Scope) -> str:
    host, port = scope.get("client") or ("", 0)
    return f"{_shown(host)}:{port}" if host else ""


@lru_cache(maxsize=256)  # most requests come from the same few
def _shown(host: str) -> str:
    """The client's address; what a proxy has passed on may be anything, and is escaped."""
    shown = host if _ADDRESS.fullmatch(host) else quote(host, safe=":%")
    return _cut(shown, _MOST_OF_CLIENT)


def _method(scope: Scope) -> str:
    return _cut(scope["method"], _MOST_OF_METHOD)


def _target(scope: Scope) -> str:
    """Path and query as they were sent, unless they are long.

    Nothing in them can end their quotes, or the line.
    """
    target: bytes = scope["raw_path"]
    if scope["query_string"]:
        target += b"?" + scope["query_string"]
    target = target[: _MOST_OF_ADDRESS + 1]
    if _UNUSUAL.search(target):
        target = _UNUSUAL.sub(lambda found: b"%%%02X" % found[0][0], target)
    return _cut(target.decode(), _MOST_OF_ADDRESS)


def _cut(text: str, most: int) -> str:
    """The text, or its beginning and three dots."""
    return text if len(text) <= most else f"{text[: most - 3]}..."
