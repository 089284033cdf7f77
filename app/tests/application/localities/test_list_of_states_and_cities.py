"""The use case fans out within its limit, and names what it could not read."""

import asyncio
from dataclasses import replace

import pytest

from src.application.localities.list_of_states_and_cities import ListOfStatesAndCities, Plan
from src.application.ports.upstream_errors import (
    UpstreamConnectionError,
    UpstreamError,
    UpstreamMalformedError,
    UpstreamTimeoutError,
)
from src.domain.localities.territory import SIGLAS, State
from src.domain.snapshot import Gap, Source
from tests.helpers.fakes import NOON, Clock
from tests.helpers.localities.places import (
    ALTA_FLORESTA,
    ARIQUEMES,
    DISTRITO_FEDERAL,
    DIVISIONS,
    RONDONIA,
    TWO_STATES,
)
from tests.helpers.localities.upstream import (
    FakeCitiesGateway,
    FakeDistrictsGateway,
    FakeStatesGateway,
    FakeUpstream,
    divisions_of,
)


def use_case(
    upstream: FakeUpstream, *, states: int = 26, plan: Plan = Plan.CITY
) -> ListOfStatesAndCities:
    """The use case over a fake upstream."""
    return ListOfStatesAndCities(
        states=FakeStatesGateway(upstream),
        cities=FakeCitiesGateway(upstream),
        districts=FakeDistrictsGateway(upstream),
        states_limit=asyncio.Semaphore(states),
        plan=plan,
        now=Clock(),
    )


@pytest.mark.parametrize("plan", Plan)
async def test_the_tree_is_assembled_in_order(plan: Plan) -> None:
    """Every state, city and district is there once, sorted by id, in whatever order they come."""
    upstream = FakeUpstream(TWO_STATES)

    snapshot = await use_case(upstream, plan=plan).execute()

    assert snapshot.states == TWO_STATES
    assert snapshot.source is Source.LIVE
    assert snapshot.collected_at == NOON
    assert snapshot.missing == ()
    assert set(upstream.asked.values()) == {1}


@pytest.mark.parametrize("plan", Plan)
async def test_the_regions_of_all_states_are_put_together(plan: Plan) -> None:
    """A state whose cities cannot be read has none, and stops no other."""
    whole = FakeUpstream(TWO_STATES, divisions=DIVISIONS)
    failing = FakeUpstream(
        TWO_STATES, divisions=DIVISIONS, errors={11: UpstreamConnectionError("caiu")}
    )

    assert (await use_case(whole, plan=plan).execute()).divisions == DIVISIONS
    assert (await use_case(failing, plan=plan).execute()).divisions == divisions_of(
        DISTRITO_FEDERAL, DIVISIONS
    )


async def test_a_city_that_fails_stops_no_other() -> None:
    """Its districts are None, everything else is there, and it is named with the reason."""
    upstream = FakeUpstream(TWO_STATES, errors={ALTA_FLORESTA.id: UpstreamTimeoutError("demorou")})

    snapshot = await use_case(upstream).execute()

    bare = replace(ALTA_FLORESTA, distritos=None)
    assert snapshot.states == (RONDONIA.with_children([bare, ARIQUEMES]), DISTRITO_FEDERAL)
    assert snapshot.missing == (
        Gap(ALTA_FLORESTA.id, ALTA_FLORESTA.nome, "demorou", parents=(RONDONIA.id,)),
    )


async def test_a_state_that_fails_stops_no_other() -> None:
    """Its cities are an empty list, everything else is there, and it is named."""
    upstream = FakeUpstream(TWO_STATES, errors={11: UpstreamConnectionError("caiu")})

    snapshot = await use_case(upstream).execute()

    assert snapshot.states == (State(11, "RO", "Rondônia"), DISTRITO_FEDERAL)
    assert snapshot.missing == (Gap(11, "Rondônia", "caiu"),)


async def test_rows_that_contradict_each_other_are_a_gap() -> None:
    """A city with districts that cannot be its own is named like an unread one."""
    upstream = FakeUpstream(TWO_STATES)
    upstream.by_city[ARIQUEMES.id] = ALTA_FLORESTA

    snapshot = await use_case(upstream).execute()

    assert [gap.nome for gap in snapshot.missing] == ["Ariquemes"]


async def test_a_city_that_comes_twice_makes_its_state_a_gap() -> None:
    """A list that contradicts itself is not used, and its cities are not asked for."""
    upstream = FakeUpstream(TWO_STATES)
    upstream.by_state[11] = replace(RONDONIA, cidades=())
    object.__setattr__(upstream.by_state[11], "cidades", (ARIQUEMES, ARIQUEMES))

    snapshot = await use_case(upstream).execute()

    assert [gap.id for gap in snapshot.missing] == [11]
    assert ARIQUEMES.id not in upstream.asked


