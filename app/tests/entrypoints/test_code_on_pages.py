"""The code on the pages is the service's own, whole, and leads to its file; what is shown runs."""

import ast
import asyncio
import html
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import aiohttp
import pytest

from src.infra.controllers.pages_controller import FILES
from stand_in.faults import Behaviour
from tests.entrypoints.test_pages import service
from tests.helpers.services import ask
from tests.sample_feature.upstream import Storeroom, lists_of, many_shelves

REPOSITORY = Path(__file__).parents[3]
CODE = re.compile(r"<pre( [^>]*)?><code>(.*?)</code></pre>", re.DOTALL)
QUOTED = re.compile(
    r'<a href="source\?arquivo=([^"#]+)#([\w.]+)"[^>]*>([^<]+)</a>'
    r"(?:(?!</?figure).)*?<pre><code>(.*?)</code></pre>",
    re.DOTALL,
)
BODIES = ("body", "orelse", "finalbody")


def pages() -> dict[str, str]:
    """The HTML of each page, or part of one, by its name."""
    return {
        name: file.read_text(encoding="utf-8")
        for name, file in FILES.items()
        if name.endswith(".html")
    }


def blocks(text: str, node: ast.AST, around: str = "") -> Iterator[tuple[str, str]]:
    """Everything in this code that is one statement, or several in a row, as one may quote it.

    Each with the qualified name of the function or class that it is, or is in.
    """
    for body in filter(None, (getattr(node, field, None) for field in BODIES)):
        if not isinstance(body, list):
            continue  # of a lambda or an if-expression
        for first, begun in enumerate(body):
            for last in body[first:]:
                name = f"{around}{name_of(begun)}".rstrip(".")
                yield name, dedent("\n".join(text.splitlines()[begun.lineno - 1 : last.end_lineno]))
    for each in ast.iter_child_nodes(node):
        inside = f"{around}{name_of(each)}." if name_of(each) else around
        yield from blocks(text, each, inside)


def name_of(node: ast.AST) -> str:
    """The name of a class or function; of anything else it is empty."""
    if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return node.name
    return ""


def test_quoted_lines_exist_in_the_code() -> None:
    """Each quotation is whole statements of the function or class that its link leads to."""
    quoted = [quotation for page in pages().values() for quotation in QUOTED.findall(page)]

    assert len(quoted) >= 8
    for file, name, said, code in quoted:
        text = (REPOSITORY / file).read_text(encoding="utf-8")
        shown = html.unescape(code)
        assert ast.parse(shown), shown
        assert (name, shown) in set(blocks(text, ast.parse(text))), f"{file}#{name}: {shown}"
        assert said == file


def test_no_code_is_shown_but_quotations_and_programs() -> None:
    """What is no quotation has a name, by which a test runs it."""
    page = FILES["fanout.html"].read_text(encoding="utf-8")
    named = [attributes for attributes, _ in CODE.findall(page) if attributes]

    assert len(CODE.findall(page)) == len(QUOTED.findall(page)) + len(named)
    assert [re.findall(r'id="([^"]+)"', each) for each in named] == [
        ["one-after-another"],
        ["at-the-same-time"],
    ]
    assert "data-file" not in page


@pytest.mark.parametrize("cut", ["if ready:", "    answer = 2", "wait()\n", "answer ="])
def test_what_is_cut_is_no_quotation(cut: str) -> None:
    """A header without its body, a line with its indentation, or a part of a line."""
    text = "if ready:\n    wait()\n    answer = 2\nelse:\n    wait()\n"

    found = {shown for _, shown in blocks(text, ast.parse(text))}

    assert cut not in found
    assert {text.strip(), "wait()\nanswer = 2", "wait()", "answer = 2"} == found


async def test_the_programs_shown_do_the_same() -> None:
    """Both get all answers in order: one request at a time, or as many as the semaphore permits.

    That is more than the hundred that aiohttp would permit by itself.
    """
    lists = lists_of(many_shelves(4, boxes=150))
    page = FILES["fanout.html"].read_text(encoding="utf-8")
    loop, eight = (html.unescape(code) for attributes, code in CODE.findall(page) if attributes)
    async with Storeroom(lists, behaviour=Behaviour(latency_s=0.3)) as upstream:
        paths = [path for path in lists if path.endswith("/items")]
        urls = [upstream.base_url + path for path in paths]
        few = {"requests": importlib.import_module("requests"), "urls": urls[:3]}
        await asyncio.to_thread(exec, loop, few)
        alone = upstream.figures.most_in_flight
        many = {"aiohttp": aiohttp, "asyncio": asyncio, "urls": urls}
        await asyncio.to_thread(exec, eight, many)
        most = upstream.figures.most_in_flight

    assert few["answers"] == [lists[path] for path in paths[:3]]
    assert many["answers"] == [lists[path] for path in paths]
    assert len(eight.splitlines()) == 8
    assert alone == 1
    assert 100 < most <= 500


async def test_links_lead_to_the_function_that_is_quoted() -> None:
    """The page of the file has an element with the name in the link."""
    async with service() as session:
        page = (await ask(session, "/fanout")).body.decode()
        for file, name, _, code in QUOTED.findall(page):
            shown = (await ask(session, f"/source?arquivo={file}")).body.decode()
            first = code.splitlines()[0]
            after = shown.partition(f'<span id="{name}">')[2]
            assert first in after


def test_links_to_files_name_what_exists() -> None:
    """The file, unless it is a document that only some copies have, and what it defines."""
    links = {
        link
        for page in pages().values()
        for link in re.findall(r'href="source\?arquivo=([^"#]+)#?([^"]*)"', page)
    }

    assert len(links) >= 8
    for file, name in links:
        assert (REPOSITORY / file).is_file() or file.startswith("docs/"), file
        if name:
            text = (REPOSITORY / file).read_text(encoding="utf-8")
            assert name in {each for each, _ in blocks(text, ast.parse(text))}


async def test_documents_are_shown_as_they_are() -> None:
    """The README is no code: it has its text, in its language."""
    async with service() as session:
        shown = (await ask(session, "/source?arquivo=README.pt-BR.md")).body.decode()

    text = (REPOSITORY / "README.pt-BR.md").read_text(encoding="utf-8")
    assert f'<pre lang="pt-BR"><code>{html.escape(text, quote=False).rstrip()}</code>' in shown


async def test_only_what_a_page_links_to_is_shown() -> None:
    """Neither other files of the service nor those outside it can be had."""
    async with service() as session:
        for name in ("", "app/main.py", "../x", "app/../LICENSE", "/etc/passwd"):
            answer = await ask(session, "/source", arquivo=name)
            assert answer.status == 404
