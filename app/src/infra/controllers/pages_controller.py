"""The pages for people, and the files that they are made of."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path

from fastapi import APIRouter, HTTPException, Request, Response

from src.infra.http.content_codings import CODINGS, IDENTITY, QUICK_COMPRESSORS, best_coding
from src.infra.http.representation import Representation, content_id, representation
from src.infra.http.security_headers import PAGE_POLICY

MEDIA_TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}

# What pages are made of, by name; nothing else is handed out. In whichever folder a file lies, its
# address is the same.
FILES = {
    file.name: file
    for file in (Path(__file__).parents[1] / "pages").rglob("*")
    if file.suffix in MEDIA_TYPES
}

_HEADERS = {
    # Asked for again each time, for nothing but a 304: a page and its scripts are of one version.
    "Cache-Control": "no-cache",
    "Vary": "Accept-Encoding",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": PAGE_POLICY,
}


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its address, the name of its file, and in Portuguese what one can do there."""

    path: str
    file: str
    title: str


def pages_router(pages: Iterable[Page]) -> APIRouter:
    """The pages, and what they are made of."""
    router = APIRouter(include_in_schema=False)
    for page in pages:
        router.add_api_route(page.path, partial(_file, page.file))
    router.add_api_route("/assets/{name}", asset)
    return router


async def asset(name: str, request: Request) -> Response:
    """A file that a page is made of."""
    if name not in FILES or name.endswith(".html"):
        raise HTTPException(404)
    return await _file(name, request)


async def _file(name: str, request: Request) -> Response:
    coding = best_coding(",".join(request.headers.getlist("accept-encoding")), CODINGS) or IDENTITY
    file = FILES[name]
    made = await asyncio.to_thread(lambda: _representation(file, coding, file.stat().st_mtime_ns))
    return made.answer(request.headers)


@lru_cache(maxsize=256)  # more than there are files and codings
def _representation(file: Path, coding: str, changed_at_ns: int) -> Representation:
    """The file in this coding, made once, and again where it was changed meanwhile."""
    body = file.read_bytes()
    return representation(
        body if coding == IDENTITY else QUICK_COMPRESSORS[coding](body),
        content=content_id(body),
        media_type=MEDIA_TYPES[file.suffix],
        coding=coding,
        last_modified=datetime.fromtimestamp(changed_at_ns // 1_000_000_000, UTC),
        headers=_HEADERS,
    )
