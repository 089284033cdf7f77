"""When the client's copy is still good (RFC 9110, section 13)."""

from __future__ import annotations

import pytest

from src.infra.controllers.conditional import not_modified

ANSWER = {"ETag": '"abc"', "Last-Modified": "Sun, 01 Jun 2025 12:00:00 GMT"}


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, False),
        ({"if-none-match": '"abc"'}, True),
        ({"if-none-match": 'W/"abc"'}, True),
        ({"if-none-match": '"x", W/"abc" , "y"'}, True),
        ({"if-none-match": '"x,abc", "ab"'}, False),
        ({"if-none-match": "*"}, True),
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
def test_conditions(headers: dict[str, str], *, expected: bool) -> None:
    """Lists, weak tags, `*` and dates count; what cannot be read does not."""
    assert not_modified(headers, ANSWER) is expected
