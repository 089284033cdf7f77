"""Experiments as people make them: over a stand-in, and never over anything else."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from pydantic import ValidationError

from src.application.telling.fan_out_counts import FanOutCounts
from src.entrypoints.experimenting import NotTheStandInError, experiment_with
from src.entrypoints.settings import BaseUrl, ServiceSettings
from src.infra.process.clock import utc_now
from stand_in.contents import settings_at
from stand_in.faults import Behaviour
from tests.helpers.services import Answer, application, ask, ended
from tests.helpers.serving import client, served
from tests.sample_feature.feature import TREE, WORDS, shelves
from tests.sample_feature.upstream import Storeroom, lists_of, many_shelves

EXPERIMENT = f"{WORDS.path}/experiment"
MANY = many_shelves(4, boxes=20)
USUAL = {"limite": 20, "latencia_ms": 100, "falha": "nenhuma"}
WITH_TOKEN = {"refresh_token": "segredo"}
TOKEN = {"Authorization": "Bearer segredo"}


class StockSettings(ServiceSettings):
    """The settings of a service with an upstream that has another origin."""

    stock_url: BaseUrl = "http://estoque.test:8002/itens"


@asynccontextmanager
async def service(
    upstream: Storeroom, *, control_url: str = "", **settings: Any
) -> AsyncIterator[aiohttp.ClientSession]:
    """A session with a service that collects from this stand-in, and lets one experiment with it.

    The stand-in is well at first, and quick.
    """
    feature = shelves(upstream.base_url, at_once=20, attempts=4, now=utc_now)
    # The service's own features, which are not open here, would ask the stand-in, too.
    upstreams = {name.lower(): url for name, url in settings_at(upstream.url).items()}
    chosen = {
        "experiments_url": control_url or upstream.control_url,
        "refresh_min_interval_s": 0,
        **upstreams,
        **settings,
    }
    async with served(application([feature], **chosen)) as url, client(url) as session:
        yield session


async def choose(session: aiohttp.ClientSession, **choice: Any) -> Answer:
    """Chooses these conditions, and for the rest the quickest."""
    body = json.dumps({"limite": 20, "latencia_ms": 10, "falha": "nenhuma", **choice})
    async with session.put(EXPERIMENT, data=body) as answer:
        return Answer(answer.status, answer.headers, await answer.read())


async def run(session: aiohttp.ClientSession) -> dict[str, Any]:
    """Collects once more; how that has ended."""
    asked = await ask(session, WORDS.path, method="POST")
    assert asked.status == 202
    return await ended(session, f"{WORDS.path}/{asked.json['id']}")


async def first_collection(session: aiohttp.ClientSession) -> None:
    """Waits until there are data."""
    assert (await ask(session, TREE)).status == 200
    await ended(session, f"{WORDS.path}/current")


async def test_there_are_none_unless_the_setting_is_there() -> None:
    """Whatever is asked, there is nothing at the address, and nothing on the page."""
    async with Storeroom(lists_of(MANY)) as upstream:
        app = application([shelves(upstream.base_url)])
        async with served(app) as url, client(url) as session:
            answers = [await ask(session, EXPERIMENT, method=each) for each in ("GET", "DELETE")]
            answers.append(await choose(session))
            page = (await ask(session, "/fanout")).body.decode()

    assert [answer.status for answer in answers] == [404] * 3
    assert "experiment.js" not in page
    assert 'id="experiment"' not in page
    assert "$experiment" not in page


def test_settings_with_another_upstream_are_refused() -> None:
    """The error names the setting that has another origin than the stand-in."""
    stand_in = "http://estoque.test:8003/controle"

    with pytest.raises(ValidationError, match="STOCK_URL não é o servidor simulado"):
        StockSettings(experiments_url=stand_in)

    StockSettings(experiments_url=stand_in.replace("8003", "8002"))
    StockSettings()


@pytest.mark.parametrize("url", ["https://127.0.0.1:8002/controle", "8002", "http://a?b"])
def test_the_stand_in_is_controlled_over_plain_http(url: str) -> None:
    """Any other address is refused."""
    with pytest.raises(ValidationError):
        StockSettings(experiments_url=url)


def test_an_upstream_that_is_no_setting_is_refused() -> None:
    """A feature may have its address from elsewhere: it is compared as the feature is opened."""
    settings = ServiceSettings(experiments_url="http://127.0.0.1:8002/controle")

    with pytest.raises(NotTheStandInError, match="EXPERIMENTS_URL"):
        experiment_with(
            settings,
            "https://estoque.test/itens",
            at_once=1,
            counts=FanOutCounts(clock=lambda: 0),
        )


async def test_the_usual_conditions_hold_at_first() -> None:
    """What may be chosen is shown, too; a choice holds for the next collection."""
    async with Storeroom(lists_of(MANY)) as upstream, service(upstream) as session:
        await first_collection(session)
        first = await ask(session, EXPERIMENT)
        chosen = await choose(session, limite=100, falha="erros")
        await run(session)
        last = await ask(session, EXPERIMENT)

    assert first.json == {
        "opcoes": {
            "limite": [1, 20, 26, 100, 500, 2000],
            "latencia_ms": [10, 100, 400],
            "falha": ["nenhuma", "erros", "limite_de_taxa", "fora_do_ar"],
        },
        "escolha": USUAL,
        "na_ultima_coleta": USUAL,
    }
    assert chosen.json["escolha"] == {"limite": 100, "latencia_ms": 10, "falha": "erros"}
    assert chosen.json["na_ultima_coleta"] == USUAL
    assert last.json["na_ultima_coleta"] == chosen.json["escolha"]
    assert last.json["escolha"] == USUAL
    assert first.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("limit", [1, 26, 100])
async def test_the_limit_is_in_force(limit: int) -> None:
    """In the stand-in's own figures, and in what is shown of the collection."""
    async with Storeroom(lists_of(MANY)) as upstream, service(upstream) as session:
        await first_collection(session)
        await choose(session, limite=limit, latencia_ms=100)
        upstream.reset_figures()
        told = await run(session)

    # Two shelves are in work at once.
    most = min(limit, 2 * 20)
    assert upstream.figures.most_in_flight == told["mais_em_voo"] == most
    assert told["limites"]["requisicoes_configurado"] == limit


