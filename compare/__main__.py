"""Compares ways to make the same requests: `make compare`, or `make compare ARGS="--runs 1"`.

Each run of a way (`ways.py`) has its own process and its own stand-in. Prints a table. With
`ARGS=--keep` it also draws docs/compare.svg, which docs/comparison.md shows, unless a way was left
out.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from bench.measuring import circumstances, not_measured
from bench.programs import ROOT
from compare.chart import chart, written_time
from compare.runs import LATENCY_MS, Outcome, outcomes_of, possible_ways
from compare.ways import ONE_STATE, SEMAPHORES, WAYS

ENOUGH_RUNS = 3

# The width of the table, in characters, if it is not written to a terminal.
WIDTH = 100


def main() -> None:
    """Reads the arguments, measures, prints the table, and draws the chart if asked to."""
    parser = argparse.ArgumentParser(description="Compares ways to make the same requests")
    parser.add_argument("--runs", type=int, default=ENOUGH_RUNS, help="runs of each (default 3)")
    parser.add_argument("--keep", action="store_true", help="draw the chart of the documentation")
    arguments = parser.parse_args()
    runs = arguments.runs

    ways = possible_ways()
    outcomes = outcomes_of(ways, runs)
    caption = f"{circumstances(runs)}; {LATENCY_MS} ms for each answer"
    console = Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)
    console.print(table(outcomes), "", *notes(outcomes), f"{caption}.", sep="\n")
    if arguments.keep and runs >= ENOUGH_RUNS and ways == list(WAYS):
        drawn = chart(outcomes, caption)
        (ROOT / "docs" / "compare.svg").write_text(drawn, encoding="utf-8")


def table(outcomes: Sequence[Outcome]) -> Table:
    """The outcomes, and how long each took compared with the semaphores' way."""
    beside = next(outcome.seconds for outcome in outcomes if outcome.way == SEMAPHORES)
    drawn = Table(box=box.SIMPLE, show_edge=False, padding=(0, 1, 0, 0))  # 80 characters are enough
    drawn.add_column("way")
    for heading in ("time", "×", "requests", "at once", "connections", "MB"):
        drawn.add_column(heading, justify="right")
    for outcome in outcomes:
        if outcome.way == ONE_STATE:
            drawn.add_section()
        drawn.add_row(
            outcome.way,
            written_time(outcome),
            f"{outcome.seconds / beside:,.{0 if outcome.sample else 2}f}",
            f"{outcome.requests:,}",
            f"{outcome.at_once:,}",
            f"{outcome.connections:,}",
            f"{outcome.megabytes:.0f}" if outcome.megabytes else "–",
        )
    return drawn


def notes(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Remarks on the figures of the table."""
    for outcome in outcomes:
        if outcome.sample:
            yield f"{outcome.way}: time estimated from a sample of {outcome.sample} requests."
        if outcome.failures:
            yield f"{outcome.way}: {len(outcome.failures):,} requests failed: {outcome.failures[0]}"
    for what in not_measured:
        yield f"Not measured: {what}."


if __name__ == "__main__":
    main()
