"""The formats in which any tree can be answered."""

from collections.abc import Sequence
from typing import Any

import msgspec

from src.infra.editions.presentation import Format, Presentation
from src.infra.http.media_types import JSON, NDJSON_NAMES


def as_json(roots: Sequence[object]) -> bytes:
    """One array of all roots."""
    return msgspec.json.encode(roots)


def as_ndjson(roots: Sequence[object]) -> bytes:
    """One root per line."""
    return b"".join(msgspec.json.encode(root) + b"\n" for root in roots)


# For a tree that is served only as a whole: none of its parts is looked up.
WHOLE_TREE: Presentation[Any, None] = Presentation(
    formats={JSON: Format(as_json), **dict.fromkeys(NDJSON_NAMES, Format(as_ndjson))},
    available="application/json, application/x-ndjson, application/ndjson e application/jsonl",
    look_up=lambda _: None,
)
