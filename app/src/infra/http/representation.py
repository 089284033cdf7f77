"""One representation of a resource: its bytes in one media type and coding, ready to be sent."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from fastapi import Response
from starlette.datastructures import Headers

from src.infra.http.conditional_requests import not_modified
from src.infra.http.content_codings import IDENTITY
from src.infra.http.ready_response import ReadyResponse
from src.infra.http.security_headers import SECURITY_HEADERS


@dataclass(frozen=True, slots=True)
class Representation:
    """The answer that carries it, and the one for a client that has it already.

    Both are made once and sent as they are, to everyone; nothing may be added to them.
    """

    etag: str
    last_modified: datetime
    whole: Response
    unmodified: Response

    def answer(self, request: Headers) -> Response:
        """What a GET with these headers is answered."""
        if not_modified(request, etag=self.etag, last_modified=self.last_modified):
            return self.unmodified
        return self.whole


def content_id(body: bytes) -> str:
    """The same for the same content, on every worker and machine."""
    return hashlib.sha256(body).hexdigest()[:32]


def representation(
    body: bytes,
    *,
    content: str,
    media_type: str,
    coding: str,
    last_modified: datetime,
    headers: Mapping[str, str],
) -> Representation:
    """A representation with this body, which is coded already.

    `headers` go with it besides its own and SECURITY_HEADERS.

    The entity tag comes from `content`, the content's id, and the coding alone (RFC 9110, section
    8.8.3), so that every worker and every machine gives the same one for the same data.
    """
    etag, coded = f'"{content}"', {}
    if coding != IDENTITY:
        etag, coded = f'"{content}-{coding}"', {"Content-Encoding": coding}
    headers = {"ETag": etag, **SECURITY_HEADERS, **headers}
    return Representation(
        etag,
        last_modified.replace(microsecond=0),  # finer than that, HTTP dates do not go
        ReadyResponse(body, headers={**headers, **coded}, media_type=media_type),
        # It has no body that could be coded (RFC 9110, section 15.4.5).
        ReadyResponse(status_code=304, headers=headers),
    )
