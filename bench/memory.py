"""How much memory a worker has: settled, at most, and after a hundred refreshes."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from bench.measuring import Row, tell
from bench.programs import body_of, served, stand_in, wait_for_codings

# Freed memory is given back, and codings are made, within this time.
SETTLED_AFTER_S = 3.0


def memory_rows(refreshes: int = 100) -> list[Row]:
    """A worker that collects for each request, by city; Linux tells how large it is."""
    if sys.platform != "linux":
        tell("    only Linux says what a process has at most: memory is not measured")
        return []
    with tempfile.TemporaryDirectory() as folder, stand_in(latency_ms=0) as base_url:
        settings = {"SNAPSHOT_STORE": f"file:{folder}", "SNAPSHOT_TTL_S": "0"}
        with served("main:create_app", factory=True, IBGE_BASE_URL=base_url, **settings) as (
            worker,
            url,
        ):
            wait_for_codings(url)
            settled: list[float] = []
            for refresh in range(1, refreshes + 1):
                body_of(url)
                if refresh in {refreshes // 5, refreshes}:
                    time.sleep(SETTLED_AFTER_S)
                    settled.append(_megabytes(worker.pid, "VmRSS"))
                    tell(f"    after {refresh} refreshes: {settled[-1]:.0f} MB")
            most = _megabytes(worker.pid, "VmHWM")
    bare = _bare_application()
    after_some, after_all = settled
    beside = "a bare FastAPI application"
    return [
        Row("memory of a worker, settled", beside, after_all, bare, "MB", ours_at_most=95),
        Row("memory of a worker, at most", beside, most, bare, "MB", ours_at_most=150),
        Row(
            f"memory after {refreshes} refreshes",
            f"after {refreshes // 5}",
            after_all,
            after_some,
            "MB",
            at_most=1.03,
        ),
    ]


def _bare_application() -> float:
    with tempfile.NamedTemporaryFile() as body:
        body.write(bytes(140_000))
        body.flush()
        with served("bench.plain:app", BENCH_BODY=body.name) as (process, url):
            body_of(url)
            return _megabytes(process.pid, "VmRSS")


def _megabytes(pid: int, field: str) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return (
        next(int(line.split()[1]) for line in status.splitlines() if line.startswith(field)) / 1024
    )
