"""What the population of a place needs from outside: the figures, and the names of places."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from src.domain.population.population import Population


class Kind(StrEnum):
    """The kinds of places that have a population."""

    STATE = "estado"
    CITY = "cidade"


@dataclass(frozen=True, slots=True)
class Place:
    """A place as other data know it since `known_at`, in UTC."""

    kind: Kind
    id: int
    nome: str
    known_at: datetime


class PopulationGateway(Protocol):
    """Reads populations."""

    async def of(self, kind: Kind, place_id: int) -> Population | None:
        """The newest estimate; None if there is none for this place. Raises UpstreamError."""
        ...


class Places(Protocol):
    """Knows the places; fulfilled by another feature."""

    async def place(self, kind: Kind, code: str) -> Place:
        """The place with this code; raises what that feature raises if there is none."""
        ...
