"""The API's description: complete, true of the running service, and fit for client generators."""

import asyncio
import importlib
import itertools
import json
import os
import re
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import jsonschema_rs
import msgspec
import pytest
import schemathesis

from main import create_app
from src.application.ports.upstream_errors import UpstreamConnectionError
from src.domain.localities.territory import State
from src.entrypoints.api import create_api
from src.entrypoints.features import Settings
from src.infra.controllers.localities.collection_words import COLLECTION_WORDS
from src.infra.editions.edition import Edition
from src.infra.http.url_limit import LONGEST_URL
from src.infra.storage.localities.bundled_snapshot import bundled_snapshot
from tests.helpers.localities.services import features_over
from tests.helpers.localities.upstream import FakeUpstream
from tests.helpers.serving import client, served

PROBLEM = "application/problem+json"

# Headers that the server adds to any answer or that OpenAPI has its own word for, and the coding,
# which every client decodes by itself.
GENERIC = {"date", "server", "content-encoding", "content-length", "content-type"}

Document = dict[str, Any]


@pytest.fixture(scope="module")
def document() -> Document:
    """The description as JSON."""
    described: Document = json.loads(json.dumps(create_api(Settings()).openapi()))
    return described


@asynccontextmanager
async def serving(**settings: Any) -> AsyncIterator[str]:
    """The service with its bundled data, which is all of Brazil; the populations are made up."""
    upstream = FakeUpstream((), errors={0: UpstreamConnectionError("sem conexão")})
    async with served(create_app(Settings(**settings), features=features_over(upstream))) as url:
        yield url


