"""Experiments with the collection of the places, over a stand-in for IBGE."""

import json

from main import create_app
from src.domain.localities.territory import State
from src.entrypoints.features import Settings
from stand_in.faults import Behaviour
from tests.helpers.localities.ibge import Ibge
from tests.helpers.services import ask, ended
from tests.helpers.serving import client, served

REFRESHES = "/api/v1/refreshes"


async def test_the_limit_is_that_of_the_experiment(brazil: tuple[State, ...]) -> None:
    """It holds for one collection, and is shown with it; then that of the setting is back."""
    choice = json.dumps({"limite": 26, "latencia_ms": 100, "falha": "nenhuma"})
    async with Ibge(brazil[:4], behaviour=Behaviour(latency_s=0.1)) as upstream:
        settings = Settings(
            ibge_base_url=upstream.base_url,
            ibge_aggregates_url=upstream.aggregates_url,
            ibge_cities_limit=100,
            experiments_url=upstream.control_url,
            refresh_min_interval_s=0,
            snapshot_bundled=False,
        )
        async with served(create_app(settings)) as url, client(url) as session:
            usual = await ended(session, f"{REFRESHES}/current")
            upstream.reset_figures()
            async with session.put(f"{REFRESHES}/experiment", data=choice) as chosen:
                assert chosen.status == 200
            asked = await ask(session, REFRESHES, method="POST")
            tried = await ended(session, f"{REFRESHES}/{asked.json['id']}")
            most = upstream.figures.most_in_flight
            asked = await ask(session, REFRESHES, method="POST")
            again = await ended(session, f"{REFRESHES}/{asked.json['id']}")

    limits = [each["limites"]["requisicoes_configurado"] for each in (usual, tried, again)]
    assert limits == [100, 26, 100]
    assert most == tried["mais_em_voo"] == 26
