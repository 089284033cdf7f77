"""The parts of a tree that is read from an upstream level by level."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self, TypeVar


class InvalidTreeError(ValueError):
    """A part, or the relation of two parts, breaks a rule of its tree."""


class Leaf:
    """A part without parts of its own. Its id is unique among the parts of its parent."""

    __slots__ = ()

    id: int
    nome: str

    @property
    def short_name(self) -> str:
        """A name of some letters, if such parts have one; empty otherwise."""
        return ""


@dataclass(frozen=True, slots=True)
class Branch(Leaf):
    """A part with parts of its own, one level below, in the field that PARTS names.

    That field is a tuple in order of id, or None if the parts are unknown.
    """

    PARTS: ClassVar[str]

    @property
    def children(self) -> tuple[Any, ...] | None:
        """Its parts in order; None if they are unknown."""
        children: tuple[Any, ...] | None = getattr(self, self.PARTS)
        return children

    def with_children(self, children: Iterable[Leaf]) -> Self:
        """A copy with these parts, put in order. Raises InvalidTreeError."""
        return replace(self, **{self.PARTS: in_order(children)})


Part = TypeVar("Part", bound=Leaf)

# Beyond it JSON numbers are not exact everywhere (RFC 8259, section 6).
LARGEST_ID = 2**53 - 1

# What Python takes for printable, and nobody sees: blanks of other scripts, and marks that change
# nothing by themselves (Unicode's Default_Ignorable_Code_Point).
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)

# Characters; several times as many as the names of places, people and things have.
LONGEST_NAME = 200


def in_order(parts: Iterable[Part]) -> tuple[Part, ...]:
    """The parts in ascending order of id.

    Raises InvalidTreeError if one appears twice, has an id that not every reader can hold, or a
    name that is none.
    """
    ordered = tuple(sorted(parts, key=lambda part: part.id))
    before = None
    for part in (*ordered[:1], *ordered[-1:]):
        if abs(part.id) > LARGEST_ID:
            raise InvalidTreeError(f"código grande demais: {part.id}")
    for part in ordered:
        if part.id == before:
            raise InvalidTreeError(f"código repetido: {part.id}")
        before = part.id
        require_name(part)
    return ordered


def require_name(part: Leaf) -> None:
    """Raises InvalidTreeError for a name that is too long, or not one line of visible text."""
    if len(part.nome) > LONGEST_NAME:
        raise InvalidTreeError(f"nome grande demais: o código {part.id}")
    visible = part.nome.replace("\u00a0", " ")  # no-break blanks occur in names
    if not visible.isprintable() or _UNSEEN.search(visible):
        raise InvalidTreeError(f"nome com caracteres de controle: o código {part.id}")


def count_by_level(parts: Sequence[Leaf]) -> list[int]:
    """How many parts are known on each level, the top first."""
    counts = []
    while parts:
        counts.append(len(parts))
        parts = [
            below for part in parts if isinstance(part, Branch) for below in part.children or ()
        ]
    return counts
