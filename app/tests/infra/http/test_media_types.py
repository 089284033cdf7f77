"""The media type that a client gets (RFC 9110, section 12.5.1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.infra.http.media_types import CSV, JSON, NDJSON, best_media_type

ALL = (JSON, NDJSON, CSV)


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        # No preference.
        ("", JSON),
        ("*/*", JSON),
        ("*/*;q=0.1", JSON),
        # A single type, in any case and with any blanks.
        ("application/json", JSON),
        ("application/x-ndjson", NDJSON),
        ("text/csv", CSV),
        ("TEXT/CSV", CSV),
        (" text/csv ; charset=utf-8 ", CSV),
        ("text/html, text/csv", CSV),
        # Ranges.
        ("text/*", CSV),
        ("application/*", JSON),
        ("application/*, text/*;q=0.5", JSON),
        # Weights.
        ("text/csv, application/json;q=0.9", CSV),
        ("application/json;q=0.2, application/x-ndjson;q=0.3", NDJSON),
        ("text/csv;q=0.001", CSV),
        ("text/csv;Q=0.4, application/json;q=0.5", JSON),
        ("text/csv, application/json", JSON),
        # A browser's header.
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", JSON),
        # The more specific range counts, in any order.
        ("*/*, application/json;q=0", NDJSON),
        ("application/json;q=0, */*", NDJSON),
        ("application/*;q=0, */*", CSV),
        ("application/*;q=0.1, text/csv;q=0.5, application/x-ndjson", NDJSON),
        ("*/*;q=0.1, text/*;q=0.2", CSV),
        # Named twice: the higher weight counts.
        ("text/csv;q=0.1, text/csv;charset=utf-8;q=0.9, application/json;q=0.5", CSV),
        # Refused.
        ("text/html", None),
        ("image/*", None),
        ("application/json;q=0", None),
        ("*/*;q=0", None),
        ("application/problem+json", None),
        # Nonsense is ignored; nothing but nonsense is no preference.
        ("json", JSON),
        ("*", JSON),
        (",,;;", JSON),
        (";q=1", JSON),
        ("text/csv;q=muito", JSON),
        ("text/csv;q=", JSON),
        ("text/csv;q=2, application/x-ndjson;q=0.1", NDJSON),
        ("text/csv;q=-1", JSON),
        ("text/csv;q=nan", JSON),
        ("text/csv;q=inf", JSON),
        ("\0, text/csv", CSV),
    ],
)
def test_the_client_gets_the_type_it_prefers(accept: str, chosen: str | None) -> None:
    """Of equals, it gets the first one on offer."""
    assert best_media_type(accept, ALL) == chosen


def test_a_resource_with_one_type_offers_only_that() -> None:
    """If the client does not accept it, the result is None."""
    assert best_media_type("text/csv, */*;q=0.1", (JSON,)) == JSON
    assert best_media_type("text/csv", (JSON,)) is None


def test_an_absurdly_long_header_is_not_read() -> None:
    """It is ignored as if it had not been sent."""
    longest = "text/csv," * 111

    assert best_media_type(longest, ALL) == CSV
    assert best_media_type(longest + "text/csv", ALL) == JSON


@given(st.text(st.sampled_from("*/;q=0.1,acjsonvtx+ \t\0é"), max_size=60))
def test_no_header_raises_an_error(accept: str) -> None:
    """Whatever is sent, the result is one of the types or None."""
    assert best_media_type(accept, ALL) in {*ALL, None}