@pytest.mark.parametrize(
    ("fault", "situation"),
    [("erros", "concluida"), ("limite_de_taxa", "concluida"), ("fora_do_ar", "incompleta")],
)
async def test_callers_get_whole_data_whatever_the_fault(fault: str, situation: str) -> None:
    """Each answer meanwhile is a 200 with every part."""
    async with Storeroom(lists_of(MANY)) as upstream, service(upstream) as session:
        await first_collection(session)
        first = await ask(session, TREE)
        requests = upstream.figures.requests
        await choose(session, limite=100, falha=fault)
        running = asyncio.create_task(run(session))
        seen, behaviours = [], []
        while not running.done():
            seen.append(await ask(session, TREE))
            behaviours.append(upstream.behaviour)
            await asyncio.sleep(0.05)
        told = await running

    assert told["situacao"] == situation
    assert any(behaviour.faults or behaviour.max_rps for behaviour in behaviours)
    assert upstream.behaviour == Behaviour(latency_s=0.1)
    assert {answer.status for answer in seen} == {200}
    assert {answer.headers["ETag"] for answer in seen} == {first.headers["ETag"]}
    if fault == "fora_do_ar":
        assert told["requisicoes"]["concluidas"] == requests // 2
        assert told["requisicoes"]["falhas"] > 0


async def test_the_next_collection_is_whole_again() -> None:
    """Neither the fault nor what was learnt of it outlasts the experiment."""
    async with Storeroom(lists_of(MANY)) as upstream, service(upstream) as session:
        await first_collection(session)
        await choose(session, falha="fora_do_ar")
        await run(session)
        told = await run(session)

    assert told["situacao"] == "concluida"
    assert told["requisicoes"]["repetidas"] == 0
    assert not told["limites"]["circuito_aberto"]


