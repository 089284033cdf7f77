"""The comparison on the page /fanout is that of docs/comparison.md."""

import re
from pathlib import Path

import pytest

from src.infra.controllers.pages_controller import FILES

DOCUMENT = (Path(__file__).parents[5] / "docs/comparison.md").read_text(encoding="utf-8")
PAGE = FILES["comparison_on_fanout.html"].read_text(encoding="utf-8")
ROWS = {
    way: re.findall(r"<td>([^<]+)</td>|<rect width=\"([\d.]+)\"", row)
    for way, row in re.findall(r'<tr data-way="([^"]+)">(.*?)</tr>', PAGE, re.DOTALL)
}


def of_document(way: str) -> tuple[str, list[str]]:
    """The time of a way in the document, and its other figures, as they are written there."""
    row = re.search(rf"^{re.escape(way)}  +(.+? (?:s|min)) +(.+)$", DOCUMENT, re.MULTILINE)
    assert row is not None, f"docs/comparison.md does not have {way}"
    return row[1], row[2].split()


def in_portuguese(number: str) -> str:
    """With a decimal comma, and dots between thousands."""
    return number.translate(str.maketrans(",.", ".,"))


@pytest.mark.parametrize("way", ROWS)
def test_figures_are_those_of_the_document(way: str) -> None:
    """The time, the requests at once and the connections; a bar is a tenth of a second wide."""
    time, figures = of_document(way)
    *_, at_once, connections, _ = figures
    (shown, _), (_, width), *others = ROWS[way]

    assert shown.replace("&nbsp;", " ") == in_portuguese(time)
    assert [other for other, _ in others] == [in_portuguese(at_once), in_portuguese(connections)]
    if time.endswith(" s"):
        assert float(width) == pytest.approx(float(time.split()[0]) * 10)
    else:
        assert float(width) == 100  # as far as it goes


def test_reasons_are_those_of_the_document() -> None:
    """What the page says of the limits in words must change with the figures."""
    said = " ".join(PAGE.replace("&nbsp;", " ").split())
    seconds = {
        way: float(of_document(way)[0].split()[0])
        for way in ROWS
        if of_document(way)[0].endswith(" s")
    }
    usual = seconds["gather with semaphores"]

    assert "o dobro pouco muda o tempo" in said
    assert seconds["1,000 cities at once"] / usual == pytest.approx(1, abs=0.2)
    assert "o quádruplo demora mais" in said
    assert seconds["2,000 cities at once"] > usual
    assert "em quatro quintos do tempo" in said
    assert of_document("gather with semaphores")[1][3] in {"18%", "19%", "20%", "21%", "22%"}
    assert "Com um estado por vez, a coleta leva mais que o triplo" in said
    assert seconds["one state at once"] > 3 * usual
    assert "é quatro vezes mais rápido, porque faz só 55 requisições" in said
    assert usual / seconds["the state plan"] == pytest.approx(4, abs=0.3)
    assert of_document("the state plan")[1][4] == "55"


def test_every_way_of_the_document_is_there() -> None:
    """One that the comparison gets in addition may be left out; none may be invented."""
    assert len(ROWS) >= 9
    assert "make compare" in PAGE
    assert 'href="source?arquivo=docs/comparison.md"' in PAGE
