"""The memory of a worker: settled, at its peak, and after a hundred refreshes."""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from bench.measuring import Row, megabytes, missing, tell
from bench.programs import body_of, served, stand_in

REFRESHES = 20
MANY_REFRESHES = 100

# Freed memory is given back, and codings are made, within this time.
SETTLED_AFTER_S = 3.0


def memory_rows(runs: int) -> list[Row]:
    """A worker that collects by city for each request; Linux gives its size."""
    if sys.platform != "linux":
        missing("memory: only Linux says what a process has at most")
        return []
    worker = [_worker(REFRESHES) for _ in range(runs)]
    bare = statistics.median(_bare_application() for _ in range(runs))
    settled = statistics.median(figures[-1] for figures, _ in worker)
    most = statistics.median(most for _, most in worker)
    # The data differs each time, so that everything is made again.
    (after_some, after_all), _ = _worker(REFRESHES, MANY_REFRESHES, changing=True)
    beside = "a bare FastAPI application"
    return [
        Row("memory of a worker, settled", beside, settled, bare, "MB", ours_at_most=95),
        Row("memory of a worker, at most", beside, most, bare, "MB", ours_at_most=150),
        Row(
            f"memory after {MANY_REFRESHES} refreshes with changes, one run",
            f"after {REFRESHES}",
            after_all,
            after_some,
            "MB",
            at_most=1.03,
        ),
    ]


def _worker(*refreshes: int, changing: bool = False) -> tuple[list[float], float]:
    """The MB that a worker settles to after each of these numbers of refreshes, and its peak."""
    settled: list[float] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        stand_in(latency_ms=0, changing=changing) as base_url,
        served(
            "main:create_app",
            factory=True,
            IBGE_BASE_URL=base_url,
            SNAPSHOT_STORE=f"file:{folder}",
            SNAPSHOT_TTL_S="0",
        ) as (worker, url),
    ):
        for refresh in range(1, max(refreshes) + 1):
            body_of(url)
            if refresh in refreshes:
                time.sleep(SETTLED_AFTER_S)
                settled.append(megabytes(worker.pid, "VmRSS"))
                tell(f"    after {refresh} refreshes: {settled[-1]:.0f} MB")
        return settled, megabytes(worker.pid, "VmHWM")


def _bare_application() -> float:
    with tempfile.TemporaryDirectory() as folder:
        body = Path(folder) / "body"
        body.write_bytes(bytes(700_000))
        body.with_name("body.gz").write_bytes(bytes(140_000))
        with served("bench.plain:app", BENCH_BODY=str(body)) as (process, url):
            body_of(url)
            return megabytes(process.pid, "VmRSS")
