"""The media type that a client gets (RFC 9110, section 12.5.1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.infra.http.media_types import CSV, JSON, NDJSON, best_media_type

ALL = (JSON, NDJSON, CSV)


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        # Nothing is asked for, or anything.
        ("", JSON),
        ("*/*", JSON),
        ("*/*;q=0.1", JSON),
        # One of them, in any case and with any blanks.
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
        # What a browser sends.
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", JSON),
        # The more specific range counts, whichever comes first.
        ("*/*, application/json;q=0", NDJSON),
        ("application/json;q=0, */*", NDJSON),
        ("application/*;q=0, */*", CSV),
        ("application/*;q=0.1, text/csv;q=0.5, application/x-ndjson", NDJSON),
        ("*/*;q=0.1, text/*;q=0.2", CSV),
        # Named twice: the better weight.
        ("text/csv;q=0.1, text/csv;charset=utf-8;q=0.9, application/json;q=0.5", CSV),
        # Refused.
        ("text/html", None),
        ("image/*", None),
        ("application/json;q=0", None),
        ("*/*;q=0", None),
        ("application/problem+json", None),
        # Nonsense is passed over, and alone it asks for nothing.
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
def test_the_client_gets_what_it_likes_best(accept: str, chosen: str | None) -> None:
    """Of equals the first that there is."""
    assert best_media_type(accept, ALL) == chosen


def test_a_resource_without_choice_answers_what_it_has() -> None:
    """Or nothing, where the client does not take it."""
    assert best_media_type("text/csv, */*;q=0.1", (JSON,)) == JSON
    assert best_media_type("text/csv", (JSON,)) is None


def test_an_absurdly_long_header_is_not_read() -> None:
    """It is answered as if it had not been sent."""
    longest = "text/csv," * 111

    assert best_media_type(longest, ALL) == CSV
    assert best_media_type(longest + "text/csv", ALL) == JSON


@given(st.text(st.sampled_from("*/;q=0.1,acjsonvtx+ \t\0é"), max_size=60))
def test_no_header_makes_an_error(accept: str) -> None:
    """Whatever is sent, one of the types is chosen, or none."""
    assert best_media_type(accept, ALL) in {*ALL, None}
