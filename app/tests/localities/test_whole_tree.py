"""The main job, end to end: real data, real sockets, every state, city and district."""

import asyncio

import msgspec
import pytest

from main import create_app
from src.application.localities.list_of_states_and_cities import Plan
from src.domain.localities.territory import State
from src.entrypoints.features import Settings
from stand_in.faults import Behaviour, Fault, Kind
from tests.helpers.localities.ibge import Ibge
from tests.helpers.services import ask, ended
from tests.helpers.serving import client, served


@pytest.mark.parametrize(("plan", "requests"), [("city", 1 + 27 + 5_571), ("state", 1 + 27 + 27)])
async def test_the_live_tree_equals_the_upstreams_data(
    plan: Plan, requests: int, brazil: tuple[State, ...]
) -> None:
    """It takes one request for each list, within the limits, over reused connections.

    On a busy machine, an answer may be late, be given up and be asked for again over another
    connection; nothing else differs.
    """
    behaviour = Behaviour(latency_s=0.02)
    async with Ibge(brazil, behaviour=behaviour) as upstream:
        app = create_app(Settings(ibge_base_url=upstream.base_url, ibge_plan=plan))
        async with served(app) as url, client(url) as session:
            async with session.get("/api/v1/states") as answer:
                body = await answer.read()
            refresh = await ended(session, "/api/v1/refreshes/current")
        figures = upstream.figures

    assert answer.headers["X-Snapshot-Source"] == "live"
    assert answer.headers["X-Snapshot-Missing"] == "0"
    assert msgspec.json.decode(body, type=tuple[State, ...]) == brazil
    assert figures.lists == requests
    assert figures.retries <= figures.requests / 5
    assert figures.connections <= 526 + figures.retries
    assert figures.most_in_flight_by_heading["municipios"] <= 26 + figures.retries
    assert figures.most_in_flight_by_heading["distritos"] <= 500 + figures.retries
    # The service reports what the upstream has seen.
    assert refresh["situacao"] == "concluida"
    assert refresh["requisicoes"]["concluidas"] == requests
    assert refresh["mais_em_voo"] <= 500
    assert sum(state["concluidas"] for state in refresh["estados"]) == requests - 1


async def test_low_limits_hold_at_the_upstream(brazil: tuple[State, ...]) -> None:
    """With limits of 2 and 5, no more lists are in flight, over no more than 7 connections."""
    four_states = brazil[2:6]
    async with Ibge(four_states, behaviour=Behaviour(latency_s=0.002)) as upstream:
        settings = Settings(
            ibge_base_url=upstream.base_url,
            ibge_states_limit=2,
            ibge_cities_limit=5,
            snapshot_bundled=False,
        )
        async with served(create_app(settings)) as url, client(url) as session:
            async with session.get("/api/v1/states") as answer:
                body = await answer.read()
        figures = upstream.figures

    assert msgspec.json.decode(body, type=tuple[State, ...]) == four_states
    assert figures.most_in_flight_by_heading["municipios"] <= 2
    assert figures.most_in_flight_by_heading["distritos"] == 5
    assert figures.connections <= 7


async def test_a_part_that_fails_stops_nothing_else(brazil: tuple[State, ...]) -> None:
    """One state's cities and one city's districts fail; the rest of four states is whole."""
    four_states = brazil[2:6]
    lost_state, lost_city = four_states[0], four_states[1].cidades[0]
    faults = (
        Fault(kind=Kind.STATUS, path=f"/estados/{lost_state.id}/municipios"),
        Fault(kind=Kind.GARBAGE, path=f"/municipios/{lost_city.id}/distritos"),
    )
    async with Ibge(four_states, behaviour=Behaviour(faults=faults)) as upstream:
        app = create_app(Settings(ibge_base_url=upstream.base_url, snapshot_bundled=False))
        async with served(app) as url, client(url) as session:
            async with session.get("/api/v1/states") as answer:
                states = msgspec.json.decode(await answer.read(), type=tuple[State, ...])

    assert answer.headers["X-Snapshot-Missing"] == "2"
    assert states[0].cidades == ()
    assert states[1].cidades[0].distritos is None
    assert states[1].cidades[1:] == four_states[1].cidades[1:]
    assert states[2:] == four_states[2:]


async def test_forty_clients_at_start_make_one_fan_out(brazil: tuple[State, ...]) -> None:
    """All that come while the first collection runs share it."""
    four_states = brazil[2:6]
    async with Ibge(four_states, behaviour=Behaviour(latency_s=0.02)) as upstream:
        app = create_app(Settings(ibge_base_url=upstream.base_url))
        async with served(app) as url, client(url) as session:
            answers = await asyncio.gather(*(ask(session, "/api/v1/states") for _ in range(40)))
        figures = upstream.figures

    assert len({answer.headers["ETag"] for answer in answers}) == 1
    assert figures.lists == 1 + 4 + sum(len(state.cidades) for state in four_states)
    assert figures.retries <= figures.requests / 5
