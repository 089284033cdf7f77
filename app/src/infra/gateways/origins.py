"""Which addresses are of one server."""

from urllib.parse import urlsplit


def is_same_origin(url: str, other: str) -> bool:
    """Whether two addresses are of one server (RFC 6454, section 4)."""
    one, another = urlsplit(url), urlsplit(other)
    return (one.scheme, one.hostname, one.port) == (another.scheme, another.hostname, another.port)
