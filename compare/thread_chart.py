"""Draws where the time of the one thread goes: a bar for each limit, parted in sleep and work."""

from collections.abc import Sequence

from bench.chart import WIDTH, bar, legend, picture
from bench.measuring import written
from compare.chart import ROW_HEIGHT, right
from compare.runs import LATENCY_MS, Outcome
from compare.ways import CITIES_100, CITIES_1000, CITIES_2000, SEMAPHORES

# How many cities' requests may be under way, by way.
LIMITS = {CITIES_100: 100, SEMAPHORES: 500, CITIES_1000: 1000, CITIES_2000: 2000}

# The requests that are not for one city: for the list of states, and the cities of each.
OTHERS = 1 + 27

LABELS = 130
BARS = 470
# The right edges of the columns beside the bars, and their headings.
COLUMNS = {750: "processor time", WIDTH: "answers a second"}


def thread_chart(outcomes: Sequence[Outcome], caption: str) -> str:
    """The picture, of the semaphores' way with each limit; empty where idle time is not known."""
    shown = [
        outcome
        for way in LIMITS
        for outcome in outcomes
        if outcome.way == way and outcome.idle_s is not None
    ]
    longest = max((outcome.seconds for outcome in shown), default=1.0)
    parts = legend(
        ("theirs", 0, "sleeps: no answer has come"),
        ("ours", 180, "at work"),
        ("missed", 260, "line: cities ÷ limit × 0.1 s, the least possible"),
    )
    parts += [right(x, 34, heading) for x, heading in COLUMNS.items()]
    top = 50
    for outcome in shown:
        parts += _row(outcome, BARS / longest, top)
        top += ROW_HEIGHT
    return picture(parts, caption, height=top)


def least_s(outcome: Outcome) -> float:
    """The seconds that the cities' requests wait at least, if none of the limit is ever unused."""
    return (outcome.requests - OTHERS) / LIMITS[outcome.way] * LATENCY_MS / 1000


def _row(outcome: Outcome, a_second: float, top: int) -> list[str]:
    """The bar of a limit; `a_second` is as wide as that."""
    asleep_s = outcome.idle_s or 0.0
    asleep, whole = round(asleep_s * a_second), round(outcome.seconds * a_second)
    line = LABELS + round(least_s(outcome) * a_second)
    figures = (
        written(outcome.cpu_s, "s"),
        f"{outcome.requests / outcome.seconds:,.0f}",
    )
    explained = (
        f"{written(outcome.seconds, 's')}: asleep for {written(asleep_s, 's')} "
        f"({asleep_s / outcome.seconds:.0%}); at least {written(least_s(outcome), 's')}"
    )
    return [
        f'<text x="0" y="{top + 14}">{LIMITS[outcome.way]:,} at once</text>',
        *bar("theirs", asleep, "", left=LABELS, top=top),
        *bar("ours", whole - asleep, "", left=LABELS + asleep, top=top),
        f'<rect class="missed" x="{line - 1}" y="{top - 1}" width="2" height="21"/>',
        f'<text class="small" x="{LABELS}" y="{top + 32}">{explained}</text>',
        *(right(x, top + 14, figure) for x, figure in zip(COLUMNS, figures, strict=True)),
    ]
