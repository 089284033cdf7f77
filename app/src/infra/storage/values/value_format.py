"""A kept value as bytes: JSON in the domain's own fields."""

from datetime import timedelta
from typing import Any, Generic, TypeVar

import msgspec

from src.application.ports.value_store import Kept

V = TypeVar("V")


class ValueFormat(Generic[V]):
    """Writes and reads values of one kind."""

    def __init__(self, kind: type[V]) -> None:
        # mypy takes the variable for a type of its own.
        self._decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(Kept[kind])  # type: ignore[valid-type]  # a class that is only known at run time

    def to_bytes(self, kept: Kept[V]) -> bytes:
        """The value with the time at which it was asked for."""
        return msgspec.json.encode(kept)

    def from_bytes(self, content: bytes) -> Kept[V] | None:
        """The value; None if the content cannot be understood."""
        try:
            kept: Kept[V] = self._decoder.decode(content)
        except (msgspec.MsgspecError, RecursionError):  # the latter for JSON nested without end
            return None
        return kept if kept.asked_at.utcoffset() == timedelta(0) else None
