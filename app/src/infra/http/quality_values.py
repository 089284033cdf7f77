"""What a client would rather have: the weights in Accept and Accept-Encoding."""

from collections.abc import Iterator


def weighted(header: str) -> Iterator[tuple[str, float]]:
    """Each member of a header's list, in lower case, and its weight from 0 to 1.

    The weight is 1 where none is given (RFC 9110, section 12.4.2); nonsense is passed over.
    """
    for member in header.lower().split(","):
        name, *parameters = (part.strip() for part in member.split(";"))
        quality = next((part[2:] for part in parameters if part.startswith("q=")), "1")
        try:
            weight = float(quality)
        except ValueError:
            continue
        if name and 0 <= weight <= 1:
            yield name, weight
