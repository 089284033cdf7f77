"""Measures the service beside simpler programs: `make bench`, or `make bench ARGS="--only cold"`.

Prints one table and, where all of it was measured, writes it to docs/bench.md with a chart of it,
docs/bench.svg, which the READMEs show.
"""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime

from bench.chart import chart
from bench.cold import cold_rows
from bench.growth import growth_rows
from bench.measuring import Row, tell, written
from bench.memory import memory_rows
from bench.programs import ROOT
from bench.ready import ready_rows

PARTS = {
    "cold": cold_rows,
    "ready": ready_rows,
    "memory": lambda _: memory_rows(),
    "growth": growth_rows,
}


def main() -> None:
    """Reads the arguments, measures, prints and writes the table."""
    parser = argparse.ArgumentParser(description="Measures the service beside simpler programs")
    parser.add_argument("--runs", type=int, default=5, help="runs of each program (default 5)")
    parser.add_argument("--only", choices=PARTS, help="measure one part, and write nothing")
    arguments = parser.parse_args()

    rows: list[Row] = []
    chosen = [arguments.only] if arguments.only else list(PARTS)
    for number, part in enumerate(chosen, start=1):
        tell(f"[{number}/{len(chosen)}] {part}")
        rows += PARTS[part](arguments.runs)
    caption = (
        f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores, medians of {arguments.runs} runs in turn, "
        f"{datetime.now(UTC):%Y-%m-%d}"
    )
    text = table(rows, caption)
    print(text)
    if arguments.only is None:
        heading = "# Measurements\n\nMade by `make bench`.\n\n![](bench.svg)\n\n"
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
            f"{written(row.theirs, row.unit)} | {row.ratio:.2f} × | {row.wanted} | {kept} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
