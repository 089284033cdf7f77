"""How a feature's snapshots are answered."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from starlette.datastructures import Headers

from src.domain.snapshot import S
from src.infra.http.media_types import JSON, best_media_type

LookUp = TypeVar("LookUp")
Parts = TypeVar("Parts")


class NotAcceptableError(Exception):
    """The client refuses every media type, or every content coding, that there is.

    `available` names the media types, in Portuguese.
    """

    def __init__(self, available: str) -> None:
        super().__init__()
        self.available = available


@dataclass(frozen=True, slots=True, eq=False)  # each is one of its own, whatever it is made of
class Format(Generic[Parts]):
    """How parts of a tree are written in one format.

    `file_name` names the file that browsers save them in; None if they show them.
    """

    write: Callable[[Parts], bytes]
    file_name: Callable[[Parts], str] | None = None


# By media type; the first is answered if any will do.
Formats: TypeAlias = Mapping[str, Format[Parts]]
TreeFormats: TypeAlias = Formats[Sequence[Any]]  # what is written are the roots


def format_for(request: Headers, formats: Formats[Any]) -> str | None:
    """The media type that suits a client best; None if none does."""
    return best_media_type(",".join(request.getlist("accept")), tuple(formats))


@dataclass(frozen=True, slots=True, kw_only=True)
class Presentation(Generic[S, LookUp]):
    """The formats of the tree, and what answers questions about its parts."""

    formats: TreeFormats  # of the whole tree, JSON among them
    # The same for less of the tree, which ends above its lowest level.
    shallower: Sequence[TreeFormats] = ()
    available: str  # the media types there are, in Portuguese, for errors
    look_up: Callable[[S], LookUp]  # makes, once for a snapshot, what its parts are found by

    @property
    def ready(self) -> list[Format[Sequence[Any]]]:
        """What is made before anybody asks: JSON of the whole tree, and then of less."""
        return [formats[JSON] for formats in (self.formats, *self.shallower)]
