"""The files of this repository that pages link to: code that they quote, and its documents."""

import re
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]

_LINK = re.compile(r'<a [^>]*href="source\?arquivo=([^"#&]+)[^>]*>.*?</a>', re.DOTALL)


def linked_sources(pages: Iterable[str]) -> dict[str, Path]:
    """The files that the HTML of these pages links to, by name, if this copy has them.

    A name is the path from the repository's root. A copy may lack the documents: some people
    install only `app`, and a new project has documents of its own.
    """
    names = {name for page in pages for name in _LINK.findall(page)}
    return {name: ROOT / name for name in sorted(names) if (ROOT / name).is_file()}


def without_dead_links(page: str) -> str:
    """The HTML of a page without the links to files that this copy lacks."""
    return _LINK.sub(lambda link: link[0] if (ROOT / link[1]).is_file() else "", page)
