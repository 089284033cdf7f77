"""The pages for people, and the files that they load."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from html import escape
from pathlib import Path
from string import Template

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from src.infra.controllers.linked_sources import without_dead_links
from src.infra.http.content_codings import CODINGS, IDENTITY, QUICK_COMPRESSORS, best_coding
from src.infra.http.representation import Representation, content_id, representation
from src.infra.http.security_headers import PAGE_POLICY

MEDIA_TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".json": "application/json",
}


def files_by_name(folder: Path) -> dict[str, Path]:
    """What pages are made of, by name: in whichever folder a file lies, its address is the same.

    Raises ValueError if two files have the same name.
    """
    found: dict[str, Path] = {}
    for file in folder.rglob("*"):
        if file.suffix not in MEDIA_TYPES:
            continue
        if file.name in found:
            raise ValueError(f"dois arquivos teriam o mesmo endereço: {found[file.name]} e {file}")
        found[file.name] = file
    return found


FILES = files_by_name(Path(__file__).parents[1] / "pages")  # nothing else is served

# Marks the link to the page that is shown.
CURRENT = ' aria-current="page"'

_HEADERS = {
    # Checked on every load, which costs only a 304: so a page and its scripts are of one version.
    "Cache-Control": "no-cache",
    "Vary": "Accept-Encoding",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": PAGE_POLICY,
}


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its address, the name of its file, and in Portuguese what one can do there.

    `link` is the text of the link to it in the header of all pages; neither that nor the
    documentation lists a page without one. The HTML has `$name` for what the service fills in: on
    every page `$title` and `$brand`, the service's names, `$links` to all pages and `$start`, the
    address of the first; on this one also the HTML that `values` gives for a request, by name. Any
    other `$` stays as it is ("R$ 10").
    """

    path: str
    file: str
    title: str = ""
    link: str = ""
    values: Callable[[Request], Mapping[str, str]] = lambda _: {}

    @property
    def address(self) -> str:
        """Relative, so that it holds behind a path prefix."""
        return self.path.removeprefix("/") or "./"


def pages_router(pages: Sequence[Page], *, title: str, brand: str) -> APIRouter:
    """The pages of a service with these names, and the files that they load.

    If none of them is at the root, the root leads to the first.
    """
    router = APIRouter(include_in_schema=False)
    for page in pages:
        names = {
            "title": escape(title),
            "brand": escape(brand),
            "start": pages[0].address,
            "links": _links(pages, page),
        }
        router.add_api_route(page.path, partial(_page, page, names))
    if all(page.path != "/" for page in pages):
        router.add_api_route("/", partial(_start, pages[0].address if pages else "docs"))
    router.add_api_route("/assets/{name}", asset)
    return router


def _links(pages: Iterable[Page], current: Page) -> str:
    links = [
        f'<a href="{page.address}"{CURRENT if page is current else ""}>{escape(page.link)}</a>'
        for page in pages
        if page.link
    ]
    return "\n        ".join([*links, '<a href="docs">API</a>'])


async def _start(address: str) -> Response:
    return RedirectResponse(address, headers={"Cache-Control": "no-cache"})


async def _page(page: Page, names: Mapping[str, str], request: Request) -> Response:
    values = {**names, **page.values(request)}
    return await _file(page.file, request, tuple(values.items()))


async def asset(name: str, request: Request) -> Response:
    """A file that a page loads."""
    if name not in FILES or name.endswith(".html"):
        raise HTTPException(404)
    return await _file(name, request)


async def _file(name: str, request: Request, values: tuple[tuple[str, str], ...] = ()) -> Response:
    coding = best_coding(",".join(request.headers.getlist("accept-encoding")), CODINGS) or IDENTITY
    file = FILES[name]
    made = await asyncio.to_thread(
        lambda: _representation(file, coding, file.stat().st_mtime_ns, values)
    )
    return made.answer(request.headers)


@lru_cache(maxsize=256)  # more than there are files and codings
def _representation(
    file: Path, coding: str, changed_at_ns: int, values: tuple[tuple[str, str], ...]
) -> Representation:
    """The file in this coding, made once, and again if the file has changed.

    `values` are filled in, by name.
    """
    body = file.read_bytes()
    if values:
        body = without_dead_links(Template(body.decode()).safe_substitute(dict(values))).encode()
    return representation(
        body if coding == IDENTITY else QUICK_COMPRESSORS[coding](body),
        content=content_id(body),
        media_type=MEDIA_TYPES[file.suffix],
        coding=coding,
        last_modified=datetime.fromtimestamp(changed_at_ns // 1_000_000_000, UTC),
        headers=_HEADERS,
    )
