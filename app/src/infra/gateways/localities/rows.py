"""From a response's bytes to the domain's places, in one step.

The upstream's rows nest a dozen levels that nobody here needs; msgspec skips them without making
objects (docs/decisions/0003). Places refuse rows without a usable id or name themselves.
"""

from typing import Generic, TypeVar

import msgspec

from src.domain.localities.territory import City, District, State

Place = TypeVar("Place", State, City, District)


class Rows(Generic[Place]):
    """Reads places of one kind."""

    def __init__(self, kind: type[Place]) -> None:
        # If exactly one row matches, some paths answer a bare object instead of a list.
        self._decoder = msgspec.json.Decoder(kind | tuple[kind, ...])  # type: ignore[valid-type]  # a class that is only known at run time

    def read(self, body: bytes, owner: State | City | None = None) -> tuple[Place, ...]:
        """The places in a response, all of which belong to `owner`.

        Raises ValueError if the response holds anything else, or nothing.
        """
        rows = self._decoder.decode(body)
        # The upstream answers [] for an id it does not know; every id asked for here came from it.
        if rows == ():
            raise ValueError("lista vazia")
        places: tuple[Place, ...] = rows if isinstance(rows, tuple) else (rows,)
        for place in places:
            if owner is not None and not owner.holds(place):
                raise ValueError(f"o código {place.id} não pertence a {owner.id}")
        return places


STATES, CITIES, DISTRICTS = Rows(State), Rows(City), Rows(District)
