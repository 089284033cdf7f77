"""`/docs`, `/redoc` and `/openapi.json`: the documentation, from files of this machine alone."""

import asyncio
from datetime import UTC, datetime
from functools import cache, lru_cache
from importlib.resources import files

import msgspec
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.openapi.docs import get_redoc_html, get_swagger_ui_html
from starlette.staticfiles import StaticFiles

from src.infra.http.content_codings import IDENTITY
from src.infra.http.media_types import JSON
from src.infra.http.representation import Representation, content_id, representation
from src.infra.http.security_headers import DOCUMENTATION_POLICY

# Relative to the pages, so that they work behind a path prefix.
_DOCUMENT = "openapi.json"
_ASSETS = "static-offline-docs"
_ICON = f"{_ASSETS}/favicon.png"
_REDOC = f"{_ASSETS}/redoc.standalone.js"

# ReDoc shows its maker's logo from its maker's host. The browser would refuse to load it and write
# an error to the console, so nothing is shown in its place.
_LOGO = b"https://cdn.redoc.ly/redoc/logo-mini.svg"
_NO_LOGO = b"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>"

router = APIRouter(include_in_schema=False)


@router.get(f"/{_DOCUMENT}")
async def document(request: Request) -> Response:
    """The description of the API."""
    return (await asyncio.shield(_document(request.app))).answer(request.headers)


@router.get("/docs")
async def swagger_ui(request: Request) -> Response:
    """The description as a page on which requests can be made."""
    page = get_swagger_ui_html(
        openapi_url=_DOCUMENT,
        title=f"{request.app.title} - Swagger UI",
        swagger_js_url=f"{_ASSETS}/swagger-ui-bundle.js",
        swagger_css_url=f"{_ASSETS}/swagger-ui.css",
        swagger_favicon_url=_ICON,
        # Highlighting the whole tree would freeze the page for tens of seconds.
        swagger_ui_parameters={"syntaxHighlight": False},
    )
    return _with_policy(page)


@router.get("/redoc")
async def redoc(request: Request) -> Response:
    """The description as a page to read."""
    page = get_redoc_html(
        openapi_url=_DOCUMENT,
        title=f"{request.app.title} - ReDoc",
        redoc_js_url=_REDOC,
        redoc_favicon_url=_ICON,
        with_google_fonts=False,
    )
    return _with_policy(page)


@router.get(f"/{_REDOC}")
async def redoc_script() -> Response:
    """ReDoc's script without the address of its maker's logo."""
    return Response(_redoc_script(), media_type="text/javascript")


router.mount(f"/{_ASSETS}", StaticFiles(packages=[("fastapi_offline", "static")]))


def _with_policy(page: Response) -> Response:
    page.headers["Content-Security-Policy"] = DOCUMENTATION_POLICY
    return page


@cache
def _redoc_script() -> bytes:
    script = files("fastapi_offline") / "static" / "redoc.standalone.js"
    return script.read_bytes().replace(_LOGO, _NO_LOGO)


@lru_cache(maxsize=1)
def _document(app: FastAPI) -> asyncio.Future[Representation]:
    """The description, written once for all requests, and off the event loop: it takes 70 ms."""
    return asyncio.ensure_future(asyncio.to_thread(_written, app))


def _written(app: FastAPI) -> Representation:
    body = msgspec.json.encode(app.openapi())
    return representation(
        body,
        content=content_id(body),
        media_type=JSON,
        coding=IDENTITY,
        last_modified=datetime.now(UTC),
        headers={"Cache-Control": "no-cache"},
    )
