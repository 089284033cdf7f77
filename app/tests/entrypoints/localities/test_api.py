"""The places as callers of the service see them, over real sockets."""

import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from main import create_app
from src.application.ports.upstream_errors import UpstreamConnectionError
from src.entrypoints.features import Settings
from tests.helpers.localities.places import ALTA_FLORESTA, TWO_STATES
from tests.helpers.localities.services import features_over
from tests.helpers.localities.upstream import FakeUpstream
from tests.helpers.services import ask
from tests.helpers.serving import client, served

DOWN = UpstreamConnectionError("sem conexão")


@asynccontextmanager
async def service(upstream: FakeUpstream, **settings: Any) -> AsyncIterator[aiohttp.ClientSession]:
    """A session with the service as its base address, by default without bundled data."""
    app = create_app(
        Settings(**{"snapshot_bundled": False, **settings}), features=features_over(upstream)
    )
    async with served(app) as url, client(url) as session:
        yield session


async def test_the_tree_comes_in_one_answer() -> None:
    """It has exactly the documented keys, in order, and headers that describe the snapshot."""
    async with service(FakeUpstream(TWO_STATES)) as session:
        async with session.get("/api/v1/states") as answer:
            states = await answer.json()

    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert list(states[0]) == ["id", "sigla", "nome", "cidades"]
    assert states[0]["cidades"][0] == {
        "id": 1100015,
        "nome": "Alta Floresta D'Oeste",
        "distritos": [
            {"id": 110001505, "nome": "Alta Floresta D'Oeste"},
            {"id": 110001515, "nome": "Filadélfia d'Oeste"},
        ],
    }
    assert [state["id"] for state in states] == [11, 53]
    assert re.fullmatch('"[0-9a-f]{32}"', answer.headers["ETag"])
    assert answer.headers["Last-Modified"] == "Sun, 01 Jun 2025 12:00:00 GMT"
    assert answer.headers["X-Snapshot-Source"] == "live"
    assert answer.headers["X-Snapshot-Missing"] == "0"
    assert answer.headers["X-Snapshot-Filled"] == "0"


async def test_unread_districts_are_null_and_counted() -> None:
    """The city has null in their place, and the header counts it."""
    upstream = FakeUpstream(TWO_STATES, errors={ALTA_FLORESTA.id: DOWN})
    async with service(upstream) as session:
        async with session.get("/api/v1/states") as answer:
            states = await answer.json()

    assert states[0]["cidades"][0]["distritos"] is None
    assert answer.headers["X-Snapshot-Missing"] == "1"


async def test_with_the_upstream_down_the_bundled_data_is_answered(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The answer is all of Brazil, marked as bundled, and the log has one clear line."""
    upstream = FakeUpstream((), errors={0: DOWN})
    async with service(upstream, snapshot_bundled=True) as session:
        async with session.get("/api/v1/states") as answer:
            states = await answer.json()

    assert answer.headers["X-Snapshot-Source"] == "bundled"
    assert answer.headers["Last-Modified"] == "Tue, 31 Dec 2024 00:00:00 GMT"
    assert sum(len(state["cidades"]) for state in states) == 5_570
    assert "Traceback" not in caplog.text
    assert caplog.messages.count("A coleta do IBGE falhou e será tentada de novo: sem conexão") == 1


@pytest.mark.parametrize("bundled", [True, False])
async def test_the_service_is_ready_once_there_is_data(*, bundled: bool) -> None:
    """Live or bundled data will do."""
    errors = {0: DOWN} if bundled else {}
    async with service(
        FakeUpstream(TWO_STATES, errors=errors), snapshot_bundled=bundled
    ) as session:
        await ask(session, "/api/v1/states")
        async with session.get("/health/ready") as ready:
            assert (ready.status, await ready.json()) == (200, {"status": "ok"})


async def test_the_api_is_described() -> None:
    """The OpenAPI document has shapes, headers and a real example, in Portuguese."""
    async with service(FakeUpstream(TWO_STATES)) as session:
        async with session.get("/openapi.json") as answer:
            document = await answer.json()

    operation = document["paths"]["/api/v1/states"]["get"]
    ok = operation["responses"]["200"]
    assert operation["operationId"] == "listStates"
    assert {"ETag", "Last-Modified", "X-Snapshot-Source"} <= set(ok["headers"])
    schema = ok["content"]["application/json"]["schema"]
    deepest, *less = (each["items"]["$ref"] for each in schema["anyOf"])
    assert deepest.endswith("/State")
    assert [each.rpartition("/")[2] for each in less] == ["StateWithCities", "StateAlone"]
    assert document["components"]["schemas"]["City"]["properties"]["distritos"]["description"]
    deepest, with_cities, alone = ok["content"]["application/json"]["examples"].values()
    assert deepest["value"][0]["cidades"][0]["distritos"][0]["nome"] == "Brasília"
    assert with_cities["value"][0]["cidades"][0] == {"id": 5300108, "nome": "Brasília"}
    assert alone["value"] == [{"id": 53, "sigla": "DF", "nome": "Distrito Federal", "regiao": "CO"}]
    assert "application/problem+json" in operation["responses"]["503"]["content"]


async def test_a_refused_connection_is_no_reason_to_wait() -> None:
    """The real gateways find nobody listening at the upstream, and the answer comes at once."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        base_url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        app = create_app(Settings(ibge_base_url=base_url))
        async with served(app) as url, client(url) as session:
            async with session.get("/api/v1/states") as answer:
                assert answer.headers["X-Snapshot-Source"] == "bundled"
