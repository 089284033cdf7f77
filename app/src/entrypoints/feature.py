"""What the application needs to know of a feature."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from fastapi import APIRouter

from src.infra.controllers.errors import ErrorRow
from src.infra.controllers.pages_controller import Page
from src.infra.controllers.refreshes.refresh_words import RefreshWords
from src.infra.http.middleware.fast_path import AtHand

# The settings that it needs.
Settings_contra = TypeVar("Settings_contra", contravariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a feature has opened."""

    state: Mapping[str, Any]  # what its controllers find in `request.state`, by name
    # Raises NoSnapshotError if there is nothing yet that it could answer with.
    require_data: Callable[[], object] = lambda: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature(Generic[Settings_contra]):
    """What the service offers its callers of one kind of data."""

    # Opens all it needs, given what the features before it in the list have opened, by name; the
    # end of the block closes that.
    open: Callable[[Settings_contra, Mapping[str, Any]], AbstractAsyncContextManager[Opened]]
    routers: Sequence[APIRouter]  # its resources
    refreshes: RefreshWords | None = None  # the words for its refreshes, if it collects
    # Describe its resources in the documentation, as OpenAPI has them.
    tags: Sequence[Mapping[str, str]] = ()
    # What its resources may raise besides the errors that every resource may.
    errors: Sequence[ErrorRow] = ()
    # What is allowed of its resources' parameters, by name, in Portuguese.
    parameters: Mapping[str, str] = field(default_factory=dict)
    # What only its answers have, as OpenAPI has them, by name.
    headers: Mapping[str, Any] = field(default_factory=dict)
    # By address (a path, perhaps with a query), the answers that need not go through FastAPI.
    at_hand: Mapping[str, AtHand] = field(default_factory=dict)
    # Paths of resources that take much computing: their requests are handled one at a time.
    in_turn: Collection[str] = ()
    pages: Sequence[Page] = ()  # for people
