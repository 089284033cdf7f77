"""What a new snapshot keeps of the one before it, so that data never get worse.

A part that could not be read is kept. So is a place that is gone, unless its going is credible:

    In one collection a list may lose one place, or a tenth of its places where that is more;
    and the whole tree ten places, or a hundredth of its places where that is more.

The reason: the territory changes by a handful of places in a year (cities merge, a district
becomes a city), and such a change must get through at once. An ill upstream loses by the list:
the first page of many, an empty answer, a backup from another year. The bound for a list finds the
one list that was cut off; the bound for the tree finds the many short lists that lost one place
each, which a bound for a list alone would believe. A place counts as lost by the list it stood in:
those below it are not counted again.

No state is believed gone: the last one that went was Guanabara, in 1975.

A true change beyond these bounds gets through where there is no earlier snapshot to compare with:
nothing stored, and none bundled.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from src.domain.localities.territory import City, District, State, in_order
from src.domain.snapshot import Gap, Snapshot

Place = TypeVar("Place", bound=State | City | District)

UNREAD = "não pôde ser lido"
NOT_BELIEVED = "a lista veio menor do que é plausível"


def succeed(earlier: Snapshot, collected: Snapshot) -> Snapshot:
    """The collected snapshot, with all that it lacks and the earlier one has.

    Its `filled` names the states and cities that were kept or completed; its `missing` what neither
    of the two knows.
    """
    succession = _Succession(
        unread={gap.id: gap.reason for gap in collected.missing},
        tree_is_credible=_tree_is_credible(earlier.states, collected.states),
    )
    states = in_order(succession.of_states(earlier.states, collected.states))
    missing = _missing(states, {gap.id: gap for gap in (*earlier.missing, *collected.missing)})
    filled = _in_order_and_known(succession.filled, missing)
    failures = earlier.failures + 1 if missing or filled else 0
    return replace(collected, states=states, missing=missing, filled=filled, failures=failures)


def unread(earlier: Snapshot, reason: str) -> Snapshot:
    """The earlier snapshot after a collection that could read nothing at all: all of it is kept."""
    kept = [gap for state in earlier.states for gap in _kept(state, reason)]
    return replace(
        earlier,
        filled=_in_order_and_known(kept, earlier.missing),
        failures=earlier.failures + 1,
    )


def is_credible(earlier: State, collected: State) -> bool:
    """Whether a state that was read whole may be believed as it is."""
    succession = _Succession(
        unread={}, tree_is_credible=_tree_is_credible((earlier,), (collected,))
    )
    list(succession.of_states((earlier,), (collected,)))
    return not succession.filled


class _Succession:
    """Goes down both trees at once and notes in `filled` what was kept."""

    def __init__(self, *, unread: dict[int, str], tree_is_credible: bool) -> None:
        self._unread = unread
        self._tree_is_credible = tree_is_credible
        self.filled: list[Gap] = []

    def of_states(self, before: Sequence[State], after: Sequence[State]) -> Iterator[State]:
        """The states of the new snapshot, in any order."""
        earlier = {state.id: state for state in before}
        yield from (self._state(earlier.get(state.id), state) for state in after)
        for state in _gone(before, after):
            self.filled += _kept(state, NOT_BELIEVED)
            yield state

    def _state(self, before: State | None, after: State) -> State:
        if before is None or not before.cidades:
            return after
        if not after.cidades:
            kept = replace(after, cidades=before.cidades)
            self.filled += _kept(kept, self._unread.get(after.id, UNREAD))
            return kept
        earlier = {city.id: city for city in before.cidades}
        cities = [self._city(earlier.get(city.id), city) for city in after.cidades]
        gone = self._not_believed_gone(before.cidades, after.cidades)
        self.filled += (Gap(city.id, city.nome, NOT_BELIEVED) for city in gone)
        return after.with_cities([*cities, *gone])

    def _city(self, before: City | None, after: City) -> City:
        if before is None or before.distritos is None:
            return after
        if after.distritos is None:
            self.filled.append(Gap(after.id, after.nome, self._unread.get(after.id, UNREAD)))
            return replace(after, distritos=before.distritos)
        gone = self._not_believed_gone(before.distritos, after.distritos)
        if not gone:
            return after
        self.filled.append(Gap(after.id, after.nome, NOT_BELIEVED))
        return after.with_districts([*after.distritos, *gone])

    def _not_believed_gone(self, before: Sequence[Place], after: Sequence[Place]) -> list[Place]:
        gone = _gone(before, after)
        is_credible = self._tree_is_credible and len(gone) <= max(1, len(before) // 10)
        return [] if is_credible else gone


def _tree_is_credible(before: Sequence[State], after: Sequence[State]) -> bool:
    """Whether no more places are gone from the tree than may be."""
    lists = list(_lists_in_both(before, after))
    lost = sum(len(_gone(earlier, later)) for earlier, later in lists)
    return lost <= max(10, _count(before) // 100)


def _lists_in_both(
    before: Sequence[State], after: Sequence[State]
) -> Iterator[tuple[Sequence[State | City | District], Sequence[State | City | District]]]:
    """Each list of the earlier tree that was read again, beside what was read."""
    yield before, after
    states = {state.id: state for state in after if state.cidades}
    for earlier_state in before:
        if state := states.get(earlier_state.id):
            yield earlier_state.cidades, state.cidades
            cities = {city.id: city for city in state.cidades if city.distritos is not None}
            for earlier_city in earlier_state.cidades:
                if city := cities.get(earlier_city.id):
                    yield earlier_city.distritos or (), city.distritos or ()


def _gone(before: Sequence[Place], after: Iterable[Place]) -> list[Place]:
    ids = {place.id for place in after}
    return [place for place in before if place.id not in ids]


def _count(states: Sequence[State]) -> int:
    cities = [city for state in states for city in state.cidades]
    return len(states) + len(cities) + sum(len(city.distritos or ()) for city in cities)


def _missing(states: Sequence[State], reasons: Mapping[int, Gap]) -> tuple[Gap, ...]:
    """The places below which nothing is known, each with its reason."""
    places: list[State | City] = [state for state in states if not state.cidades]
    places += (city for state in states for city in state.cidades if city.distritos is None)
    gaps = (reasons.get(place.id, Gap(place.id, place.nome, UNREAD)) for place in places)
    return tuple(sorted(gaps, key=_id))


def _in_order_and_known(kept: Iterable[Gap], missing: Iterable[Gap]) -> tuple[Gap, ...]:
    """What was kept, without the places of which nothing was there to keep."""
    unknown = {gap.id for gap in missing}
    return tuple(sorted((gap for gap in kept if gap.id not in unknown), key=_id))


def _id(gap: Gap) -> int:
    return gap.id


def _kept(state: State, reason: str) -> list[Gap]:
    """A state that was kept, and with it each of its cities."""
    places: list[State | City] = [state, *state.cidades]
    return [Gap(place.id, place.nome, reason) for place in places]
