"""Runs the ways in turn, and compares what they have collected."""

import asyncio
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bench.measuring import missing
from bench.programs import body_of, output, stand_in
from compare.free_threading import WITHOUT_LOCK, free_threaded_python
from compare.one_run import Run
from compare.rows import Row
from compare.threads import FREE_THREADED, THREADS, THREADS_REQUESTS
from compare.ways import (
    CITIES_1000,
    CITIES_2000,
    ONE_AFTER_ANOTHER,
    ONE_STATE,
    SEMAPHORES,
    UNBOUNDED,
    WAYS,
)
from src.infra.process.open_connections import open_files
from stand_in.localities.content import BASE_PATH
from stand_in.server import CONTROL_PATH, Figures

LATENCY_MS = 100

# A connection for each city, and what else a process has open. A shell's usual limit is lower.
OPEN_FILES = 6_000
NEED_MANY_FILES = {UNBOUNDED, CITIES_1000, CITIES_2000}

# The programs of the ways that are not in ways.py.
PROGRAMS = {
    THREADS_REQUESTS: ["compare.with_requests"],
    THREADS: ["compare.threads"],
    FREE_THREADED: ["compare.threads"],
}

# All ways, in the order of the table: those with other limits than the service's come last.
_OTHER_LIMITS = list(WAYS).index(ONE_STATE)
EVERY_WAY = [
    *list(WAYS)[:_OTHER_LIMITS],
    *PROGRAMS,
    *list(WAYS)[_OTHER_LIMITS:],
]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a way took, by its own account and by that of the server it asked.

    `cpu_s` and `idle_s` are as in Run. If `sample` is not 0, the times are estimated from that many
    requests. `megabytes` is 0 if it is not known. `python` is the version that ran it.
    """

    way: str
    seconds: float
    cpu_s: float
    idle_s: float | None
    megabytes: float
    at_once: int
    requests: int
    connections: int
    python: str = ""
    failures: Sequence[str] = ()
    sample: int = 0


def possible_ways(free_threaded: str | None = None) -> dict[str, str]:
    """The ways that can be run here, and the Python that runs each.

    Some need many open files: raises the limit for this process and those it starts, as far as that
    is permitted. One needs a Python with free threading: `free_threaded`, or one that is found.
    """

    async def allowed_files() -> int:
        return open_files(OPEN_FILES)  # on Windows the event loop has its own limit

    allowed = asyncio.run(allowed_files())
    ways = dict.fromkeys(EVERY_WAY, sys.executable)
    if allowed < OPEN_FILES:
        for way in [way for way in EVERY_WAY if way in NEED_MANY_FILES]:
            missing(f"{way}, for the system allows {allowed:,} open files only (ulimit -n)")
            del ways[way]
    found = free_threaded_python(free_threaded)
    if found is None:
        del ways[FREE_THREADED]
    else:
        ways[FREE_THREADED] = found
    return ways


def outcomes_of(ways: Mapping[str, str], runs: int) -> list[Outcome]:
    """The median run of each way, over this many runs in turn: A B C A B C …

    The turns are fair to all even if the machine's speed drifts. A first round does not count.
    """
    outcomes: dict[str, list[Outcome]] = {way: [] for way in ways}
    with _progress() as progress:
        bar = progress.add_task("", total=len(ways) * (runs + 1))
        for round_ in range(runs + 1):
            trees: dict[str, list[Row]] = {}
            for way, python in ways.items():
                progress.update(bar, description=way)
                outcome, tree = _run(way, python)
                count = f"{round_}/{runs}" if round_ else "does not count"
                progress.console.print(f"    {way}: {outcome.seconds:.2f} s ({count})")
                progress.advance(bar)
                if not outcome.failures:
                    trees[way] = tree
                if round_ > 0:
                    outcomes[way].append(outcome)
            check(trees)
    return list(with_estimate([_median(each) for each in outcomes.values()]))


def _progress() -> Progress:
    """A bar on a terminal; elsewhere only the lines that are printed above it."""
    console = Console(stderr=True, highlight=False)
    return Progress(
        TextColumn("{task.description:32}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
        refresh_per_second=2,  # drawing it uses processor time that is measured
    )


def _run(way: str, python: str) -> tuple[Outcome, list[Row]]:
    settings = WITHOUT_LOCK if way == FREE_THREADED else {}
    program = PROGRAMS.get(way, ["compare.ways", way])
    with stand_in(latency_ms=LATENCY_MS) as base_url:
        printed = output(*program, base_url, python=python, **settings)
        run = msgspec.json.decode(printed, type=Run)
        control_url = base_url.removesuffix(BASE_PATH) + CONTROL_PATH
        figures = msgspec.json.decode(body_of(control_url), type=Figures)
    outcome = Outcome(
        way=way,
        seconds=run.seconds,
        cpu_s=run.cpu_s,
        idle_s=run.idle_s,
        megabytes=run.megabytes,
        at_once=run.at_once,
        requests=figures.requests,
        connections=figures.connections,
        python=run.python,
        failures=run.failures,
    )
    return outcome, run.states


def check(trees: Mapping[str, list[Row]]) -> None:
    """Requires that all ways have collected the same, and the sample a part of it."""
    whole = [tree for way, tree in trees.items() if way != ONE_AFTER_ANOTHER]
    assert all(tree == whole[0] for tree in whole), "the ways have collected different trees"
    if whole and ONE_AFTER_ANOTHER in trees:
        for state, sampled in zip(whole[0], trees[ONE_AFTER_ANOTHER], strict=True):
            assert sampled["id"] == state["id"], "the sample has other states"
            assert sampled["cidades"], "the sample has no city of a state"
            assert all(city in state["cidades"] for city in sampled["cidades"]), (
                "the sample has other cities or districts"
            )


def _median(outcomes: Sequence[Outcome]) -> Outcome:
    """The run in the middle as a whole, so that its figures belong together."""
    return sorted(outcomes, key=lambda outcome: outcome.seconds)[len(outcomes) // 2]


def with_estimate(outcomes: Sequence[Outcome]) -> Iterator[Outcome]:
    """The outcomes, with the sample's times scaled to the requests that the semaphores' way makes.

    The lists of cities, which take a little longer than those of districts, are all in the
    sample, so the estimate is a little long.
    """
    whole = next(outcome.requests for outcome in outcomes if outcome.way == SEMAPHORES)
    for outcome in outcomes:
        if outcome.way != ONE_AFTER_ANOTHER:
            yield outcome
            continue
        times = whole / outcome.requests
        yield replace(
            outcome,
            seconds=outcome.seconds * times,
            cpu_s=outcome.cpu_s * times,
            idle_s=None if outcome.idle_s is None else outcome.idle_s * times,
            megabytes=0,  # it kept only part of the tree
            requests=whole,
            sample=outcome.requests,
        )