async def test_a_collection_can_be_stopped() -> None:
    """It is broken off, the data stay, and the usual conditions are back."""
    async with Storeroom(lists_of(MANY)) as upstream, service(upstream) as session:
        await first_collection(session)
        first = await ask(session, TREE)
        await choose(session, limite=1, latencia_ms=400)
        asked = await ask(session, WORDS.path, method="POST")
        stopped = await ask(session, EXPERIMENT, method="DELETE")
        told = await ended(session, f"{WORDS.path}/{asked.json['id']}")
        after = await ask(session, TREE)
        again = await run(session)

    assert stopped.json["escolha"] == USUAL
    assert told["situacao"] == "interrompida"
    assert after.headers["ETag"] == first.headers["ETag"]
    assert again["situacao"] == "concluida"


async def test_the_first_collection_can_be_stopped() -> None:
    """Another follows by itself: there are no data yet."""
    async with Storeroom(lists_of(MANY), behaviour=Behaviour()) as upstream:
        async with service(upstream) as session:
            async with asyncio.timeout(20):
                while (await ask(session, f"{WORDS.path}/current")).status != 200:
                    await asyncio.sleep(0.01)
            stopped = await ask(session, EXPERIMENT, method="DELETE")
            told = await ended(session, f"{WORDS.path}/current")
            nothing_runs = await ask(session, EXPERIMENT, method="DELETE")

    assert (stopped.status, nothing_runs.status) == (200, 200)
    assert told["situacao"] in {"interrompida", "concluida"}


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        '{"limite": 3, "latencia_ms": 10, "falha": "nenhuma"}',
        '{"limite": 1, "latencia_ms": 11, "falha": "nenhuma"}',
        '{"limite": 1, "latencia_ms": 10, "falha": "fogo"}',
        '{"limite": "1", "latencia_ms": 10, "falha": "nenhuma"}',
    ],
)
async def test_nothing_else_can_be_chosen(body: str) -> None:
    """The problem document says what can."""
    async with Storeroom(lists_of(MANY)) as upstream, service(upstream) as session:
        async with session.put(EXPERIMENT, data=body) as refused:
            problem = await refused.json()
        after = await ask(session, EXPERIMENT)

    assert refused.status == 422
    assert "limite (1, 20, 26, 100, 500 ou 2000)" in problem["detail"]
    assert after.json["escolha"] == USUAL


async def test_the_right_is_that_of_asking_for_a_refresh() -> None:
    """To look is free; other methods than these are refused."""
    async with Storeroom(lists_of(MANY)) as upstream:
        async with service(upstream, **WITH_TOKEN) as session:
            refused = [await choose(session), await ask(session, EXPERIMENT, method="DELETE")]
            seen = await ask(session, EXPERIMENT)
            allowed = await ask(session, EXPERIMENT, TOKEN, method="DELETE")
            posted = await ask(session, EXPERIMENT, TOKEN, method="POST")

    assert [answer.status for answer in refused] == [401, 401]
    assert (seen.status, allowed.status, posted.status) == (200, 200, 405)
    assert posted.headers["Allow"] == "GET, HEAD, PUT, DELETE"


@pytest.mark.parametrize("path", ["/nada", "/api/storeroom/shelves"])
async def test_a_stand_in_that_is_not_there_is_an_upstream_that_fails(path: str) -> None:
    """A collection needs it, and so does stopping."""
    async with Storeroom(lists_of(MANY)) as upstream:
        async with service(upstream, control_url=upstream.url + path) as session:
            told = await ended(session, f"{WORDS.path}/current")
            stopped = await ask(session, EXPERIMENT, method="DELETE")
            await upstream.stop_listening()
            gone = await ask(session, EXPERIMENT, method="DELETE")
            await upstream.listen()

    assert told["situacao"] in {"falhou", "concluida"}
    assert gone.status == 502
    assert stopped.status in {200, 502}
