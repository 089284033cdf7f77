"""Conditional requests (RFC 9110, section 13): whether the client's copy is still good."""

import re
from datetime import datetime
from email.utils import parsedate_to_datetime

from starlette.datastructures import Headers

# entity-tag = [ "W/" ] DQUOTE *etagc DQUOTE (RFC 9110, section 8.8.3)
_ENTITY_TAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')


def not_modified(request: Headers, *, etag: str, last_modified: datetime) -> bool:
    """Whether a GET or HEAD with these headers is answered 304 where the answer has this strong
    entity tag and this date.

    If-None-Match is compared weakly, and where it is there, If-Modified-Since does not count
    (RFC 9110, sections 13.1.2, 13.1.3 and 13.2.2).
    """
    tags = request.getlist("if-none-match")
    if tags:
        return tags == ["*"] or etag in _ENTITY_TAG.findall(",".join(tags))
    since = _date(request.get("if-modified-since"))
    return since is not None and last_modified <= since


def _date(value: str | None) -> datetime | None:
    """The date, or None if there is none or it cannot be read (it is ignored then)."""
    try:
        date = parsedate_to_datetime(value) if value is not None else None
    except (ValueError, OverflowError):
        return None
    return date if date is not None and date.tzinfo is not None else None
