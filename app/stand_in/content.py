"""What a stand-in answers below one base path, whatever it is about."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import msgspec

from stand_in.faults import Kind

Row = dict[str, Any]


class Content(ABC):
    """The answers of one upstream. A path is the part below `base_path`, with its query if any."""

    base_path: str  # has no slash at its end

    @abstractmethod
    def rows(self, path: str) -> Sequence[Row] | None:
        """The rows in the answer to a path, or None if the upstream has no such path."""

    def body(self, path: str) -> bytes | None:
        """The whole answer to a path, or None if the upstream has no such path."""
        rows = self.rows(path)
        return None if rows is None else msgspec.json.encode(rows)

    def spoilt_body(self, path: str, kind: Kind) -> bytes | None:
        """The answer to a path, spoilt by a fault of its content."""
        rows = self.rows(path)
        if rows is None:
            return None
        if kind is Kind.EMPTY:
            rows = []
        elif kind is Kind.TENTH:
            rows = rows[: max(1, len(rows) // 10)]
        elif kind is Kind.WRONG_TYPES:
            rows = [{name: _of_wrong_type(value) for name, value in row.items()} for row in rows]
        return msgspec.json.encode(rows)

    def heading(self, path: str) -> str:
        """The heading under which a request counts while it is in flight.

        By default it is the last part of the path, which says what kind of list is asked for.
        """
        return path.partition("?")[0].rpartition("/")[2]

    def prepare(self) -> None:  # noqa: B027  # most contents need not
        """Makes answers ready before time is measured; by default there is nothing to do."""

    def change(self, path: str) -> None:  # noqa: B027  # as above
        """Changes the data if a collection begins with this path; by default nothing changes.

        Called before each answer while the behaviour is `changing`.
        """


class NoContent(Content):
    """The paths outside all contents, where nothing is found."""

    base_path = ""

    def rows(self, path: str) -> None:
        return None


def _of_wrong_type(value: object) -> object:
    return str(value) if isinstance(value, int | float) else 1