def operations(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every operation, with its path."""
    for path, item in document["paths"].items():
        for operation in item.values():
            yield path, operation


def standing(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    """The operations with answers that do not change by themselves: all but those of refreshes."""
    for path, operation in operations(document):
        if operation["tags"] != ["Coletas"]:
            yield path, operation


def requests(path: str, operation: dict[str, Any]) -> Iterator[str]:
    """The addresses that the parameters' examples make, in every combination."""
    parameters = operation.get("parameters", [])
    for examples in itertools.product(*(each["examples"].values() for each in parameters)):
        named = list(zip(parameters, examples, strict=True))
        in_path = {each["name"]: of["value"] for each, of in named if each["in"] == "path"}
        query = {each["name"]: of["value"] for each, of in named if each["in"] == "query"}
        yield f"{path.format(**in_path)}{'?' if query else ''}{urlencode(query)}"


def examples(node: Any) -> Iterator[tuple[dict[str, Any], Any]]:
    """Every example in this part of the document, with the schema that it must match."""
    if isinstance(node, list):
        for each in node:
            yield from examples(each)
    if not isinstance(node, dict):
        return
    if "schema" in node:  # a parameter, a header or a content
        named = node.get("examples", {}).values()
        yield from ((node["schema"], each["value"]) for each in named)
        if "example" in node:
            yield node["schema"], node["example"]
    elif "examples" in node:  # a schema
        yield from ((node, each) for each in node["examples"])
    for name, each in node.items():
        if name not in {"example", "examples"}:
            yield from examples(each)


def shown(content: dict[str, Any]) -> list[Any]:
    """The examples of one media type: the only one, or all named ones."""
    named = [each["value"] for each in content.get("examples", {}).values()]
    return [content["example"]] if "example" in content else named


def test_a_status_with_several_errors_shows_each(document: Document) -> None:
    """A request for a refresh may meet three errors after which to ask again."""
    refused = document["paths"]["/api/v1/refreshes"]["post"]["responses"]["503"]

    details = [each["detail"] for each in shown(refused["content"][PROBLEM])]

    assert len(details) == len(set(details)) == 3
    assert any("está sendo encerrado" in each for each in details)


def resolved(document: Document, headers: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The descriptions of these headers, by their names in lower case."""
    return {
        name.lower(): document["components"]["headers"][each["$ref"].rpartition("/")[2]]
        for name, each in headers.items()
    }


async def head(
    session: aiohttp.ClientSession, address: str, headers: dict[str, str]
) -> aiohttp.ClientResponse:
    """The answer without its body, which is read and not decoded."""
    async with session.get(address, headers=headers) as answer:
        return answer


def fail(*_: object) -> None:
    """A fault of ours."""
    raise ZeroDivisionError


def masked(problem: dict[str, Any]) -> dict[str, Any]:
    """The problem without what varies: its id, and how long to wait."""
    detail = re.sub(r"em \d+ s", "em … s", problem["detail"])
    return {**problem, "detail": detail, **({"id": "…"} if "id" in problem else {})}


async def run(folder: Path, *command: str) -> tuple[int | None, str]:
    """Runs `python -m …` in this folder; returns its exit status and what it printed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", *command),
        cwd=folder,
        # None of our code runs in it, so nothing is to be measured.
        env={name: value for name, value in os.environ.items() if "COVERAGE" not in name},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return process.returncode, output.decode()


def test_the_document_is_valid(document: Document) -> None:
    """It conforms to OpenAPI 3.1, and uses every header and schema of its components."""
    schemathesis.openapi.from_dict(document).validate()

    text = json.dumps(document)
    for kind in ("schemas", "headers"):
        for name in document["components"][kind]:
            assert f'"#/components/{kind}/{name}"' in text


def test_every_operation_is_described(document: Document) -> None:
    """Client generators can take the names as they are."""
    ids = [operation["operationId"] for _, operation in operations(document)]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch("[a-z]+([A-Z][a-z]+)+", each) for each in ids)
    tags = {tag["name"] for tag in document["tags"]}
    assert all(tag.isascii() for tag in tags)
    for _, operation in operations(document):
        assert operation["summary"]
        assert operation["description"]
        assert set(operation["tags"]) <= tags
        assert all(each["description"] for each in operation.get("parameters", []))
        for status, response in operation["responses"].items():
            assert response["description"] != "Successful Response"
            assert response["headers"]
            assert all(map(shown, response.get("content", {}).values()))
            assert ("content" in response) == (status != "304")
            if int(status) >= 400:
                assert list(response["content"]) == [PROBLEM]
                schema = response["content"][PROBLEM]["schema"]
                assert schema == {"$ref": "#/components/schemas/Problem"}


def test_every_example_matches_its_schema(document: Document) -> None:
    """This covers parameters, headers, answers and schemas; examples have null, too."""
    found = list(examples(document))

    for schema, example in found:
        whole = {**schema, "components": document["components"]}  # the target of its references
        jsonschema_rs.Draft202012Validator(whole, validate_formats=True).validate(example)
    shown = [example for _, example in found]
    assert COLLECTION_WORDS.example["motivo"] is None
    assert COLLECTION_WORDS.example in shown
    assert COLLECTION_WORDS.list_example in shown


async def test_examples_are_real_rows(document: Document) -> None:
    """The requests are those of the parameters' examples, in every media type."""
    async with serving() as url, client(url) as session:
        for path, operation in standing(document):
            for media_type, content in operation["responses"]["200"]["content"].items():
                for address in requests(path, operation):
                    accept = {"Accept": media_type}
                    async with session.get(address, headers=accept) as answer:
                        assert answer.status == 200, address
                        assert answer.content_type == media_type
                        text = await answer.text(encoding="utf-8-sig")
                    example = content["example"]
                    if isinstance(example, str):
                        assert set(example.splitlines()) <= set(text.splitlines())
                    elif isinstance(example, list):
                        real = json.loads(text)
                        assert all(row in real for row in example), address
                    else:
                        real = json.loads(text)
                        if "habitantes" in real:
                            real["habitantes"] = example["habitantes"]  # nobody has counted these
                        assert real == example, address


async def test_exactly_the_headers_that_are_sent_are_described(document: Document) -> None:
    """It covers plain, coded and 304 answers of every media type; required headers always come."""
    coded = {"Accept-Encoding": "gzip, identity;q=0"}
    async with serving() as url, client(url) as session:
        while (await head(session, "/api/v1/states", coded)).status == 406:
            await asyncio.sleep(0.05)  # it is made in the background
        for path, operation in standing(document):
            address = next(requests(path, operation))
            seen: dict[str, list[set[str]]] = {}
            for media_type in operation["responses"]["200"]["content"]:
                for more in ({}, coded, {"If-None-Match": "*"}):
                    answer = await head(session, address, {"Accept": media_type, **more})
                    names = {name.lower() for name in answer.headers} - GENERIC
                    seen.setdefault(str(answer.status), []).append(names)
            assert set(seen) == {"200", "304"} & set(operation["responses"])
            for status, sent in seen.items():
                described = resolved(document, operation["responses"][status]["headers"])
                assert set.union(*sent) == set(described), (address, status)
                always = {name for name, header in described.items() if header["required"]}
                assert always == set.intersection(*sent), (address, status)


async def test_examples_of_errors_are_real(
    document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service answers each error as shown, and sends no other headers."""
    errors = {
        status: response
        for _, operation in standing(document)
        for status, response in operation["responses"].items()
        if int(status) >= 400 and operation["tags"] == ["Localidades"]
    }
    assert set(errors) == {"404", "406", "414", "422", "500", "503"}
    async with (
        serving() as with_data,
        serving(snapshot_bundled=False) as without_data,
        client() as session,
    ):
        for status, response in errors.items():
            (example,) = shown(response["content"][PROBLEM])
            url = without_data if status == "503" else with_data
            address = example["instance"] + ("?q=" + "a" * LONGEST_URL if status == "414" else "")
            accept = {"Accept": "image/png" if status == "406" else "*/*"}
            with monkeypatch.context() as patch:
                if status == "500":
                    patch.setattr(Edition, "answer", fail)
                async with session.get(url + address, headers=accept) as answer:
                    real = await answer.json(content_type=PROBLEM)
            assert answer.status == int(status)
            assert masked(real) == masked(example)
            names = {name.lower() for name in answer.headers} - GENERIC
            assert names == set(resolved(document, response["headers"]))


async def test_schemathesis_finds_nothing(document: Document, tmp_path: Path) -> None:
    """It runs all its checks and phases, with the same cases every time."""
    config = tmp_path / "schemathesis.toml"
    config.write_text("[warnings]\nfail-on = true\n", encoding="utf-8")
    async with serving(refresh_min_interval_s=0) as url:
        # The server's address is relative to the document's; schemathesis does not resolve it.
        absolute = {**document, "servers": [{"url": url}]}
        (tmp_path / "openapi.json").write_text(json.dumps(absolute), encoding="utf-8")
        status, output = await run(
            tmp_path,
            *("schemathesis.cli", "--config-file=schemathesis.toml"),
            *("run", "openapi.json", f"--url={url}", "--checks=all", "--no-color"),
            *("--max-examples=6", "--generation-deterministic"),
            "--exclude-path-regex=events$",  # a stream has no end to wait for
        )
    assert status == 0, output
    assert "No issues found" in output, output


async def test_a_generated_client_asks_the_service(
    document: Document,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A maintained generator takes the document without a warning, and its client works."""
    (tmp_path / "openapi.json").write_text(json.dumps(document), encoding="utf-8")
    # Nobody reads what is made here, so ruff need not format it.
    (tmp_path / "config.json").write_text('{"post_hooks": []}', encoding="utf-8")
    status, output = await run(
        tmp_path,
        *("openapi_python_client", "generate", "--path=openapi.json", "--fail-on-warning"),
        *("--config=config.json", "--meta=none", "--output-path=generated_client"),
    )
    assert status == 0, output
    monkeypatch.syspath_prepend(tmp_path)
    made = importlib.import_module("generated_client")
    places = "generated_client.api.localidades"
    get_state = importlib.import_module(f"{places}.get_state").asyncio
    find_cities = importlib.import_module(f"{places}.find_cities").asyncio

    async with serving() as url, made.Client(base_url=url) as asking:
        state = await get_state("ro", client=asking)
        found = await find_cities(client=asking, q="alta floresta d'oeste", uf="RO", limit=1)
        unknown = await get_state("XX", client=asking)

    assert msgspec.convert(state.to_dict(), State) == bundled_snapshot().states[0]
    assert [(each.id, each.nome, each.uf) for each in found] == [
        (1100015, "Alta Floresta D'Oeste", "RO")
    ]
    assert (unknown.status, unknown.title) == (404, "Não encontrado")
