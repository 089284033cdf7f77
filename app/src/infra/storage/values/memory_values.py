"""Values by key in the memory of one process, within bounds."""

from collections import OrderedDict
from typing import TypeVar

from src.application.ports.value_store import Kept, ValueStore
from src.infra.storage.values.value_format import ValueFormat

V = TypeVar("V")


class MemoryValues(ValueStore[V]):
    """Keeps bytes, since objects would take several times the room; the least used go first."""

    def __init__(
        self,
        value_format: ValueFormat[V],
        *,
        most_values: int = 10_000,
        most_bytes: int = 4 * 1024 * 1024,
    ) -> None:
        self._format = value_format
        self._most_values = most_values
        self._most_bytes = most_bytes
        self._values: OrderedDict[str, bytes] = OrderedDict()
        self._bytes = 0

    async def get(self, key: str) -> Kept[V] | None:
        content = self._values.get(key)
        if content is None:
            return None
        self._values.move_to_end(key)
        return self._format.from_bytes(content)

    async def put(self, key: str, kept: Kept[V]) -> None:
        content = self._format.to_bytes(kept)
        self._bytes += len(content) - len(self._values.pop(key, b""))
        self._values[key] = content
        while len(self._values) > self._most_values or self._bytes > self._most_bytes:
            _, oldest = self._values.popitem(last=False)
            self._bytes -= len(oldest)
