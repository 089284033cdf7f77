"""What the application needs to know of a feature."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from fastapi import APIRouter

from src.infra.controllers.errors import ErrorRow
from src.infra.controllers.pages_controller import Page
from src.infra.http.fast_path import AtHand

# The settings that it needs.
Settings_contra = TypeVar("Settings_contra", contravariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a feature has opened.

    Args:
        state: what its controllers find in `request.state`, by name.
        require_data: raises NoSnapshotError if there is nothing yet that it could answer with.
    """

    state: Mapping[str, Any]
    require_data: Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature(Generic[Settings_contra]):
    """What the service offers its callers of one kind of data.

    Args:
        open: opens all it needs; the end of the block closes that.
        routers: its resources.
        tags: describe its resources in the documentation, as OpenAPI has them.
        errors: what its resources may raise besides the errors that every resource may.
        parameters: what is allowed of its resources' parameters, by name, in Portuguese.
        at_hand: by path, the answers that need not go through FastAPI.
        pages: for people.
    """

    open: Callable[[Settings_contra], AbstractAsyncContextManager[Opened]]
    routers: Sequence[APIRouter]
    tags: Sequence[Mapping[str, str]] = ()
    errors: Sequence[ErrorRow] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    at_hand: Mapping[str, AtHand] = field(default_factory=dict)
    pages: Sequence[Page] = ()
