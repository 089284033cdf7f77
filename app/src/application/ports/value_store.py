"""Where the last good answers by key outlive a process, as the application sees it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

V = TypeVar("V")


class ValueStoreError(Exception):
    """The store could not be read, written or reached."""


@dataclass(frozen=True, slots=True)
class Kept(Generic[V]):
    """A value, and when the upstream was asked for it, in UTC."""

    value: V
    asked_at: datetime


class ValueStore(Protocol[V]):
    """Keeps a small value for each key, within bounds of its own.

    Keys are letters, digits and `-`, 40 at most. Every call raises ValueStoreError if the store
    cannot be read, written or reached.
    """

    async def get(self, key: str) -> Kept[V] | None:
        """What is stored under this key; None if there is nothing, or it cannot be understood."""
        ...

    async def put(self, key: str, kept: Kept[V]) -> None:
        """Store it in place of what was there."""
        ...
