"""Data never gets worse, and real changes get through."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.domain.judgement import NOT_BELIEVED
from src.domain.localities.territory import SIGLAS, City, District, State
from src.domain.localities.territory_snapshot import TerritorySnapshot
from src.domain.snapshot import Gap
from src.domain.succession import succeed, unread
from src.domain.tree import in_order
from tests.helpers.localities.places import (
    ALTA_FLORESTA,
    ARIQUEMES,
    DISTRITO_FEDERAL,
    RONDONIA,
    TWO_STATES,
)
from tests.helpers.localities.upstream import live

TIMED_OUT = "demorou"


def state_of(*districts: int, state_id: int = 11) -> State:
    """A state with a city for each argument, which is its number of districts."""
    return State(state_id, SIGLAS[state_id], "Estado").with_children(
        city_of(state_id * 100_000 + number, districts=size)
        for number, size in enumerate(districts)
    )


def city_of(city_id: int, *, districts: int) -> City:
    """A city with this number of districts."""
    return City(city_id, "Cidade").with_children(
        District(city_id * 100 + number, "Distrito") for number in range(districts)
    )


def without_cities(state: State, lost: int) -> State:
    """The state without its first `lost` cities."""
    return replace(state, cidades=state.cidades[lost:])


def without_districts(city: City, lost: int) -> City:
    """The city without its first `lost` districts."""
    return replace(city, distritos=(city.distritos or ())[lost:])


def named(places: Sequence[State | City], reason: str) -> tuple[Gap, ...]:
    """The gaps that name these places in a snapshot."""
    return tuple(
        Gap(place.id, place.nome, reason, (place.state_id,) if isinstance(place, City) else ())
        for place in places
    )


def with_a_gap() -> TerritorySnapshot:
    """Rondônia, without the districts of its city Ariquemes."""
    city = replace(ARIQUEMES, distritos=None)
    states = (RONDONIA.with_children([ALTA_FLORESTA, city]),)
    return replace(live(states), missing=named([city], TIMED_OUT))


def bare(state: State) -> TerritorySnapshot:
    """A snapshot of this state, as collected if its cities could not be read."""
    return replace(live((replace(state, cidades=()),)), missing=named([state], TIMED_OUT))


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(
            (RONDONIA.with_children([ALTA_FLORESTA]), DISTRITO_FEDERAL), id="a city fewer"
        ),
        pytest.param(
            (
                RONDONIA.with_children([without_districts(ALTA_FLORESTA, 1), ARIQUEMES]),
                DISTRITO_FEDERAL,
            ),
            id="a district fewer",
        ),
        pytest.param(
            (
                RONDONIA.with_children([*RONDONIA.cidades, city_of(1100999, districts=2)]),
                DISTRITO_FEDERAL,
            ),
            id="a new city",
        ),
        pytest.param(
            (
                RONDONIA.with_children(
                    [ALTA_FLORESTA, ARIQUEMES.with_children([District(110002305, "Outro")])]
                ),
                DISTRITO_FEDERAL,
            ),
            id="a renamed district",
        ),
    ],
)
def test_a_change_gets_through_at_once(changed: tuple[State, ...]) -> None:
    """The territory changes by a handful of places a year; names may change anywhere."""
    succession = succeed(live(TWO_STATES), live(changed))

    assert succession == live(changed)


def test_the_loss_of_a_state_is_never_believed() -> None:
    """A list that lacks a state was cut off: the state is kept with everything below it."""
    succession = succeed(live(TWO_STATES), live((RONDONIA,)))

    assert succession.states == TWO_STATES
    kept: list[State | City] = [DISTRITO_FEDERAL, *DISTRITO_FEDERAL.cidades]
    assert succession.filled == named(kept, NOT_BELIEVED)


@pytest.mark.parametrize(
    ("cities", "lost", "is_believed"),
    [(10, 1, True), (19, 2, False), (30, 3, True), (30, 4, False), (10, 9, False)],
)
def test_a_list_may_lose_one_place_or_a_tenth(cities: int, lost: int, *, is_believed: bool) -> None:
    """If more are gone, the list was cut off: the lost places are kept, and named."""
    earlier = state_of(*[1] * cities)
    collected = without_cities(earlier, lost)

    succession = succeed(live((earlier,)), live((collected,)))

    assert succession.states == ((collected,) if is_believed else (earlier,))
    gone = () if is_believed else earlier.cidades[:lost]
    assert succession.filled == named(gone, NOT_BELIEVED)


def test_a_truncated_list_of_districts_names_its_city() -> None:
    """A city of ten districts that comes back with one keeps all ten."""
    earlier = state_of(10, 1)
    cut_off, other = earlier.cidades
    collected = earlier.with_children([without_districts(cut_off, 9), other])

    succession = succeed(live((earlier,)), live((collected,)))

    assert succession.states == (earlier,)
    assert succession.filled == named([cut_off], NOT_BELIEVED)


@pytest.mark.parametrize(("ill_cities", "is_believed"), [(10, True), (11, False)])
def test_the_tree_may_lose_ten_places(ill_cities: int, *, is_believed: bool) -> None:
    """Many cities that lose one of their two districts mean a failing upstream, not news."""
    earlier = state_of(*[2] * 20)
    ill = [without_districts(city, 1) for city in earlier.cidades[:ill_cities]]
    collected = earlier.with_children([*ill, *earlier.cidades[ill_cities:]])

    succession = succeed(live((earlier,)), live((collected,)))

    assert succession.states == ((collected,) if is_believed else (earlier,))
    assert succession.filled == (() if is_believed else named(ill, NOT_BELIEVED))


@pytest.mark.parametrize(("lost", "is_believed"), [(20, True), (21, False)])
def test_a_large_tree_may_lose_a_hundredth(lost: int, *, is_believed: bool) -> None:
    """Of 2001 places, twenty may be gone."""
    earlier = state_of(*[1] * 1000)
    collected = without_cities(earlier, lost)

    succession = succeed(live((earlier,)), live((collected,)))

    assert succession.states == ((collected,) if is_believed else (earlier,))


def test_places_of_all_levels_count_together() -> None:
    """Nine districts and a city make ten, which may be gone; a state as well is one too many."""
    earlier, other = state_of(*[2] * 20), state_of(1, state_id=12)
    _, *cities = earlier.cidades
    ill = [without_districts(city, 1) for city in cities[:9]]
    collected = earlier.with_children([*ill, *cities[9:]])

    ten_gone = succeed(live((earlier, other)), live((collected, other)))
    eleven_gone = succeed(live((earlier, other)), live((collected,)))

    assert ten_gone.states == (collected, other)
    assert eleven_gone.states == (earlier, other)


def test_unread_places_do_not_count_as_gone() -> None:
    """Much may be unread at once; a city that is really gone is still believed gone."""
    earlier, unread_state = state_of(1, 50), state_of(*[1] * 50, state_id=12)
    _, city = earlier.cidades
    unread_city = replace(city, distritos=None)
    collected = replace(
        live((earlier.with_children([unread_city]), replace(unread_state, cidades=()))),
        missing=named([unread_state, unread_city], TIMED_OUT),
    )

    succession = succeed(live((earlier, unread_state)), collected)

    assert succession.states == (earlier.with_children([city]), unread_state)


def test_places_below_a_gone_place_do_not_count() -> None:
    """A city that is gone counts as one place, however many districts it had."""
    earlier = state_of(50, 1)
    collected = without_cities(earlier, 1)

    succession = succeed(live((earlier,)), live((collected,)))

    assert succession == live((collected,))


def test_an_unread_state_keeps_its_cities() -> None:
    """The state and each of its cities are named with the reason; its own name may be new."""
    renamed = replace(RONDONIA, nome="Guaporé")

    succession = succeed(live((RONDONIA,)), bare(renamed))

    assert succession.states == (renamed,)
    assert succession.filled == named([renamed, *RONDONIA.cidades], TIMED_OUT)
    assert succession.missing == ()


def test_an_unread_city_keeps_its_districts() -> None:
    """The city is named with the reason; its own name may be new."""
    renamed = replace(ARIQUEMES, nome="Nova Ariquemes")
    unread_city = replace(renamed, distritos=None)
    collected = replace(
        live((RONDONIA.with_children([ALTA_FLORESTA, unread_city]),)),
        missing=named([unread_city], TIMED_OUT),
    )

    succession = succeed(live((RONDONIA,)), collected)

    assert succession.states == (RONDONIA.with_children([ALTA_FLORESTA, renamed]),)
    assert succession.filled == named([renamed], TIMED_OUT)
    assert succession.missing == ()


def test_data_that_neither_snapshot_has_stays_missing() -> None:
    """A state without cities and a city without districts stay gaps, known before or new."""
    unread_city = replace(ARIQUEMES, distritos=None)
    unread_state = replace(DISTRITO_FEDERAL, cidades=())
    states = (RONDONIA.with_children([ALTA_FLORESTA, unread_city]), unread_state)
    collected = replace(live(states), missing=named([unread_state, unread_city], TIMED_OUT))

    for earlier in (collected, live(())):
        assert succeed(earlier, collected) == replace(collected, failures=1)


def test_failures_in_a_row_are_counted() -> None:
    """The count grows with each snapshot until one is whole again."""
    first = succeed(live(TWO_STATES), bare(RONDONIA))
    second = unread(first, TIMED_OUT)

    assert (first.failures, second.failures) == (1, 2)
    assert (first.is_unread, second.is_unread) == (True, True)
    assert succeed(second, live(TWO_STATES)).failures == 0


def test_a_collection_that_read_nothing_keeps_the_earlier_snapshot() -> None:
    """The result is as old as the earlier one and names each of its states and cities."""
    succession = unread(live(TWO_STATES), TIMED_OUT)

    assert replace(succession, filled=(), failures=0) == live(TWO_STATES)
    places: list[State | City] = [*TWO_STATES, *RONDONIA.cidades, *DISTRITO_FEDERAL.cidades]
    assert succession.filled == named(places, TIMED_OUT)


def test_a_snapshot_is_whole_if_all_of_it_was_read() -> None:
    """Nothing is missing from it, and nothing was filled from an earlier one."""
    whole, lacking = live((RONDONIA,)), bare(RONDONIA)
    filled = succeed(whole, lacking)

    assert [each.is_whole for each in (whole, lacking, filled)] == [True, False, False]


@st.composite
def ill_collections(draw: st.DrawFn) -> tuple[TerritorySnapshot, TerritorySnapshot]:
    """Any small territory, and what a failing upstream returned of it.

    Each list has lost some of its places; a list that lost all of them could not be read.
    """
    sizes = st.lists(st.lists(st.integers(1, 4), min_size=1, max_size=12), min_size=1, max_size=4)
    states = tuple(
        state_of(*districts, state_id=state_id)
        for state_id, districts in enumerate(draw(sizes), 11)
    )
    gaps: list[Gap] = []

    def ill_state(state: State) -> State:
        lost = draw(st.integers(0, len(state.cidades)))
        if lost == len(state.cidades):
            gaps.extend(named([state], TIMED_OUT))
        return state.with_children(ill_city(city) for city in state.cidades[lost:])

    def ill_city(city: City) -> City:
        districts = city.distritos or ()
        lost = draw(st.integers(0, len(districts)))
        if lost == len(districts):
            gaps.extend(named([city], TIMED_OUT))
        return replace(city, distritos=districts[lost:] or None)

    lost = draw(st.integers(0, len(states) - 1))
    collected = live(tuple(ill_state(state) for state in states[lost:]))
    missing = tuple(sorted(gaps, key=lambda gap: gap.id))
    return live(states), replace(collected, missing=missing)


def lists(snapshot: TerritorySnapshot) -> dict[int, set[int]]:
    """The ids in each list of the tree, by the place that has the list; 0 has the states."""
    held = {0: {state.id for state in snapshot.states}}
    for state in snapshot.states:
        held[state.id] = {city.id for city in state.cidades}
        held |= {city.id: {each.id for each in city.distritos or ()} for city in state.cidades}
    return held


def test_gaps_of_kept_places_stay_missing() -> None:
    """A kept state may have a gap of its own, which is named as before and not as kept."""
    earlier = with_a_gap()

    for succession in (succeed(earlier, bare(RONDONIA)), unread(earlier, TIMED_OUT)):
        assert succession.states == earlier.states
        assert succession.missing == earlier.missing
        assert succession.filled == named([RONDONIA, ALTA_FLORESTA], TIMED_OUT)


@given(ill_collections())
def test_no_more_is_lost_than_the_rule_allows(
    snapshots: tuple[TerritorySnapshot, TerritorySnapshot],
) -> None:
    """Each remaining list loses one place or a tenth, the tree ten places or a hundredth."""
    earlier, collected = snapshots

    before, after = lists(earlier), lists(succeed(earlier, collected))

    lost = {place: len(ids - after[place]) for place, ids in before.items() if place in after}
    assert all(lost[place] <= max(1, len(before[place]) // 10) for place in lost)
    assert sum(lost.values()) <= max(10, sum(map(len, before.values())) // 100)


@given(ill_collections())
def test_unread_places_stay_as_they_were(
    snapshots: tuple[TerritorySnapshot, TerritorySnapshot],
) -> None:
    """Each unread state or city keeps its whole earlier list, and is named."""
    earlier, collected = snapshots

    succession = succeed(earlier, collected)

    could_not = {gap.id for gap in collected.missing}
    before, after = lists(earlier), lists(succession)
    assert {place: after[place] for place in could_not} == {
        place: before[place] for place in could_not
    }
    assert could_not <= {gap.id for gap in succession.filled}
    assert succession.missing == ()


@given(ill_collections())
def test_everything_read_is_kept(snapshots: tuple[TerritorySnapshot, TerritorySnapshot]) -> None:
    """The result may hold more; it is whole only if it equals the collection."""
    earlier, collected = snapshots

    succession = succeed(earlier, collected)

    after = lists(succession)
    assert all(ids <= after[place] for place, ids in lists(collected).items())
    assert succession.is_whole == (succession.states == collected.states)


@given(ill_collections())
def test_the_result_is_in_order(snapshots: tuple[TerritorySnapshot, TerritorySnapshot]) -> None:
    """States and gaps are sorted, each gap once; other lists cannot be out of order."""
    succession = succeed(*snapshots)

    assert succession.states == in_order(succession.states)
    named_ids = [gap.id for gap in succession.filled]
    assert named_ids == sorted(set(named_ids))


@given(ill_collections())
def test_a_snapshot_that_succeeds_itself_is_unchanged(
    snapshots: tuple[TerritorySnapshot, TerritorySnapshot],
) -> None:
    """Nothing is filled and nothing is lost, whether it is whole or not."""
    for each in snapshots:
        assert replace(succeed(each, each), failures=0) == each


@given(ill_collections())
def test_a_healthy_collection_restores_everything(
    snapshots: tuple[TerritorySnapshot, TerritorySnapshot],
) -> None:
    """Once the upstream is well again, no trace of the failure is left in the tree."""
    healthy, ill = snapshots

    assert succeed(succeed(healthy, ill), healthy) == healthy
