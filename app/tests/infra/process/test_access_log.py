"""A line for each request."""

import asyncio
import json
import os
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from src.infra.process.access_log import MOST_LINES, AccessLog


def scope(**parts: Any) -> dict[str, Any]:
    """A request as ASGI has it."""
    return {
        "type": "http",
        "method": "GET",
        "raw_path": b"/api/v1/itens/7",
        "query_string": b"",
        "http_version": "1.1",
        "client": ("127.0.0.1", 50_000),
        **parts,
    }


async def test_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    """A line looks like those of `logging`, and says how long the answer took."""
    log = AccessLog("text")

    log.add(scope(query_string=b"parte=tudo"), 200, 0.01234)
    log.write()

    line = capsys.readouterr().err
    wanted = r'[\d-]{10} [\d:]{8},\d{3} INFO access: 127.0.0.1:50000 - "GET /api/v1/itens/7\?'
    assert re.fullmatch(wanted + 'parte=tudo HTTP/1.1" 200 0.0123 s\n', line)


async def test_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """What a collector may filter by are fields."""
    log = AccessLog("json")

    log.add(scope(method="HEAD"), 304, 1.5)
    log.write()

    line = json.loads(capsys.readouterr().err)
    then = datetime.fromisoformat(line.pop("timestamp"))
    assert abs(datetime.now(UTC) - then).total_seconds() < 60
    assert line == {
        "level": "INFO",
        "logger": "access",
        "message": "HEAD /api/v1/itens/7 304",
        "process": os.getpid(),
        "method": "HEAD",
        "path": "/api/v1/itens/7",
        "status": 304,
        "seconds": 1.5,
        "client": "127.0.0.1:50000",
    }


@pytest.mark.parametrize("fmt", ["text", "json"])
async def test_nothing_in_a_request_begins_another_line(
    fmt: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a parser lets through is escaped; a client without an address has none."""
    log = AccessLog(fmt)

    log.add(scope(raw_path='/\u0085é"\\'.encode(), client=None), 404, 0)
    log.write()

    (line,) = capsys.readouterr().err.splitlines()
    assert "/%C2%85%C3%A9%22%5C" in line


@pytest.mark.parametrize("fmt", ["text", "json"])
async def test_nothing_in_a_request_looks_like_another_part_of_its_line(
    fmt: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither a path with quotes, nor what a proxy passes on as the client's address."""
    log = AccessLog(fmt)
    forged = ('1.2.3.4:5 - "GET /ok HTTP/1.1" 200 \x85\x9bã', 0)

    log.add(scope(raw_path=b'/a" 200 0.1 s', client=forged), 404, 0)
    log.add(scope(client=("fe80::1%eth0", 7)), 200, 0)
    log.write()

    first, second = capsys.readouterr().err.splitlines()
    assert "/a%22%20200%200.1%20s" in first
    assert "1.2.3.4:5%20-%20%22GET%20%2Fok%20HTTP%2F1.1%22%20200%20%C2%85%C2%9B%C3%A3:0" in first
    assert "fe80::1%eth0:7" in second


class Closed:
    """A standard error that can no longer be written to."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def write(self, text: str) -> None:
        """Fails."""
        raise self.error


@pytest.mark.parametrize(
    "stream",
    [
        Closed(BrokenPipeError()),
        Closed(ValueError("I/O operation on closed file")),
        Closed(BlockingIOError()),
        None,
    ],
)
async def test_a_standard_error_that_takes_no_lines_stops_nothing(
    stream: Closed | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lines are lost, and the request that they belong to is answered."""
    monkeypatch.setattr("sys.stderr", stream)
    log = AccessLog("text")

    for _ in range(MOST_LINES):
        log.add(scope(), 200, 0)

    log.write()


@pytest.mark.parametrize("fmt", ["text", "json"])
@pytest.mark.parametrize("letter", [b"a", b'"', b"\\", b"\xff"])
async def test_workers_that_write_to_one_pipe_do_not_mix_their_lines(
    fmt: Any, letter: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written at once is whole lines, and short enough; whatever is long is cut."""
    written: list[str] = []
    monkeypatch.setattr("sys.stderr.write", written.append)
    log = AccessLog(fmt)
    client = (90_000 * letter.decode("latin-1"), 7)

    for _ in range(200):
        log.add(scope(), 200, 0)
    log.add(scope(raw_path=b"/" + 30_000 * letter, client=client, method=9_000 * "M"), 414, 0)
    log.write()

    assert all(len(part.encode()) <= 4_096 and part.endswith("\n") for part in written)
    lines = "".join(written).splitlines()
    assert len(lines) == 201
    assert "..." in lines[-1]
    if fmt == "json":
        assert json.loads(lines[-1])["path"].startswith("/")


async def test_lines_are_written_together_and_soon(capsys: pytest.CaptureFixture[str]) -> None:
    """A crowd of them at once, and the others after a moment."""
    log = AccessLog("text")
    for _ in range(MOST_LINES + 1):
        log.add(scope(), 200, 0)

    at_once = capsys.readouterr().err.count("\n")
    rest = 0
    async with asyncio.timeout(20):
        while not rest:
            await asyncio.sleep(0.01)
            rest = capsys.readouterr().err.count("\n")

    assert (at_once, rest) == (MOST_LINES, 1)
    log.write()
    assert capsys.readouterr().err == ""
