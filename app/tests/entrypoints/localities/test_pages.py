"""The pages about places, as a browser requests them."""

import re
from pathlib import Path

import pytest

from src.infra.controllers.pages_controller import FILES
from src.infra.storage.localities.bundled_snapshot import bundled_snapshot
from tests.helpers.localities.places import TWO_STATES
from tests.helpers.localities.services import service
from tests.helpers.localities.upstream import FakeUpstream
from tests.helpers.services import ask

REPOSITORY = Path(__file__).parents[3]
PAGES = ["/", "/fanout"]


@pytest.mark.parametrize("page", PAGES)
async def test_a_page_and_its_files_come_from_the_service(page: str) -> None:
    """The service itself serves every file that a page names, and nothing inline is allowed."""
    async with service(FakeUpstream(TWO_STATES)) as session:
        answer = await ask(session, page)
        named = re.findall(r'(?:src|href)="(assets/[^"]+)"', answer.body.decode())
        files = [await ask(session, f"/{name}") for name in named]

    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert len(named) >= 3
    assert [file.status for file in files] == [200] * len(files)


@pytest.mark.parametrize("page", PAGES)
async def test_nothing_is_left_to_fill_in(page: str) -> None:
    """Each `$name` in the file of a page has a value."""
    async with service(FakeUpstream(TWO_STATES)) as session:
        answer = await ask(session, page)

    assert re.findall(r"\$\w+", answer.body.decode()) == []


async def test_pages_are_small() -> None:
    """All files of the pages together are under 150 kB as sent."""
    sent = 0
    async with service(FakeUpstream(TWO_STATES)) as session:
        for path in [
            *PAGES,
            *(f"/assets/{name}" for name in FILES if not name.endswith(".html")),
        ]:
            sent += len((await ask(session, path, {"Accept-Encoding": "gzip"})).body)

    assert sent < 150_000


def test_scripts_about_places_import_one_of_another_feature() -> None:
    """A city's view has a line from the population; the core's scripts are everyone's."""
    folder = FILES["style.css"].parents[1]
    imports = {
        (file.name, name)
        for file in (folder / "localities").rglob("*.js")
        for name in re.findall(r'from "\./([^"]+)"', file.read_text(encoding="utf-8"))
        if FILES[name].relative_to(folder).parts[0] not in {"localities", "fanout", "shared"}
    }

    assert imports == {("views.js", "population.js")}


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
