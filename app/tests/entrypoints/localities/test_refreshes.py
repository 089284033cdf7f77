"""Refreshes of the places, from a stand-in of their upstream."""

from main import create_app
from src.entrypoints.features import Settings
from stand_in.faults import Behaviour, Fault, Kind
from tests.helpers.localities.ibge import Ibge
from tests.helpers.localities.places import ALTA_FLORESTA, RONDONIA, TWO_STATES
from tests.helpers.refreshes import events
from tests.helpers.services import ended
from tests.helpers.serving import client, served

REFRESHES = "/api/v1/refreshes"


async def test_a_refresh_is_streamed_event_by_event() -> None:
    """The events cover all of it, with each attempt once; then the stream ends."""
    async with Ibge(TWO_STATES, behaviour=Behaviour(latency_s=0.05)) as ibge:
        app = create_app(Settings(ibge_base_url=ibge.base_url))
        async with served(app) as url, client(url) as session:
            current = await ended(session, f"{REFRESHES}/current")
            told = [event async for event in events(session, f"{REFRESHES}/{current['id']}/events")]

    assert [event["numero"] for event in told] == list(range(len(told)))
    assert len(told) > 2
    assert {event["id"] for event in told} == {current["id"]}
    last = told[-1]
    assert {name: last[name] for name in current} == current
    attempts = [attempt for event in told for attempt in event["tentativas"]]
    assert sorted((level, place, root) for _, level, place, *_, root in attempts) == [
        (0, 0, 0),
        (1, 11, 11),
        (1, 53, 53),
        (2, 1100015, 11),
        (2, 1100023, 11),
        (2, 5300108, 53),
    ]
    for _, _, _, number, queued, sent, answered, read, fate, _ in attempts:
        assert (number, fate) == (1, 0)
        assert queued <= sent < answered <= read
    assert last["requisicoes"] == {
        "na_fila": 0,
        "em_voo": 0,
        "concluidas": 6,
        "repetidas": 0,
        "falhas": 0,
    }
    assert last["limites"] == {
        "estados": 26,
        "requisicoes": 500,
        "requisicoes_configurado": 500,
        "por_segundo": 0,
        "circuito_aberto": False,
    }
    assert last["mais_em_voo"] == 3


async def test_retries_and_failures_are_counted() -> None:
    """The list of one state is refused at first, and the districts of one city never come."""
    faults = (
        Fault(kind=Kind.STATUS, status=404, path=f"/municipios/{ALTA_FLORESTA.id}/distritos"),
        Fault(kind=Kind.STATUS, status=500, path=f"/estados/{RONDONIA.id}/municipios", share=0.5),
    )
    async with Ibge(TWO_STATES, behaviour=Behaviour(faults=faults)) as ibge:
        app = create_app(Settings(ibge_base_url=ibge.base_url, ibge_attempts=10))
        async with served(app) as url, client(url) as session:
            refresh = await ended(session, f"{REFRESHES}/current")
            told = [event async for event in events(session, f"{REFRESHES}/{refresh['id']}/events")]
        asked = ibge.figures.requests

    attempts = [attempt for event in told for attempt in event["tentativas"]]
    counts = refresh["requisicoes"]
    assert counts["falhas"] == 1
    assert len(attempts) == asked == counts["concluidas"] + counts["falhas"] + counts["repetidas"]
    assert sum(fate == 1 for *_, fate, _ in attempts) == counts["repetidas"]
