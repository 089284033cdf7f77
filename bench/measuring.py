"""A measurement: two things side by side, in turn, and the ratio of their medians."""

import os
import platform
import statistics
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: the service's figure, the one beside it, and what was promised.

    `at_most` and `at_least` bound the ratio ours / theirs; `ours_at_most` bounds our figure itself.
    """

    what: str
    beside: str
    ours: float
    theirs: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None
    ours_at_most: float | None = None

    @property
    def ratio(self) -> float:
        """Our figure divided by theirs."""
        return self.ours / self.theirs

    @property
    def wanted(self) -> str:
        """The promise, as the table shows it."""
        bounds = [
            "" if self.at_most is None else f"≤ {self.at_most:.3g} ×",
            "" if self.at_least is None else f"≥ {self.at_least:.3g} ×",
            "" if self.ours_at_most is None else f"≤ {written(self.ours_at_most, self.unit)}",
        ]
        return ", ".join(bound for bound in bounds if bound)

    @property
    def holds(self) -> bool:
        """Whether the promise is kept."""
        return (
            (self.at_most is None or self.ratio <= self.at_most)
            and (self.at_least is None or self.ratio >= self.at_least)
            and (self.ours_at_most is None or self.ours <= self.ours_at_most)
        )


def written(figure: float, unit: str) -> str:
    """A figure for people: 1.82 s, 0.012 cores, 23,100 /s, 93 MB."""
    decimals = {"s": 2, "ms": 2, "cores": 3}.get(unit, 0)
    return f"{figure:,.{decimals}f} {unit}"


def medians(programs: Mapping[str, Callable[[], float]], runs: int) -> dict[str, float]:
    """The median figure of each program, over this many runs in turn: A B C A B C …

    The turns are fair to all even if the machine's speed drifts. A first round does not count.
    """
    figures: dict[str, list[float]] = {name: [] for name in programs}
    for round_ in range(runs + 1):
        for name, program in programs.items():
            figure = program()
            shown = f"{figure:,.2f}" if figure < 1000 else f"{figure:,.0f}"
            tell(
                f"    {name}: {shown}" + (f" ({round_}/{runs})" if round_ else " (does not count)")
            )
            if round_ > 0:
                figures[name].append(figure)
    return {name: statistics.median(each) for name, each in figures.items()}


def megabytes(process: int | str, field: str) -> float:
    """A figure of a process's memory that Linux keeps, VmRSS or VmHWM; 0 on other systems.

    The process is a number, or "self".
    """
    if sys.platform != "linux":
        return 0.0
    status = Path(f"/proc/{process}/status").read_text()
    return (
        next(int(line.split()[1]) for line in status.splitlines() if line.startswith(field)) / 1024
    )


def circumstances(runs: int) -> str:
    """Where, when and how often the figures were measured, for the caption of a table."""
    return (
        f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores, medians of {runs} runs in turn, {datetime.now(UTC):%Y-%m-%d}"
    )


# What could not be measured here, and why.
not_measured: list[str] = []


def missing(what: str) -> None:
    """Notes what cannot be measured here, to be printed below the table."""
    tell(f"    not measured: {what}")
    not_measured.append(what)


def tell(line: str) -> None:
    """Prints progress, apart from the results."""
    print(line, file=sys.stderr, flush=True)
