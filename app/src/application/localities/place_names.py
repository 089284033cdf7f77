"""Finds places by what people type: a name, often with the state behind or before it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, TypeVar

from src.application.finding.name_index import Found, Match, NameIndex
from src.domain.localities.territory import City, District, State
from src.domain.portuguese_spelling import JOINING_WORDS
from src.domain.searchable_names import searchable

Place = TypeVar("Place", City, District)

_COUNTRY = ("brasil", "brazil")

# Rio Grande do Norte and others.
_MOST_WORDS_OF_A_STATE = 4


class PlaceNames(Generic[Place]):
    """The names of the places of one level, and those of the states."""

    def __init__(self, places: Iterable[Place], states: Sequence[State]) -> None:
        self._index: NameIndex[Place] = NameIndex(
            places, groups_of=lambda place: (place.state_id, _region_of(place.state_id))
        )
        self._states = {
            searchable(name): state.id for state in states for name in (state.nome, state.sigla)
        }

    def search(
        self,
        query: str | None,
        *,
        state_id: int | None = None,
        region_id: int | None = None,
        limit: int,
        offset: int,
    ) -> Found[Place]:
        """The places that NameIndex finds; of one state if the query names it besides a place.

        With the id of a state, of a region, or of both, only those that lie there.

        "Campinas - SP", "campinas sp", "Campinas, São Paulo" and "SP/Campinas" are read so if
        Campinas is found there, and unless places have the whole query in their names.
        """

        def find(name: str | None, group: int | None) -> Found[Place]:
            return self._index.search(name, group=group, limit=limit, offset=offset)

        if state_id is not None and region_id not in {None, _region_of(state_id)}:
            return Found((), 0, Match.NONE)
        group = region_id if state_id is None else state_id
        if query is None or self._index.has(query, group=group):
            return find(query, group)
        best: Found[Place] | None = None
        for name, state in self._readings(searchable(query).split(), group):
            found = find(name, state)
            if found.match is Match.VERY_NAME:
                return found
            if best is None or found.match < best.match:
                best = found
        plain = find(query, group)
        if best is None or plain.match <= best.match or plain.match is Match.BEGINNING:
            return plain
        return best

    def _readings(self, words: list[str], group: int | None) -> Iterator[tuple[str, int | None]]:
        """The name and the state that a query may consist of, the likeliest first.

        Without a state in the query, it is searched in the group.
        """
        is_in_brazil = bool(words) and words[-1] in _COUNTRY
        words = words[: len(words) - is_in_brazil]
        for count in range(min(_MOST_WORDS_OF_A_STATE, len(words) - 1), 0, -1):
            for named, rest in ((words[-count:], words[:-count]), (words[:count], words[count:])):
                state = self._states.get(" ".join(named))
                if state is not None and group in {None, state, _region_of(state)}:
                    yield " ".join(rest[:-1] if rest[-1] in JOINING_WORDS else rest), state
        if is_in_brazil:
            yield " ".join(words), group


def _region_of(state_id: int) -> int:
    """The id of the state's region, which is that of no state."""
    return state_id // 10
