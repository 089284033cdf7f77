"""Finds places by what people type: a name, often with the state behind or before it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, TypeVar

from src.application.finding.name_index import Found, Match, NameIndex
from src.domain.localities.territory import City, District, State
from src.domain.portuguese_spelling import JOINING_WORDS
from src.domain.searchable_names import searchable

Place = TypeVar("Place", bound=City | District)

_COUNTRY = ("brasil", "brazil")

# Rio Grande do Norte and others.
_MOST_WORDS_OF_A_STATE = 4


class PlaceNames(Generic[Place]):
    """The names of the places of one level, and those of the states."""

    def __init__(self, places: Iterable[Place], states: Sequence[State]) -> None:
        # The ids of states have two digits, and those of regions one.
        self._index: NameIndex[Place] = NameIndex(
            places, groups_of=lambda place: (place.state_id, _region_of(place.state_id))
        )
        self._states = {
            searchable(name): state.id for state in states for name in (state.nome, state.sigla)
        }

    def search(
        self, query: str | None, *, state_id: int | None = None, region_id: int | None = None
    ) -> Sequence[Place]:
        """The places that NameIndex finds; of one state if the query names it besides a place.

        With the id of a state, of a region, or of both, only those that lie there.

        "Campinas - SP", "campinas sp", "Campinas, São Paulo" and "SP/Campinas" are read so if
        Campinas is found there, and unless places have the whole query as their name. Places with
        names that begin with the whole query follow, since it may be the beginning of a name.
        """
        if state_id is not None and region_id not in {None, _region_of(state_id)}:
            return ()
        group = region_id if state_id is None else state_id
        if query is None or self._index.has(query, group=group):
            return self._index.search(query, group=group).parts
        best = self._best_reading(query, group)
        if best is not None and best.match is Match.VERY_NAME:
            longer = self._index.beginning_with(query, group=group)
            return list(_by_id([*best.parts, *longer]).values())
        plain = self._index.search(query, group=group)
        if best is None or plain.match <= best.match or plain.match is Match.BEGINNING:
            return plain.parts
        return best.parts

    def _best_reading(self, query: str, group: int | None) -> Found[Place] | None:
        """What is found by the name that a state, or the country, stands beside."""
        best: Found[Place] | None = None
        for name, state, is_before in self._readings(_words(query), group):
            found = self._index.search(name, group=state)
            if found.match is Match.VERY_NAME:
                return found
            # "Mt. Alegre" is Monte Alegre, and not some place with Alegre in its name in Mato
            # Grosso: more people shorten the first word than put the state before the name.
            is_likely = found.match <= Match.FIRST_WORDS or not is_before
            if is_likely and (best is None or found.match < best.match):
                best = found
        return best

    def _readings(
        self, words: list[str], group: int | None
    ) -> Iterator[tuple[str, int | None, bool]]:
        """Each name and state that a query may consist of, and whether the state stands before.

        Without a state in the query, it is searched in the group.
        """
        keys = [searchable(word) for word in words]
        is_in_brazil = bool(keys) and keys[-1] in _COUNTRY
        end = len(words) - is_in_brazil
        for count in range(min(_MOST_WORDS_OF_A_STATE, end - 1), 0, -1):
            for state_from, state_to, is_before in ((end - count, end, False), (0, count, True)):
                state = self._states.get(" ".join(keys[state_from:state_to]))
                if state is not None and group in {None, state, _region_of(state)}:
                    name = words[state_to:end] if is_before else words[:state_from]
                    if searchable(name[-1]) in JOINING_WORDS:
                        name = name[:-1]
                    if name:
                        yield " ".join(name), state, is_before
        if is_in_brazil and end:
            yield " ".join(words[:end]), group, False


def _by_id(places: Iterable[Place]) -> dict[int, Place]:
    return {place.id: place for place in places}


def _words(query: str) -> list[str]:
    """The words of a query as they are typed."""
    words = re.findall(r"[^\W_]+", query)
    keys = searchable(query).split()
    # With marks apart from their letters, say, words look otherwise; the names that are compared
    # are searchable anyway.
    return words if [searchable(word) for word in words] == keys else keys


def _region_of(state_id: int) -> int:
    """The id of the state's region."""
    return state_id // 10
