"""Draws the table as an SVG: two bars for each row, the service's and the one beside it."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from bench.measuring import Row, written

WIDTH = 860
ROW_HEIGHT = 46
LABELS = 330
BARS = 300

STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1f2328 } .small { font-size: 11px; fill: #59636e }
  .ours { fill: #0a7d53 } .theirs { fill: #b6bec8 } .missed { fill: #b35900 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .small { fill: #9198a1 }
    .ours { fill: #3fb984 } .theirs { fill: #4a535e } .missed { fill: #f0a35e }
  }
"""


def chart(rows: Sequence[Row], caption: str) -> str:
    """The picture; a promise that is not kept has a bar of another colour."""
    parts = legend(
        ("ours", 0, "the service"),
        ("missed", 110, "the service, less than wanted"),
        ("theirs", 320, "beside it. Of s, ms, MB, kB and B less is better, of /s more"),
    )
    for number, row in enumerate(rows):
        parts += _row(row, top=50 + number * ROW_HEIGHT)
    return picture(parts, caption, height=ROW_HEIGHT * len(rows) + 60)


def picture(parts: Sequence[str], caption: str, *, height: int) -> str:
    """An SVG of these parts in the style of this module, with its caption above them."""
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
            f"<title>{escape(caption)}</title><style>{STYLE}</style>",
            f'<text class="small" x="0" y="14">{escape(caption)}</text>',
            *parts,
            "</svg>\n",
        ]
    )


def legend(*entries: tuple[str, int, str]) -> list[str]:
    """The meaning of the colours: each with its class, its place from the left, and its words."""
    return [
        f'<rect class="{kind}" x="{x}" y="24" width="12" height="12" rx="2"/>'
        f'<text class="small" x="{x + 18}" y="34">{what}</text>'
        for kind, x, what in entries
    ]


def _row(row: Row, top: int) -> list[str]:
    longest = max(row.ours, row.theirs)
    wanted = f", wanted {row.wanted}" if row.wanted else ""
    kept = "ours" if row.holds else "missed"
    return [
        f'<text x="0" y="{top + 14}">{escape(row.what)}</text>',
        f'<text class="small" x="0" y="{top + 30}">beside {escape(row.beside)}</text>',
        *_bar(kept, row.ours, row.unit, longest, top),
        *_bar("theirs", row.theirs, row.unit, longest, top + 17),
        f'<text x="{WIDTH}" y="{top + 14}" text-anchor="end">{row.ratio:.3g} ×</text>',
        f'<text class="small" x="{WIDTH}" y="{top + 30}" text-anchor="end">'
        f"{escape(wanted.removeprefix(', '))}</text>",
    ]


def _bar(kind: str, figure: float, unit: str, longest: float, top: int) -> list[str]:
    width = max(2, round(BARS * figure / longest))
    return bar(kind, width, written(figure, unit), left=LABELS, top=top)


def bar(kind: str, width: int, words: str, *, left: int, top: int) -> list[str]:
    """A bar with small words beside it."""
    return [
        f'<rect class="{kind}" x="{left}" y="{top + 3}" width="{width}" height="13" rx="2"/>',
        f'<text class="small" x="{left + width + 6}" y="{top + 14}">{words}</text>',
    ]
