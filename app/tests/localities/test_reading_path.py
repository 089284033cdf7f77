"""docs/reading-path.md, in both languages: what it names and quotes stands in the code."""

import ast
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.new_project import LEFT_PROGRAMS, features, names_any

DOCS = Path(__file__).resolve().parents[3] / "docs"
PATHS = ["reading-path.md", "reading-path.pt-BR.md"]
# Programs beside the service, and what is about places; all other steps are about the core.
NOT_IN_THE_CORE = ("## 1.", "## 2.")


def steps(path: str) -> list[str]:
    """The numbered sections of the path."""
    sections = re.split(r"^(?=## )", (DOCS / path).read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [section for section in sections if re.match(r"## \d", section)]


def named(step: str) -> list[tuple[str, Path]]:
    """Each function or class that a step links to, and the file that should have it."""
    links = re.findall(r"\[`([^`]+)`\]\(([^)]+\.py)\)", step)
    return [(name, (DOCS / file).resolve()) for name, file in links]


def quoted(step: str) -> list[str]:
    """The lines of code that a step shows."""
    blocks = re.findall(r"^```python\n(.*?)^```$", step, re.DOTALL | re.MULTILINE)
    return [block.rstrip("\n") for block in blocks]


def definitions(body: list[ast.stmt], prefix: str = "") -> Iterator[str]:
    """The dotted names of the functions and classes in a module."""
    for node in body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield prefix + node.name
            yield from definitions(node.body, f"{prefix}{node.name}.")


def statements(source: str) -> Iterator[str]:
    """Each statement of a module, whole; of one with a body, what stands before the body."""
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.stmt):
            body: list[ast.stmt] = getattr(node, "body", [])
            end = body[0].lineno - 1 if body else node.end_lineno
            yield textwrap.dedent("\n".join(lines[node.lineno - 1 : end]))


def read(file: Path) -> str:
    """The source of a module."""
    return file.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", PATHS)
def test_each_step_names_what_exists(path: str) -> None:
    """A link leads to a file that has the named function or class."""
    for step in steps(path):
        assert named(step), step
        for name, file in named(step):
            assert name in definitions(ast.parse(read(file)).body), f"{name} in {file}"


@pytest.mark.parametrize("path", PATHS)
def test_each_step_quotes_a_whole_statement(path: str) -> None:
    """A quoted line stands in a file that its step links to, and is not cut."""
    for step in steps(path):
        assert quoted(step), step
        sources = [read(file) for _, file in named(step)]
        found = {statement for source in sources for statement in statements(source)}
        assert not set(quoted(step)) - found, step


@pytest.mark.parametrize("path", PATHS)
def test_from_the_third_step_on_it_leads_through_the_core(path: str) -> None:
    """A project made by `make new` has all of these files."""
    for step in steps(path):
        files = [file.relative_to(DOCS.parent).as_posix() for _, file in named(step)]
        not_copied = [file for file in files if names_any(file, [*features(), *LEFT_PROGRAMS])]
        assert bool(not_copied) == step.startswith(NOT_IN_THE_CORE), step


def test_both_languages_take_the_same_steps() -> None:
    """Neither lacks a step, a link or a line of the other."""
    english, portuguese = map(steps, PATHS)
    assert [*map(named, english)] == [*map(named, portuguese)]
    assert [*map(quoted, english)] == [*map(quoted, portuguese)]


def test_a_line_that_is_cut_is_no_statement() -> None:
    """What the tests above rely on."""
    source = "def f(a):\n    with g(\n        a\n    ) as h:\n        return h(\n            a)\n"
    found = list(statements(source))
    assert "with g(\n    a\n) as h:" in found
    assert "return h(" not in found
    assert "with g(" not in found
