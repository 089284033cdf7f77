"""Compares ways to make the same requests: `make compare`, or `make compare ARGS="--runs 1"`.

Each run of a way (`ways.py`) has its own process and its own stand-in. Prints a table. With
`ARGS=--keep` it also draws docs/compare.svg and docs/compare-thread.svg, which docs/comparison.md
shows, unless a way was left out. Only the one that needs a Python with free threading may be.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from bench.measuring import circumstances, not_measured, written
from bench.programs import ROOT
from compare.chart import chart, written_time
from compare.runs import EVERY_WAY, LATENCY_MS, Outcome, outcomes_of, possible_ways
from compare.thread_chart import thread_chart
from compare.threads import FREE_THREADED
from compare.ways import ONE_STATE, SEMAPHORES

ENOUGH_RUNS = 3

# The width of the table, in characters, if it is not written to a terminal.
WIDTH = 100


def main() -> None:
    """Reads the arguments, measures, prints the table, and draws the chart if asked to."""
    parser = argparse.ArgumentParser(description="Compares ways to make the same requests")
    parser.add_argument("--runs", type=int, default=ENOUGH_RUNS, help="runs of each (default 3)")
    parser.add_argument("--keep", action="store_true", help="draw the charts of the documentation")
    parser.add_argument("--free-threaded", metavar="PATH", help="a Python with free threading")
    arguments = parser.parse_args()
    runs = arguments.runs

    ways = possible_ways(arguments.free_threaded)
    outcomes = outcomes_of(ways, runs)
    caption = f"{circumstances(runs)}; {LATENCY_MS} ms for each answer"
    console = Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)
    console.print(table(outcomes), "", *notes(outcomes), f"{caption}.", sep="\n")
    if arguments.keep and runs >= ENOUGH_RUNS and set(EVERY_WAY) - set(ways) <= {FREE_THREADED}:
        for name, draw in (("compare", chart), ("compare-thread", thread_chart)):
            drawn = draw(outcomes, caption)
            (ROOT / "docs" / f"{name}.svg").write_text(drawn, encoding="utf-8")


def table(outcomes: Sequence[Outcome]) -> Table:
    """The outcomes, and how long each took compared with the semaphores' way."""
    beside = next(outcome.seconds for outcome in outcomes if outcome.way == SEMAPHORES)
    drawn = Table(box=box.SIMPLE, show_edge=False, padding=(0, 1, 0, 0))
    drawn.add_column("way")
    for heading in ("time", "×", "CPU", "idle", "requests", "at once", "connections", "MB"):
        drawn.add_column(heading, justify="right")
    for outcome in outcomes:
        if outcome.way == ONE_STATE:
            drawn.add_section()
        drawn.add_row(
            outcome.way,
            written_time(outcome),
            f"{outcome.seconds / beside:,.{0 if outcome.sample else 2}f}",
            written(outcome.cpu_s, "s"),
            "–" if outcome.idle_s is None else f"{outcome.idle_s / outcome.seconds:.0%}",
            f"{outcome.requests:,}",
            f"{outcome.at_once:,}",
            f"{outcome.connections:,}",
            f"{outcome.megabytes:.0f}" if outcome.megabytes else "–",
        )
    return drawn


def notes(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Remarks on the figures of the table."""
    yield "CPU: processor time, of all threads. idle: the one thread sleeps, no answer has come."
    yield "at once: the limit of 500 is for cities; lists of cities count towards the 26."
    for outcome in outcomes:
        if outcome.sample:
            yield f"{outcome.way}: times estimated from a sample of {outcome.sample} requests."
        if outcome.way == FREE_THREADED:
            yield f"{outcome.way}: Python {outcome.python}."
        if outcome.failures:
            yield f"{outcome.way}: {len(outcome.failures):,} requests failed: {outcome.failures[0]}"
    for what in not_measured:
        yield f"Not measured: {what}."


if __name__ == "__main__":
    main()
