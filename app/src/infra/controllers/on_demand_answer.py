"""Responses for on-demand data: small, with an Age."""

from datetime import UTC, datetime
from email.utils import format_datetime

from fastapi import Response
from starlette.datastructures import Headers

from src.infra.editions.presentation import NotAcceptableError
from src.infra.http.content_codings import CODINGS, IDENTITY, QUICK_COMPRESSORS, best_coding
from src.infra.http.media_types import JSON, best_media_type
from src.infra.http.representation import content_id, representation


def on_demand_answer(
    request: Headers, body: bytes, *, asked_at: datetime, changed_at: datetime, ttl_s: float
) -> Response:
    """The response with this JSON, for which the upstream was asked at `asked_at`, in UTC.

    `changed_at` is when anything in it was last read. It is fresh for `ttl_s` seconds; Age tells
    caches how many of them are over (RFC 9111, sections 4.2.3 and 5.1).

    Raises NotAcceptableError.
    """
    coding = best_coding(",".join(request.getlist("accept-encoding")), [IDENTITY, *CODINGS])
    if best_media_type(",".join(request.getlist("accept")), (JSON,)) is None or coding is None:
        raise NotAcceptableError(JSON)
    age_s = max(0, int((datetime.now(UTC) - asked_at).total_seconds()))
    made = representation(
        body if coding == IDENTITY else QUICK_COMPRESSORS[coding](body),
        content=content_id(body),
        media_type=JSON,
        coding=coding,
        last_modified=changed_at,
        headers={
            "Last-Modified": format_datetime(changed_at, usegmt=True),
            "Cache-Control": f"public, max-age={int(ttl_s)}, stale-if-error=86400",
            "Age": str(age_s),
            "Vary": "Accept, Accept-Encoding",
        },
    )
    return made.answer(request)
