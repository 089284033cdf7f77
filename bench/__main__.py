"""Measures the service beside simpler programs: `make bench`, or `make bench ARGS="--only cold"`.

Prints one table. With `ARGS=--keep`, if everything was measured, it also writes the table to
docs/bench.md and draws docs/bench.svg, which docs/comparison.md shows.
"""

import argparse
from collections.abc import Sequence

from bench.chart import chart
from bench.cold import cold_rows
from bench.crowd import crowd_rows
from bench.growth import growth_rows
from bench.measuring import Row, circumstances, not_measured, tell, written
from bench.memory import memory_rows
from bench.pages import page_rows
from bench.programs import ROOT
from bench.ready import ready_rows
from bench.regions import region_rows
from bench.search import search_rows

PARTS = {
    "cold": cold_rows,
    "ready": ready_rows,
    "search": search_rows,
    "regions": region_rows,
    "memory": memory_rows,
    "growth": growth_rows,
    "pages": page_rows,
    "crowd": crowd_rows,
}


ENOUGH_RUNS = 5

ABOUT = """Made by `make bench`. What is set beside the service is in [bench](../bench):

- a bare aiohttp loop: the same requests on asyncio's own event loop, JSON by the standard library,
  nothing checked, ordered or answered (`bare_loop.py`);
- a naive FastAPI service: a session for each request, one `gather`, objects returned (`naive.py`);
- a plain FastAPI route: returns the same ready bytes with the same headers (`plain.py`);
- nginx: one worker, the tree as files on disk, compressed beforehand, in an open file cache.

Cold times are from before the application is made until the last byte of its first answer; imports
are not counted, those that the service leaves for its first collection neither. Times of a start
are from the process's. Ready answers: wrk, 32 connections, one thread, no access logs but where the
row says so. Only the states: `?depth=states`, which is sent whole as cheaply as nothing but a 304
of the tree. Sizes are exact. The regions of cities are measured in one process, without a network:
all lists of cities as they are received, and the whole snapshot. Followers and idle processes: the
processor time of the worker during one refresh, and of all in twenty seconds without any."""


def main() -> None:
    """Reads the arguments, measures, prints the table, and writes it if asked to."""
    parser = argparse.ArgumentParser(description="Measures the service beside simpler programs")
    parser.add_argument("--runs", type=int, default=5, help="runs of each program (default 5)")
    parser.add_argument("--only", choices=PARTS, help="measure one part")
    parser.add_argument("--keep", action="store_true", help="write the table of the documentation")
    arguments = parser.parse_args()

    rows: list[Row] = []
    chosen = [arguments.only] if arguments.only else list(PARTS)
    for number, part in enumerate(chosen, start=1):
        tell(f"[{number}/{len(chosen)}] {part}")
        rows += PARTS[part](arguments.runs)
    caption = circumstances(arguments.runs)
    text = "\n".join(
        [table(rows, caption), "", *(f"Not measured: {what}." for what in not_measured)]
    )
    print(text)
    if arguments.keep and arguments.only is None and arguments.runs >= ENOUGH_RUNS:
        heading = f"# Measurements\n\n{ABOUT}\n\n![](bench.svg)\n\n"
        (ROOT / "docs" / "bench.md").write_text(f"{heading}{text}\n", encoding="utf-8")
        (ROOT / "docs" / "bench.svg").write_text(chart(rows, caption), encoding="utf-8")


def table(rows: Sequence[Row], caption: str) -> str:
    """The rows as Markdown."""
    lines = [
        f"{caption}.\n",
        "| what | the service | beside it | ratio | wanted | |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        kept = ("holds" if row.holds else "**does not hold**") if row.wanted else ""
        lines.append(
            f"| {row.what} | {written(row.ours, row.unit)} | {row.beside}: "
            f"{written(row.theirs, row.unit)} | {row.ratio:.3g} × | {row.wanted} | {kept} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
