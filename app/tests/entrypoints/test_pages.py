"""The pages for people, as a browser requests them."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from src.application.manners import adaptive_limit, circuit_breaker, retry_budget
from src.infra.controllers.pages_controller import FILES
from tests.helpers.services import application, ask, features_over
from tests.helpers.serving import client, served
from tests.helpers.shelves import TWO_SHELVES
from tests.sample_feature.upstream import FakeUpstream

PAGE = "/fanout"


@asynccontextmanager
async def service() -> AsyncIterator[aiohttp.ClientSession]:
    """A session with a service that has one page."""
    features = features_over(FakeUpstream(TWO_SHELVES))
    async with served(application(features)) as url, client(url) as session:
        yield session


def owner(file: Path) -> str:
    """The folder of the pages that a file is in."""
    return file.relative_to(FILES["style.css"].parents[1]).parts[0]


async def test_a_page_and_its_files_come_from_the_service() -> None:
    """The service itself serves every file that a page names, and nothing inline is allowed."""
    async with service() as session:
        answer = await ask(session, PAGE)
        named = re.findall(r'(?:src|href)="(assets/[^"]+)"', answer.body.decode())
        files = [await ask(session, f"/{name}") for name in named]

    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert len(named) >= 3
    assert [file.status for file in files] == [200] * len(files)


async def test_links_within_a_page_lead_somewhere() -> None:
    """Each leads to an element of the page."""
    async with service() as session:
        page = (await ask(session, PAGE)).body.decode()

    links = re.findall(r'href="#([^"]+)"', page)
    assert len(links) >= 4
    assert set(links) <= set(re.findall(r' id="([^"]+)"', page))


async def test_nothing_is_left_to_fill_in() -> None:
    """Each `$name` in the file of a page has a value."""
    async with service() as session:
        answer = await ask(session, PAGE)

    assert re.findall(r"\$\w+", answer.body.decode()) == []


async def test_a_page_is_compressed_and_a_repeat_costs_only_a_304() -> None:
    """It comes in the client's coding, with a tag for repeats."""
    async with service() as session:
        plain = await ask(session, PAGE)
        coded = await ask(session, PAGE, {"Accept-Encoding": "br"})
        again = await ask(session, PAGE, {"If-None-Match": plain.headers["ETag"]})

    assert coded.headers["Content-Encoding"] == "br"
    assert len(coded.body) < len(plain.body)
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize(
    "name", ["fanout.html", "../pages/shared/style.css", "%2e%2e%2fpress.py", "x"]
)
async def test_no_other_file_is_served(name: str) -> None:
    """Only assets can be had, by whatever name."""
    async with service() as session:
        answer = await ask(session, f"/assets/{name}")

    assert answer.status == 404
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_pages_are_small() -> None:
    """All files of the pages together are under 150 kB as sent."""
    sent = 0
    async with service() as session:
        for path in [
            PAGE,
            *(f"/assets/{name}" for name in FILES if not name.endswith(".html")),
        ]:
            sent += len((await ask(session, path, {"Accept-Encoding": "gzip"})).body)

    assert sent < 150_000


def test_no_two_files_have_the_same_address() -> None:
    """Folders are for readers; an address has only the name of the file."""
    pages = next(iter(FILES.values())).parents
    folder = next(each for each in pages if each.name == "pages")
    files = [file for file in folder.rglob("*") if file.is_file()]

    assert sorted(file.name for file in files) == sorted(FILES)


def test_scripts_of_the_core_import_none_of_a_feature() -> None:
    """They are in `fanout` and `shared`; any other folder of pages belongs to a feature."""
    core = {name: file for name, file in FILES.items() if owner(file) in {"fanout", "shared"}}
    imported = {
        name
        for file in core.values()
        if file.suffix == ".js"
        for name in re.findall(r'from "\./([^"]+)"', file.read_text(encoding="utf-8"))
    }

    assert imported
    assert imported <= set(core)


def test_shares_that_a_page_names_match_the_code() -> None:
    """The page has them written out in words, which must change with the code."""
    page = FILES["fanout.html"].read_text(encoding="utf-8")
    said = " ".join(page.split())

    assert ("o limite cai para um quarto" in said) == (adaptive_limit.DECREASE == 1 / 4)
    assert ("se três em cada quatro falham" in said) == (circuit_breaker.FAILED_SHARE == 3 / 4)
    assert ("não passam de um quinto das requisições" in said) == (retry_budget.SHARE == 1 / 5)
