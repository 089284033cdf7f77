"""The page `/source`, which shows a file that another page quotes or refers to."""

import ast
from collections.abc import Iterator, Mapping
from functools import lru_cache
from html import escape
from pathlib import Path

from fastapi import HTTPException, Request

from src.infra.controllers.linked_sources import linked_sources
from src.infra.controllers.pages_controller import FILES, Page


def source_page() -> Page:
    """The page; `arquivo` in its address names the file. What no page links to is not shown.

    In Python code, each class and function has an anchor: its qualified name (`Permit._end`).
    """
    pages = [file for file in FILES.values() if file.suffix == ".html"]
    sources = linked_sources(page.read_text(encoding="utf-8") for page in pages)

    @lru_cache(maxsize=max(1, len(sources)))
    def values(name: str) -> Mapping[str, str]:
        return {
            "file": escape(name),
            "language": "pt-BR" if ".pt-BR." in name else "en",
            "source": source_in_html(sources[name]),
        }

    def shown(request: Request) -> Mapping[str, str]:
        name = request.query_params.get("arquivo", "")
        if name not in sources:
            raise HTTPException(404)
        return values(name)

    return Page("/source", "source.html", values=shown)


def source_in_html(file: Path) -> str:
    """The text of the file, with an element around each class and function if it is Python."""
    text = file.read_text(encoding="utf-8")
    lines = [escape(line, quote=False) for line in text.splitlines()]
    if file.suffix == ".py":
        for name, first, last in _definitions(ast.parse(text)):
            lines[first] = f'<span id="{name}">{lines[first]}'
            lines[last] += "</span>"
    return "\n".join(lines)


def _definitions(node: ast.AST, above: str = "") -> Iterator[tuple[str, int, int]]:
    """The qualified name of each definition, its first line and its last, counted from 0.

    Those inside come before the one around them.
    """
    for each in ast.iter_child_nodes(node):
        if not isinstance(each, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        name = f"{above}{each.name}"
        yield from _definitions(each, f"{name}.")
        first = min([each.lineno, *(decorator.lineno for decorator in each.decorator_list)])
        assert each.end_lineno is not None
        yield name, first - 1, each.end_lineno - 1
