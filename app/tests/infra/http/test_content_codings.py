"""The content coding that a client gets (RFC 9110, sections 12.4.2 and 12.5.3)."""

import pytest

from src.infra.http.content_codings import best_coding

ALL = {"identity", "gzip", "zstd", "br"}


@pytest.mark.parametrize(
    ("accept_encoding", "coding"),
    [
        ("", "identity"),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("x-gzip", "gzip"),
        ("deflate", "identity"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, zstd", "zstd"),
        ("gzip;q=1, br;q=0.5", "gzip"),
        ("gzip; q=0.5 , br ; q=0.8", "br"),
        ("br;q=0, zstd;q=0, gzip", "gzip"),
        ("*", "br"),
        ("*;q=0.5, gzip", "gzip"),
        ("*;q=0, gzip", "gzip"),
        ("identity, gzip;q=0.5", "identity"),
        ("identity;q=0.5, gzip;q=0.5", "gzip"),
        ("identity;q=0, gzip", "gzip"),
        ("gzip;q=0", "identity"),
        ("gzip;q=0.001", "gzip"),
        ("identity;q=0", None),
        ("*;q=0", None),
        ("*;q=0, identity", "identity"),
        ("gzip;q=muito", "identity"),
        ("gzip;q=2", "identity"),
        ("gzip;q=nan", "identity"),
        ("gzip;level=9", "gzip"),
        (",, ;q=1,gzip", "gzip"),
        ("gzip," * 1000, "identity"),
    ],
)
def test_the_weights_decide(accept_encoding: str, coding: str | None) -> None:
    """The highest weight wins, then the smallest coding; identity if nothing else will do."""
    assert best_coding(accept_encoding, ALL) == coding


def test_only_ready_codings_are_chosen() -> None:
    """A client gets the best coding that exists at this moment."""
    assert best_coding("br, gzip", {"identity", "gzip"}) == "gzip"
    assert best_coding("br, gzip", {"identity"}) == "identity"
    assert best_coding("br, gzip, identity;q=0", {"identity"}) is None