async def test_without_the_list_of_states_there_is_nothing_to_collect() -> None:
    """If the first request fails, the whole collection fails."""
    upstream = FakeUpstream(TWO_STATES, errors={0: UpstreamConnectionError("caiu")})

    with pytest.raises(UpstreamError, match="caiu"):
        await use_case(upstream).execute()


async def test_a_list_of_states_that_contradicts_itself_is_not_used() -> None:
    """If a state comes twice, the answer is malformed and nothing more is asked for."""
    upstream = FakeUpstream(TWO_STATES)
    upstream.by_state[53] = RONDONIA

    with pytest.raises(UpstreamMalformedError, match="repetido"):
        await use_case(upstream).execute()

    assert upstream.asked == {0: 1}


async def test_a_fault_of_ours_is_not_passed_off_as_missing_data() -> None:
    """Any error but the upstream's ends the collection."""
    upstream = FakeUpstream(TWO_STATES, errors={ARIQUEMES.id: ZeroDivisionError()})

    with pytest.raises(ZeroDivisionError):
        await use_case(upstream).execute()


async def test_the_limit_holds_for_all_executions_together() -> None:
    """Two executions share the limit of states; it is reached and never exceeded."""
    many = tuple(
        State(number, sigla, "Estado").with_children(
            replace(ARIQUEMES, id=number * 100_000 + city, distritos=None) for city in range(9)
        )
        for number, sigla in [*SIGLAS.items()][:10]
    )
    upstream = FakeUpstream(many)
    upstream.by_city = {
        city.id: city.with_children(
            [replace(district, id=city.id * 100 + 5) for district in ARIQUEMES.distritos or ()]
        )
        for city in upstream.by_city.values()
    }
    shared = use_case(upstream, states=3)

    first, second = await asyncio.gather(shared.execute(), shared.execute())

    assert first.states == second.states
    assert first.missing == ()
    assert upstream.most["cities"] == 3


async def test_by_state_each_list_is_asked_for_once() -> None:
    """The states, then each state's cities and districts: no request for a city."""
    upstream = FakeUpstream(TWO_STATES)

    await use_case(upstream, plan=Plan.STATE).execute()

    assert upstream.asked == {0: 1, 11: 1, -11: 1, 53: 1, -53: 1}


async def test_by_state_a_list_of_districts_that_fails_stops_no_other_state() -> None:
    """The state's cities are known, and each is named for lack of its districts."""
    upstream = FakeUpstream(TWO_STATES, errors={-11: UpstreamTimeoutError("demorou")})

    snapshot = await use_case(upstream, plan=Plan.STATE).execute()

    bare = RONDONIA.with_children(replace(city, distritos=None) for city in RONDONIA.cidades)
    assert snapshot.states == (bare, DISTRITO_FEDERAL)
    assert snapshot.missing == tuple(
        Gap(city.id, city.nome, "demorou", parents=(RONDONIA.id,)) for city in bare.cidades
    )


async def test_by_state_a_city_without_districts_in_the_list_is_a_gap() -> None:
    """If the list was cut short, each city missing from it is named."""
    upstream = FakeUpstream(TWO_STATES)
    upstream.by_city[ARIQUEMES.id] = replace(ARIQUEMES, distritos=None)

    snapshot = await use_case(upstream, plan=Plan.STATE).execute()

    assert [gap.nome for gap in snapshot.missing] == ["Ariquemes"]


@pytest.mark.parametrize("plan", Plan)
async def test_a_state_without_its_list_of_cities_is_one_gap(plan: Plan) -> None:
    """It does not matter what is known of its districts."""
    upstream = FakeUpstream(TWO_STATES, errors={53: UpstreamConnectionError("caiu")})

    snapshot = await use_case(upstream, plan=plan).execute()

    assert snapshot.missing == (Gap(53, "Distrito Federal", "caiu"),)


async def test_cancelling_cancels_everything_under_it() -> None:
    """No exchange with the upstream outlives the execution that started it."""
    upstream = FakeUpstream(TWO_STATES)
    upstream.held_level = "districts"
    execution = asyncio.create_task(use_case(upstream).execute())
    async with asyncio.timeout(30):
        while upstream.now["districts"] < 3:
            await asyncio.sleep(0)

    execution.cancel()
    with pytest.raises(asyncio.CancelledError):
        await execution

    assert upstream.now.total() == 0
    assert upstream.cancelled == 3
    assert len(asyncio.all_tasks()) == 1
