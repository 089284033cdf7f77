"""Addresses of absurd length are refused."""

from __future__ import annotations

from fastapi import Request
from starlette.types import Scope

# The longest that means something here has a fifth of it.
LONGEST_URL = 2_000


class UrlTooLongError(Exception):
    """The path and the query together are longer than LONGEST_URL."""


def is_too_long(scope: Scope) -> bool:
    """Whether a request's path and query together are longer than LONGEST_URL."""
    path = scope.get("raw_path") or scope["path"]
    return len(path) + len(scope["query_string"]) > LONGEST_URL


async def refuse_long_urls(request: Request) -> None:
    """Raises UrlTooLongError (RFC 9110, section 15.5.15)."""
    if is_too_long(request.scope):
        raise UrlTooLongError
