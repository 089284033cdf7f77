"""Runs the measurements and prints one table: `make bench`, or `make bench ARGS="--runs 9"`.

Each row sets two programs side by side. They run in turn, A B A B …, so that a machine whose
speed drifts is unfair to neither; what counts is the ratio of the medians.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = {**os.environ, "PYTHONPATH": f"{ROOT / 'app'}{os.pathsep}{ROOT}"}


@contextmanager
def stand_in(*, latency_ms: float) -> Iterator[str]:
    """The base address of a stand-in upstream in a process of its own."""
    command = [sys.executable, "-m", "stand_in", "--port", "0", "--latency-ms", str(latency_ms)]
    with subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def seconds(program: str, base_url: str) -> float:
    """What one run of a program of this folder measured."""
    command = [sys.executable, "-m", f"bench.{program}", base_url]
    ended = subprocess.run(
        command, env=ENVIRONMENT, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    return float(ended.stdout)


def side_by_side(ours: str, theirs: str, base_url: str, runs: int) -> tuple[float, float]:
    """The medians of both in seconds, over this many runs in turn; a first one does not count."""
    measured: dict[str, list[float]] = {ours: [], theirs: []}
    for run in range(runs + 1):
        for program, times in measured.items():
            took = seconds(program, base_url)
            print(f"  {run}/{runs} {program}: {took:.2f} s", file=sys.stderr, flush=True)
            if run > 0:
                times.append(took)
    return statistics.median(measured[ours]), statistics.median(measured[theirs])


def main() -> None:
    """Reads the arguments, measures, prints the table."""
    parser = argparse.ArgumentParser(description="Measures the service beside simpler programs")
    parser.add_argument("--runs", type=int, default=5, help="runs of each program (default 5)")
    parser.add_argument("--latency-ms", type=float, default=100.0, help="of the stand-in upstream")
    arguments = parser.parse_args()

    print("First answer after a cold start, beside a bare aiohttp loop", file=sys.stderr)
    with stand_in(latency_ms=arguments.latency_ms) as base_url:
        ours, theirs = side_by_side("cold_service", "bare_loop", base_url, arguments.runs)

    print(
        f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores, medians of {arguments.runs} runs in turn\n"
    )
    print("| what | the service | beside it | ratio | at most |")
    print("|---|---|---|---|---|")
    print(
        f"| cold `GET /api/v1/states` at {arguments.latency_ms:.0f} ms latency, beside a bare "
        f"aiohttp loop | {ours:.2f} s | {theirs:.2f} s | {ours / theirs:.2f} | 1.25 |"
    )


if __name__ == "__main__":
    main()
