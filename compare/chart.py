"""Draws the outcomes as an SVG: a bar for the time of each way, and below it the lesson."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from bench.chart import WIDTH, bar, legend, picture
from bench.measuring import written
from compare.runs import Outcome
from compare.threads import FREE_THREADED, THREADS, THREADS_REQUESTS
from compare.ways import (
    CITIES_100,
    CITIES_1000,
    CITIES_2000,
    ONE_AFTER_ANOTHER,
    ONE_STATE,
    SEMAPHORES,
    SESSION_PER_REQUEST,
    STATE_PLAN,
    UNBOUNDED,
)

ROW_HEIGHT = 46
LABELS = 230
BARS = 300
# The right edges of the columns beside the bars, and their headings.
COLUMNS = {680: "requests at once", 770: "connections", WIDTH: "memory"}

LESSONS = {
    ONE_AFTER_ANOTHER: "Nearly all of the time is spent waiting, for one answer at a time.",
    UNBOUNDED: "A connection for each city, all at once: they crowd both processes and wait there.",
    SEMAPHORES: "26 states and 500 cities at once: the next takes over a connection that is open.",
    STATE_PLAN: "No request is as quick as one not made: two for each state bring the same.",
    SESSION_PER_REQUEST: "The same limits, but each request opens and closes a connection.",
    THREADS_REQUESTS: "500 threads can wait; one at a time computes, and the library does much.",
    THREADS: "The same over the standard library, which computes less for each request.",
    FREE_THREADED: "The same program, in a Python whose threads compute on all cores at once.",
    ONE_STATE: "The next state waits for the last city of this one; most have fewer than 500.",
    CITIES_100: "The limit decides: it takes at least requests ÷ limit × the time of an answer.",
    CITIES_1000: "The limit decides no longer, but how many answers a process reads in a second.",
    CITIES_2000: "Answers that cannot be read yet wait in both processes, and take memory.",
}


def chart(outcomes: Sequence[Outcome], caption: str) -> str:
    """The picture; its bars are to scale, except one that is cut, which says so."""
    longest = max(outcome.seconds for outcome in outcomes if not outcome.sample)
    parts = legend(
        ("ours", 0, "as the service does it (IBGE_PLAN=city or state)"),
        ("theirs", 330, "other ways"),
    )
    parts += [right(x, 34, heading) for x, heading in COLUMNS.items()]
    top = 50
    for outcome in outcomes:
        if outcome.way == ONE_STATE:
            parts.append(f'<text x="0" y="{top + 20}">Semaphores with other limits:</text>')
            top += 34
        parts += _row(outcome, longest, top)
        top += ROW_HEIGHT
    return picture(parts, caption, height=top)


def written_time(outcome: Outcome) -> str:
    """The time for people: 1.82 s, ≈ 9.5 min."""
    if outcome.sample:
        return f"≈ {outcome.seconds / 60:.1f} min"
    return written(outcome.seconds, "s")


def _row(outcome: Outcome, longest: float, top: int) -> list[str]:
    kind = "ours" if outcome.way in {SEMAPHORES, STATE_PLAN} else "theirs"
    lesson = LESSONS[outcome.way]
    if outcome.sample:
        lesson += (
            f" Estimated from {outcome.sample} requests; to scale, the bar would be "
            f"{outcome.seconds / longest:.0f} times as long."
        )
        drawn = _cut_bar(kind, written_time(outcome), top)
    else:
        width = max(2, round(BARS * outcome.seconds / longest))
        drawn = bar(kind, width, written_time(outcome), left=LABELS, top=top)
    figures = (
        f"{outcome.at_once:,}",
        f"{outcome.connections:,}",
        written(outcome.megabytes, "MB") if outcome.megabytes else "–",
    )
    return [
        f'<text x="0" y="{top + 14}">{escape(outcome.way)}</text>',
        f'<text class="small" x="0" y="{top + 30}">{escape(lesson)}</text>',
        *drawn,
        *(right(x, top + 14, figure) for x, figure in zip(COLUMNS, figures, strict=True)),
    ]


def _cut_bar(kind: str, words: str, top: int) -> list[str]:
    """A bar that is too long for the picture: as wide as the longest, with a slanted gap in it."""
    upper, lower, right, gap = top + 3, top + 16, LABELS + BARS, LABELS + BARS - 60
    before = f"{LABELS},{upper} {gap},{upper} {gap - 6},{lower} {LABELS},{lower}"
    behind = f"{gap + 6},{upper} {right},{upper} {right},{lower} {gap},{lower}"
    return [
        f'<polygon class="{kind}" points="{before}"/>',
        f'<polygon class="{kind}" points="{behind}"/>',
        *bar(kind, 0, words, left=right, top=top),
    ]


def right(x: int, y: int, text: str) -> str:
    """Small text that ends at `x`."""
    return f'<text class="small" x="{x}" y="{y}" text-anchor="end">{escape(text)}</text>'
