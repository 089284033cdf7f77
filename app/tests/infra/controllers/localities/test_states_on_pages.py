"""What the pages know of the states by themselves is true, and lies apart from the rest."""

import re

from src.infra.controllers.pages_controller import FILES
from src.infra.storage.localities.bundled_snapshot import bundled_snapshot


def test_the_pages_know_the_states() -> None:
    """They show all 27 before any answer comes, each in its region and on its own tile."""
    text = FILES["states.js"].read_text(encoding="utf-8")
    rows = re.findall(
        r'{ id: (\d+), sigla: "(..)", nome: "(.+)", regiao: "(.+)", row: (\d), column: (\d) }', text
    )

    states = [(int(row[0]), row[1], row[2]) for row in rows]
    assert states == [(state.id, state.sigla, state.nome) for state in bundled_snapshot().states]
    assert len({row[4:] for row in rows}) == 27
    assert {(row[0][0], row[3]) for row in rows} == {  # a code begins with the region's number
        ("1", "Norte"),
        ("2", "Nordeste"),
        ("3", "Sudeste"),
        ("4", "Sul"),
        ("5", "Centro-Oeste"),
    }


def test_the_pages_of_the_core_know_no_places() -> None:
    """What is about places lies in folders of their name, so that the rest can be copied."""
    about_places = re.compile(
        r"brasil|brazil|ibge|\b(estado|cidade|distrito|munic[ií]pio)s?\b|\b(states|cities)\b"
        r"|sigla|\buf\b",
        re.IGNORECASE,
    )
    pages = FILES["style.css"].parents[1]
    core = [file for folder in ("fanout", "shared") for file in (pages / folder).rglob("*.*")]

    found = [
        (file.name, match[0])
        for file in core
        for match in about_places.finditer(file.read_text(encoding="utf-8"))
    ]

    assert len(core) > 20
    assert found == []
