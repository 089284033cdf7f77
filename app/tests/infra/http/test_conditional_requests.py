"""Whether the client's copy is still good (RFC 9110, section 13)."""

from datetime import UTC, datetime

import pytest
from starlette.datastructures import Headers

from src.infra.http.conditional_requests import not_modified

ETAG = '"abc"'
LAST_MODIFIED = datetime(2025, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("request_headers", "expected"),
    [
        ({}, False),
        ({"if-none-match": '"abc"'}, True),
        ({"if-none-match": 'W/"abc"'}, True),
        ({"if-none-match": '"x", W/"abc" , "y"'}, True),
        ({"if-none-match": '"x,abc", "ab"'}, False),
        ({"if-none-match": "*"}, True),
        ({"if-none-match": ' "abc" '}, True),
        ({"if-none-match": "abc"}, False),
        ({"if-none-match": ""}, False),
        ({"if-modified-since": "Sun, 01 Jun 2025 12:00:00 GMT"}, True),
        ({"if-modified-since": "Sun, 01 Jun 2025 12:00:01 GMT"}, True),
        ({"if-modified-since": "Sun, 01 Jun 2025 11:59:59 GMT"}, False),
        ({"if-modified-since": "ontem"}, False),
        ({"if-modified-since": "Mon, 01 Jan 99999999999999 00:00:00 GMT"}, False),
        ({"if-modified-since": "Sun, 01 Jun 2025 12:00:00 -0000"}, False),
        (
            {"if-none-match": '"x"', "if-modified-since": "Sun, 01 Jun 2025 12:00:00 GMT"},
            False,
        ),
    ],
)
def test_conditions(request_headers: dict[str, str], *, expected: bool) -> None:
    """Lists, weak tags, `*` and dates count; unreadable values do not."""
    headers = Headers(request_headers)

    assert not_modified(headers, etag=ETAG, last_modified=LAST_MODIFIED) is expected


def test_a_list_of_tags_may_come_in_several_lines() -> None:
    """Any list header may (RFC 9110, section 5.3)."""
    headers = Headers(raw=[(b"if-none-match", b'"x"'), (b"if-none-match", b'W/"abc"')])

    assert not_modified(headers, etag=ETAG, last_modified=LAST_MODIFIED)
