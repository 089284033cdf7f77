"""The service as its callers see it, over real sockets."""

import asyncio
import re
import socket
import threading
from typing import Any

import pytest
from fastapi import FastAPI

from src.application.ports.upstream_errors import UpstreamConnectionError
from src.entrypoints.api import create_api
from src.entrypoints.features import Settings
from tests.helpers.services import application, ask, features_over, service
from tests.helpers.serving import client, served
from tests.helpers.shelves import BOOKS, HIGH, TWO_SHELVES
from tests.sample_feature.feature import TREE, shelves
from tests.sample_feature.upstream import SHELVES_PATH, FakeUpstream, items_path

DOWN = UpstreamConnectionError("sem conexão")


async def test_the_tree_comes_in_one_answer() -> None:
    """It has exactly the documented keys, in order, and headers that describe the snapshot."""
    async with service(FakeUpstream(TWO_SHELVES)) as session:
        async with session.get(TREE) as answer:
            shelves = await answer.json()

    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert list(shelves[0]) == ["id", "letra", "nome", "caixas"]
    assert shelves[0]["caixas"][0] == {
        "id": 1,
        "nome": "Livros",
        "itens": [{"id": 1, "nome": "Atlas"}, {"id": 2, "nome": "Dicionário"}],
    }
    assert [shelf["id"] for shelf in shelves] == [1, 2]
    assert re.fullmatch('"[0-9a-f]{32}"', answer.headers["ETag"])
    assert answer.headers["Last-Modified"] == "Sun, 01 Jun 2025 12:00:00 GMT"
    assert answer.headers["X-Snapshot-Source"] == "live"
    assert answer.headers["X-Snapshot-Missing"] == "0"
    assert answer.headers["X-Snapshot-Filled"] == "0"


async def test_unread_parts_are_null_and_counted() -> None:
    """The box has null in their place, and the header counts it."""
    upstream = FakeUpstream(TWO_SHELVES, errors={items_path(HIGH, BOOKS): DOWN})
    async with service(upstream) as session:
        async with session.get(TREE) as answer:
            shelves = await answer.json()

    assert shelves[0]["caixas"][0]["itens"] is None
    assert answer.headers["X-Snapshot-Missing"] == "1"


async def test_the_service_is_ready_once_there_is_data() -> None:
    """One answer is enough."""
    async with service(FakeUpstream(TWO_SHELVES)) as session:
        await ask(session, TREE)
        async with session.get("/health/ready") as ready:
            assert (ready.status, await ready.json()) == (200, {"status": "ok"})


async def test_head_and_conditional_requests() -> None:
    """HEAD has the headers of GET and no body; a current copy gets a 304."""
    async with service(FakeUpstream(TWO_SHELVES)) as session:
        async with session.get(TREE) as get:
            body = await get.read()
        async with session.head(TREE) as head:
            assert head.status == 200
            assert head.headers["Content-Length"] == str(len(body))
            assert head.headers["ETag"] == get.headers["ETag"]
        async with session.head("/docs") as docs:
            assert docs.status == 200
        copy = {"If-None-Match": get.headers["ETag"]}
        async with session.get(TREE, headers=copy) as unchanged:
            assert unchanged.status == 304
            assert unchanged.headers["ETag"] == get.headers["ETag"]
            assert await unchanged.read() == b""


async def test_answers_come_in_the_coding_that_the_client_prefers() -> None:
    """Each coding has its own tag; a client that refuses all of them gets a 406."""
    gzip = {"Accept-Encoding": "gzip, br;q=0"}
    async with service(FakeUpstream(TWO_SHELVES)) as session:
        async with session.get(TREE) as plain:
            tree = await plain.json()
        coding = None
        while coding != "gzip":  # it is made in the background
            async with session.get(TREE, headers=gzip) as coded:
                assert await coded.json() == tree
                coding = coded.headers.get("Content-Encoding")
        copy = {"If-None-Match": coded.headers["ETag"], **gzip}
        async with session.get(TREE, headers=copy) as unchanged:
            assert unchanged.status == 304
            assert "Content-Encoding" not in unchanged.headers
        nothing = {"Accept-Encoding": "identity;q=0, deflate"}
        async with session.get(TREE, headers=nothing) as refused:
            assert refused.status == 406
            assert refused.headers["Content-Type"] == "application/problem+json"

    assert "Content-Encoding" not in plain.headers
    assert coded.headers["ETag"] != plain.headers["ETag"]
    assert coded.headers["Vary"] == unchanged.headers["Vary"] == "Accept, Accept-Encoding"


