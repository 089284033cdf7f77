"""Counters, gauges and histograms of the whole service, and how Prometheus reads them."""

import time
from abc import ABC, abstractmethod
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TypeAlias

from src.infra.metrics.numbers import Numbers

# The values of a metric's labels, in their order.
Labels: TypeAlias = tuple[str, ...]

# What the processes have of one series: whether each still lives, and its numbers.
Parts: TypeAlias = Sequence[tuple[bool, Sequence[float]]]

# The media type of the text format, version 0.0.4 (prometheus.io/docs/instrumenting/
# exposition_formats).
TEXT = "text/plain; version=0.0.4; charset=utf-8"

# The upper bounds of a histogram's buckets, in seconds: from an answer at hand to a refresh.
BOUNDS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


# Those of a process that does not serve (yet).
APART = Numbers()


@dataclass(eq=False)
class Metric(ABC):
    """One name with its series, one for each combination of labels that was met."""

    name: str
    help: str  # in Portuguese
    labels: Labels = ()
    _numbers: Numbers = field(default=APART, init=False)
    _places: dict[Labels, int] = field(default_factory=dict, init=False)
    kind = "gauge"
    size = 1  # how many numbers a series has

    def keep_in(self, numbers: Numbers) -> None:
        """From now on its numbers are among these."""
        self._numbers = numbers
        self._places.clear()

    def place(self, labels: Labels) -> int:
        """Where the series with these labels begins among the numbers."""
        at = self._places.get(labels)
        if at is None:
            at = self._places[labels] = self._numbers.place(self.series(labels), self.size)
        return at

    def show(self, *labels: str) -> None:
        """This series is there from now on, so that its first event is seen as a change."""
        self.place(labels)

    def series(self, labels: Labels) -> str:
        """Name and labels, as the text format has them."""
        return self.name + _in_braces(zip(self.labels, labels, strict=True))

    @abstractmethod
    def lines(self, series: str, parts: Parts) -> Iterable[str]:
        """What is shown of a series of which the processes have these numbers."""


class Counter(Metric):
    """What is counted by all processes, those that have ended included."""

    kind = "counter"

    def add(self, *labels: str, by: float = 1) -> None:
        """One more."""
        self._numbers.view[self.place(labels)] += by

    def lines(self, series: str, parts: Parts) -> Iterable[str]:
        """The sum over all processes."""
        yield f"{series} {_written(sum(number for _, (number,) in parts))}"


class Histogram(Metric):
    """How long something takes, as the number of times up to each of BOUNDS_S, and their sum."""

    kind = "histogram"
    size = len(BOUNDS_S) + 2

    def add(self, *labels: str, seconds: float) -> None:
        """It took this many seconds."""
        at, view = self.place(labels), self._numbers.view
        view[at + bisect_left(BOUNDS_S, seconds)] += 1
        view[at + len(BOUNDS_S) + 1] += seconds

    def lines(self, series: str, parts: Parts) -> Iterable[str]:
        """Its buckets, each with those below it, the sum of the seconds, and the count."""
        *counts, total = map(sum, zip(*(numbers for _, numbers in parts), strict=True))
        name, _, labels = series.partition("{")
        before = labels.removesuffix("}") + "," if labels else ""
        for bound, count in zip((*BOUNDS_S, "+Inf"), accumulate(counts), strict=True):
            yield f'{name}_bucket{{{before}le="{bound}"}} {_written(count)}'
        end = "{" + labels if labels else ""
        yield f"{name}_sum{end} {_written(total)}"
        yield f"{name}_count{end} {_written(sum(counts))}"


class SumGauge(Metric):
    """What the living processes have together at the moment."""

    def add(self, *labels: str, by: float) -> None:
        """There are more here, or fewer."""
        self._numbers.view[self.place(labels)] += by

    def lines(self, series: str, parts: Parts) -> Iterable[str]:
        """The sum over those that live."""
        yield f"{series} {_written(sum(number for lives, (number,) in parts if lives))}"

    def keep_in(self, numbers: Numbers) -> None:
        """As for any metric; what an ended process had here does not count any more."""
        super().keep_in(numbers)
        for series in numbers.read():
            if series.partition("{")[0] == self.name:
                numbers.view[numbers.place(series, self.size)] = 0


@dataclass(eq=False)
class LatestGauge(Metric):
    """What was true last, in whichever process.

    `shown` makes what is shown of it, as by the age of a date.
    """

    shown: Callable[[float], float] = lambda number: number
    size = 2

    def set(self, *labels: str, to: float) -> None:
        """It is so much now."""
        at = self.place(labels)
        self._numbers.view[at] = to
        self._numbers.view[at + 1] = time.time()

    def lines(self, series: str, parts: Parts) -> Iterable[str]:
        """The newest."""
        number, _ = max((numbers for _, numbers in parts), key=lambda numbers: numbers[1])
        yield f"{series} {_written(self.shown(number))}"


def text_of(
    metrics: Iterable[Metric], processes: Sequence[tuple[bool, dict[str, list[float]]]]
) -> str:
    """All series of these metrics in the text format.

    `processes` has for each whether it still lives, and its numbers by series.
    """
    found: dict[str, list[tuple[bool, list[float]]]] = {}
    for lives, numbers in processes:
        for series, part in numbers.items():
            found.setdefault(series, []).append((lives, part))
    lines: list[str] = []
    for metric in metrics:
        lines += [f"# HELP {metric.name} {metric.help}", f"# TYPE {metric.name} {metric.kind}"]
        for series in sorted(found):
            # Another version of the service may have left others.
            parts = [part for part in found[series] if len(part[1]) == metric.size]
            if parts and series.partition("{")[0] == metric.name:
                lines += metric.lines(series, parts)
    return "\n".join(lines) + "\n"


def _in_braces(labels: Iterable[tuple[str, str]]) -> str:
    pairs = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels)
    return f"{{{pairs}}}" if pairs else ""


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _written(number: float) -> str:
    return str(int(number)) if number == int(number) else repr(number)
