"""The service as its callers see it, over real sockets."""

import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from main import create_app
from src.application.ports.upstream_errors import UpstreamConnectionError
from src.entrypoints.api import create_api
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


async def test_head_and_conditional_requests() -> None:
    """HEAD has the headers of GET and no body; a current copy gets a 304."""
    async with service(FakeUpstream(TWO_STATES)) as session:
        async with session.get("/api/v1/states") as get:
            body = await get.read()
        async with session.head("/api/v1/states") as head:
            assert head.status == 200
            assert head.headers["Content-Length"] == str(len(body))
            assert head.headers["ETag"] == get.headers["ETag"]
        async with session.head("/docs") as docs:
            assert docs.status == 200
        copy = {"If-None-Match": get.headers["ETag"]}
        async with session.get("/api/v1/states", headers=copy) as unchanged:
            assert unchanged.status == 304
            assert unchanged.headers["ETag"] == get.headers["ETag"]
            assert await unchanged.read() == b""


async def test_answers_come_in_the_coding_that_the_client_prefers() -> None:
    """Each coding has its own tag; a client that refuses all of them gets a 406."""
    gzip = {"Accept-Encoding": "gzip, br;q=0"}
    async with service(FakeUpstream(TWO_STATES)) as session:
        async with session.get("/api/v1/states") as plain:
            tree = await plain.json()
        coding = None
        while coding != "gzip":  # it is made in the background
            async with session.get("/api/v1/states", headers=gzip) as coded:
                assert await coded.json() == tree
                coding = coded.headers.get("Content-Encoding")
        copy = {"If-None-Match": coded.headers["ETag"], **gzip}
        async with session.get("/api/v1/states", headers=copy) as unchanged:
            assert unchanged.status == 304
            assert "Content-Encoding" not in unchanged.headers
        nothing = {"Accept-Encoding": "identity;q=0, deflate"}
        async with session.get("/api/v1/states", headers=nothing) as refused:
            assert refused.status == 406
            assert refused.headers["Content-Type"] == "application/problem+json"

    assert "Content-Encoding" not in plain.headers
    assert coded.headers["ETag"] != plain.headers["ETag"]
    assert coded.headers["Vary"] == unchanged.headers["Vary"] == "Accept, Accept-Encoding"


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


async def test_without_any_data_the_answer_is_503(caplog: pytest.LogCaptureFixture) -> None:
    """The problem document says when to ask again; its id is in the log."""
    upstream = FakeUpstream((), errors={0: DOWN})
    async with service(upstream) as session:
        async with session.get("/api/v1/states") as answer:
            problem = await answer.json(content_type="application/problem+json")
        async with session.get("/health/ready") as ready:
            assert ready.status == 503
            assert ready.headers["Content-Type"] == "application/problem+json"
        async with session.get("/health/live") as live:
            assert live.status == 200

    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) >= 1
    assert problem["status"] == 503
    assert problem["instance"] == "/api/v1/states"
    assert problem["id"] in caplog.text
    assert "sem conexão" not in problem["detail"]


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


async def test_errors_are_problem_documents() -> None:
    """This includes unknown paths and methods, in Portuguese; 405 says what is allowed."""
    async with service(FakeUpstream(TWO_STATES)) as session:
        async with session.get("/nada") as unknown:
            problem = await unknown.json(content_type="application/problem+json")
        async with session.post("/api/v1/states") as method:
            assert method.status == 405
            assert method.headers["Allow"] == "GET, HEAD"
            assert (await method.json(content_type=None))["title"] == "Método não permitido"

    assert unknown.status == 404
    assert problem == {
        "type": "about:blank",
        "title": "Não encontrado",
        "status": 404,
        "detail": "Não há nada neste endereço; veja os recursos em /docs.",
        "instance": "/nada",
    }


async def test_a_fault_of_ours_reveals_no_internals(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The caller gets an id; the log has it beside the traceback."""
    app = create_api(Settings(), features=features_over(FakeUpstream(TWO_STATES)))

    @app.get("/falha")
    async def fail(numero: int = 1) -> None:
        raise ZeroDivisionError("por dentro")

    async with served(app) as url, client(url) as session:
        async with session.get("/falha") as answer:
            text = await answer.text()
        async with session.get("/falha?numero=x") as bad:
            assert bad.status == 422
            assert "numero" in (await bad.json(content_type=None))["detail"]

    assert answer.status == 500
    assert "por dentro" not in text
    assert (await answer.json(content_type=None))["id"] in caplog.text
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("page", ["/docs", "/redoc"])
async def test_documentation_pages_need_no_other_host(page: str) -> None:
    """The service itself serves every asset of the page, at an address below its prefix."""
    async with service(FakeUpstream(TWO_STATES)) as session:
        async with session.get(page) as answer:
            html = await answer.text()
        assets = re.findall(r'(?:src|href)="([^"#]+)"', html)
        assert assets
        for asset in assets:
            assert not asset.startswith("/")
            async with session.get(f"/{asset}") as response:
                assert response.status == 200
    assert "http://" not in html
    assert "https://" not in html
    # If a script asks for anything else, the browser refuses.
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "img-src 'self' data:;" in answer.headers["Content-Security-Policy"]


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
    assert schema["items"]["$ref"].endswith("/State")
    assert document["components"]["schemas"]["City"]["properties"]["distritos"]["description"]
    example = ok["content"]["application/json"]["example"]
    assert example[0]["cidades"][0]["nome"] == "Brasília"
    assert "application/problem+json" in operation["responses"]["503"]["content"]


async def test_a_repeat_of_the_description_costs_only_a_304() -> None:
    """Its tag shows that the client's copy is current."""
    async with service(FakeUpstream(TWO_STATES)) as session:
        async with session.get("/openapi.json") as whole:
            assert whole.content_type == "application/json"
            assert whole.headers["Cache-Control"] == "no-cache"
        copy = {"If-None-Match": whole.headers["ETag"]}
        async with session.get("/openapi.json", headers=copy) as unchanged:
            assert unchanged.status == 304
            assert await unchanged.read() == b""


async def test_a_refused_connection_is_no_reason_to_wait() -> None:
    """The real gateways find nobody listening at the upstream, and the answer comes at once."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        base_url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        app = create_app(Settings(ibge_base_url=base_url))
        async with served(app) as url, client(url) as session:
            async with session.get("/api/v1/states") as answer:
                assert answer.headers["X-Snapshot-Source"] == "bundled"