async def test_without_any_data_the_answer_is_503(caplog: pytest.LogCaptureFixture) -> None:
    """The problem document says when to ask again; its id is in the log."""
    upstream = FakeUpstream((), errors={SHELVES_PATH: DOWN})
    async with service(upstream) as session:
        async with session.get(TREE) as answer:
            problem = await answer.json(content_type="application/problem+json")
        async with session.get("/health/ready") as ready:
            assert ready.status == 503
            assert ready.headers["Content-Type"] == "application/problem+json"
        async with session.get("/health/live") as live:
            assert live.status == 200

    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) >= 1
    assert problem["status"] == 503
    assert problem["instance"] == TREE
    assert problem["id"] in caplog.text
    assert "sem conexão" not in problem["detail"]


async def test_errors_are_problem_documents() -> None:
    """This includes unknown paths and methods, in Portuguese; 405 says what is allowed."""
    async with service(FakeUpstream(TWO_SHELVES)) as session:
        async with session.get("/nada") as unknown:
            problem = await unknown.json(content_type="application/problem+json")
        async with session.post(TREE) as method:
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
    app = create_api(Settings(), features=features_over(FakeUpstream(TWO_SHELVES)))

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
    async with service(FakeUpstream(TWO_SHELVES)) as session:
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


async def test_a_repeat_of_the_description_costs_only_a_304() -> None:
    """Its tag shows that the client's copy is current."""
    async with service(FakeUpstream(TWO_SHELVES)) as session:
        async with session.get("/openapi.json") as whole:
            assert whole.content_type == "application/json"
            assert whole.headers["Cache-Control"] == "no-cache"
        copy = {"If-None-Match": whole.headers["ETag"]}
        async with session.get("/openapi.json", headers=copy) as unchanged:
            assert unchanged.status == 304
            assert await unchanged.read() == b""


async def test_the_api_is_described() -> None:
    """The OpenAPI document has shapes, headers and an example, in Portuguese."""
    async with service(FakeUpstream(TWO_SHELVES)) as session:
        async with session.get("/openapi.json") as answer:
            document = await answer.json()

    operation = document["paths"][TREE]["get"]
    ok = operation["responses"]["200"]
    assert operation["operationId"] == "listShelves"
    assert {"ETag", "Last-Modified", "X-Snapshot-Source"} <= set(ok["headers"])
    schema = ok["content"]["application/json"]["schema"]
    assert schema["items"]["$ref"].endswith("/Shelf")
    example = ok["content"]["application/json"]["example"]
    assert example[0]["caixas"][0]["nome"] == "Livros"
    assert "application/problem+json" in operation["responses"]["503"]["content"]


async def test_a_refused_connection_is_no_reason_to_wait() -> None:
    """The real client finds nobody listening at the upstream, and the answer comes at once."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        feature = shelves(f"http://127.0.0.1:{nobody.getsockname()[1]}")
        async with served(application([feature])) as url, client(url) as session:
            async with session.get(TREE) as answer:
                assert answer.status == 503


async def test_the_description_is_written_once_for_fifty_readers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """That takes a while, so it happens beside the event loop."""
    written_in: list[threading.Thread] = []
    generate = FastAPI.openapi

    def noted(api: FastAPI) -> dict[str, Any]:
        written_in.append(threading.current_thread())
        return generate(api)

    monkeypatch.setattr(FastAPI, "openapi", noted)
    async with service(FakeUpstream(TWO_SHELVES)) as session:
        answers = await asyncio.gather(*(ask(session, "/openapi.json") for _ in range(50)))

    assert {(answer.status, answer.body) for answer in answers} == {(200, answers[0].body)}
    assert len(written_in) == 1
    assert written_in[0] is not threading.current_thread()
