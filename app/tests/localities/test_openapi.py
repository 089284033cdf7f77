"""The API's description: true of the running service, and fit for client generators."""

import asyncio
import importlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from main import create_app
from src.application.ports.upstream_errors import UpstreamConnectionError
from src.domain.localities.territory import State
from src.entrypoints.features import FEATURES, Settings
from src.infra.controllers.localities.collection_words import COLLECTION_WORDS
from src.infra.editions.edition import Edition
from src.infra.http.middleware.url_limit import LONGEST_URL
from src.infra.storage.localities.bundled_snapshot import bundled_snapshot
from tests.helpers.documentation import (
    GENERIC,
    PROBLEM,
    Document,
    described,
    examples,
    head,
    masked,
    requests,
    resolved,
    run,
    shown,
    standing,
)
from tests.helpers.localities.services import features_over
from tests.helpers.localities.upstream import FakeUpstream
from tests.helpers.serving import client, served


@pytest.fixture(scope="module")
def document() -> Document:
    """The description as JSON."""
    return described(FEATURES)


@asynccontextmanager
async def serving(**settings: Any) -> AsyncIterator[str]:
    """The service with its bundled data, which is all of Brazil; the populations are made up."""
    upstream = FakeUpstream((), errors={0: UpstreamConnectionError("sem conexão")})
    async with served(create_app(Settings(**settings), features=features_over(upstream))) as url:
        yield url


def fail(*_: object) -> None:
    """A fault of ours."""
    raise ZeroDivisionError


def test_refreshes_are_shown_as_they_are_answered(document: Document) -> None:
    """Examples have null, too."""
    shown = [example for _, example in examples(document)]

    assert COLLECTION_WORDS.example["motivo"] is None
    assert COLLECTION_WORDS.example in shown
    assert COLLECTION_WORDS.list_example in shown


async def test_examples_are_real_rows(document: Document) -> None:
    """The requests are those of the parameters' examples, in every media type.

    Each gets what one of the examples shows, and each example shows what one of them gets.
    """
    async with serving() as url, client(url) as session:
        for path, operation in standing(document):
            for media_type, content in operation["responses"]["200"]["content"].items():
                unseen = shown(content)
                for address in requests(path, operation):
                    accept = {"Accept": media_type}
                    async with session.get(address, headers=accept) as answer:
                        assert answer.status == 200, address
                        assert answer.content_type == media_type
                        text = await answer.text(encoding="utf-8-sig")
                    fit = [example for example in shown(content) if is_shown(text, example)]
                    assert fit, (address, media_type, text)
                    unseen = [example for example in unseen if example not in fit]
                assert not unseen, (path, media_type)


def is_shown(text: str, example: Any) -> bool:
    """Whether the example is this answer, or some of its rows."""
    if isinstance(example, str):
        return set(example.splitlines()) <= set(text.splitlines())
    real = json.loads(text)
    if isinstance(example, list):
        return all(row in real for row in example)
    if "habitantes" in real:
        real["habitantes"] = example["habitantes"]  # nobody has counted these
    return bool(real == example)


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
