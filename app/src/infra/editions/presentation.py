"""How a feature's snapshots are answered."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from starlette.datastructures import Headers

from src.domain.snapshot import S
from src.infra.http.media_types import best_media_type

LookUp = TypeVar("LookUp")


class NotAcceptableError(Exception):
    """The client refuses every media type, or every content coding, that there is.

    `available` names the media types, in Portuguese.
    """

    def __init__(self, available: str) -> None:
        super().__init__()
        self.available = available


@dataclass(frozen=True, slots=True)
class TreeFormat:
    """One format of the whole tree: how its roots are written, and the headers that go with it."""

    write: Callable[[Sequence[Any]], bytes]
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Presentation(Generic[S, LookUp]):
    """The formats of the whole tree, and what answers questions about its parts."""

    # By media type; JSON is one of them, and the first is answered if any will do.
    formats: Mapping[str, TreeFormat]
    available: str  # the media types there are, in Portuguese, for errors
    look_up: Callable[[S], LookUp]  # makes, once for a snapshot, what its parts are found by

    def format_for(self, request: Headers) -> str | None:
        """The media type of the tree that suits a client best; None if none does."""
        return best_media_type(",".join(request.getlist("accept")), tuple(self.formats))
