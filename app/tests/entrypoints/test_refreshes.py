"""Refreshes as callers see them, over real sockets."""

import asyncio
import logging
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from functools import partial
from typing import Any

import aiohttp
import pytest

from src.application.ports import upstream_errors as ports
from src.application.ports.refresh_journal import RefreshJournalError
from src.application.ports.upstream_errors import UpstreamConnectionError, UpstreamTimeoutError
from src.application.telling.room_for_followers import RoomForFollowers
from src.entrypoints import keeping_fresh
from src.entrypoints.api import create_api
from src.entrypoints.feature import Feature
from src.entrypoints.features import Settings
from src.infra.controllers.refreshes.refresh_json import CAUSES, INTERNAL
from src.infra.process.clock import utc_now
from src.infra.storage.journals.memory_journal import MemoryJournal
from stand_in.faults import Behaviour
from tests.helpers.nginx import needs_nginx, nginx
from tests.helpers.refreshes import events
from tests.helpers.services import Answer, application, ask, ended, features_over
from tests.helpers.services import service as service_of
from tests.helpers.serving import client, free_port, served
from tests.helpers.shelves import BOOKS, HIGH, TWO_SHELVES
from tests.sample_feature.feature import TREE, WORDS, shelves
from tests.sample_feature.shelves import Level
from tests.sample_feature.upstream import (
    SHELVES_PATH,
    FakeUpstream,
    Storeroom,
    items_path,
    lists_of,
)

IS_LINUX_ROOT = sys.platform == "linux" and os.geteuid() == 0

REFRESHES = WORDS.path
PROBLEM = "application/problem+json"
WITH_TOKEN = {"refresh_token": "segredo"}
TOKEN = {"Authorization": "Bearer segredo"}

Event = dict[str, Any]
Session = aiohttp.ClientSession


def upstream(**more: Any) -> FakeUpstream:
    """An upstream with two shelves."""
    return FakeUpstream(TWO_SHELVES, **more)


def service(upstream: FakeUpstream, **settings: Any) -> AbstractAsyncContextManager[Session]:
    """A service with fresh data, so that it refreshes at the start and on request only."""
    return service_of(upstream, now=utc_now, **settings)


async def until_it_ends(following: AsyncIterator[Event]) -> list[Event]:
    """The events of one refresh, including its last."""
    told = []
    async with asyncio.timeout(30):
        async for event in following:
            told.append(event)
            if event["situacao"] != "em_andamento":
                break
    return told


# Asking for a refresh.


async def test_asking_returns_the_address_of_the_refresh() -> None:
    """The answer is 202 with the refresh and its address, relative to that of the request."""
    async with service(upstream()) as session:
        await ended(session, f"{REFRESHES}/current")
        asked = await ask(session, REFRESHES, method="POST")
        address = f"/api/v1/shelves/{asked.headers['Location']}"
        refresh = await ended(session, address)

    assert asked.status == 202
    assert asked.json["id"] == refresh["id"]
    assert asked.json["pedida"] == "por_pessoa"
    assert asked.headers["Cache-Control"] == "no-store"
    assert refresh["situacao"] == "concluida"
    assert refresh["resultado"] == {
        "estantes": 2,
        "caixas": 3,
        "itens": 4,
        "sem_dados": 0,
        "mantidos": 0,
    }


async def test_asking_while_a_refresh_runs_joins_it() -> None:
    """Here it is the collection of the start; the upstream sees no second one."""
    held = upstream()
    held.held_level = Level.BOXES
    async with service(held) as session:
        one = await ask(session, REFRESHES, method="POST")
        other = await ask(session, REFRESHES, method="POST")
        current = await ask(session, f"{REFRESHES}/current")

    assert one.status == other.status == 202
    assert one.json["id"] == other.json["id"] == current.json["id"]
    assert one.json["pedida"] == "automaticamente"
    assert held.asked[SHELVES_PATH] == 1


async def test_asking_too_soon_says_when_to_ask_again() -> None:
    """The answer is 429 until the interval since the last refresh by hand is over."""
    async with service(upstream(), refresh_min_interval_s=3600) as session:
        await ended(session, f"{REFRESHES}/current")
        first = await ask(session, REFRESHES, method="POST")
        await ended(session, f"/api/v1/shelves/{first.headers['Location']}")
        second = await ask(session, REFRESHES, method="POST")
        listed = await ask(session, REFRESHES)

    assert (first.status, second.status) == (202, 429)
    assert second.headers["Content-Type"] == PROBLEM
    assert 3590 <= int(second.headers["Retry-After"]) <= 3600
    assert f"em {second.headers['Retry-After']} s" in second.json["detail"]
    assert 3590 <= listed.json["espera_s"] <= 3600


async def test_with_a_token_only_clients_that_send_it_may_ask() -> None:
    """Others get a 401 with the challenge of RFC 6750; the list says so beforehand."""
    async with service(upstream(), **WITH_TOKEN) as session:
        answers = {
            "none": await ask(session, REFRESHES, method="POST"),
            "wrong": await ask(session, REFRESHES, {"Authorization": "Bearer x"}, method="POST"),
            "right": await ask(session, REFRESHES, TOKEN, method="POST"),
        }
        without = await ask(session, REFRESHES)
        having = await ask(session, REFRESHES, TOKEN)

    assert {name: each.status for name, each in answers.items()} == {
        "none": 401,
        "wrong": 401,
        "right": 202,
    }
    assert answers["none"].headers["WWW-Authenticate"] == 'Bearer realm="coletas"'
    assert answers["wrong"].headers["WWW-Authenticate"] == (
        'Bearer realm="coletas", error="invalid_token"'
    )
    assert answers["none"].headers["Content-Type"] == PROBLEM
    assert "segredo" not in answers["wrong"].body.decode()
    assert (without.json["permitido"], without.json["precisa_de_token"]) == (False, True)
    assert without.json["motivo"] == answers["none"].json["detail"]
    assert (having.json["permitido"], having.json["motivo"]) == (True, None)


async def test_without_a_token_nobody_may_ask_through_a_proxy() -> None:
    """The answer is 403 with the reason, which the list gives beforehand; nothing is begun."""
    forwarded = {"X-Forwarded-For": "8.8.8.8"}
    asked_of = upstream()
    async with service(asked_of) as session:
        await ended(session, f"{REFRESHES}/current")
        asked = await ask(session, REFRESHES, forwarded, method="POST")
        listed = await ask(session, REFRESHES, forwarded)

    assert asked.status == 403
    assert asked.headers["Content-Type"] == PROBLEM
    assert "REFRESH_TOKEN" in asked.json["detail"]
    assert listed.json["permitido"] is False
    assert listed.json["motivo"] == asked.json["detail"]
    assert asked_of.asked[SHELVES_PATH] == 1


@needs_nginx
@pytest.mark.parametrize(
    "settings",
    [
        "proxy_http_version 1.0;",  # the default up to nginx 1.29.6
        "proxy_http_version 1.0; proxy_set_header Host $host;",
        "proxy_http_version 1.1; proxy_set_header X-Real-IP $remote_addr;",
        "proxy_http_version 1.1; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
        # The default from nginx 1.29.7 on, which works as another user if root starts it.
        *(['proxy_http_version 1.1; proxy_set_header Connection "";'] if IS_LINUX_ROOT else []),
    ],
)
async def test_without_a_token_nobody_may_ask_through_nginx(settings: str) -> None:
    """A real one that adds no header, or one of the usual; data are answered through it."""
    asked_of = upstream()
    async with served(application(features_over(asked_of, now=utc_now))) as url:
        port = free_port()
        location = f"location / {{ proxy_pass {url}; {settings} }}"
        async with (
            nginx(f"server {{ listen 127.0.0.1:{port}; {location} }}"),
            client(f"http://127.0.0.1:{port}") as session,
        ):
            data = await ask(session, TREE)
            asked = await ask(session, REFRESHES, method="POST")
            listed = await ask(session, REFRESHES)
        async with client(url) as session:
            await ended(session, f"{REFRESHES}/current")
            directly = await ask(session, REFRESHES, method="POST")

    assert data.status == 200
    assert asked.status == 403
    assert "defina REFRESH_TOKEN" in asked.json["detail"]
    assert listed.json["motivo"] == asked.json["detail"]
    assert directly.status == 202


async def test_without_a_token_nobody_may_ask_in_http_1_0() -> None:
    """As a plain `proxy_pass` of nginx does, which sends no header that tells of it."""
    head = f"POST {REFRESHES} HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    async with served(application(features_over(upstream(), now=utc_now))) as url:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
        writer.write(head.encode())
        answer = await reader.read()
        writer.close()

    assert answer.startswith(b"HTTP/1.1 403 ")
    assert b"defina REFRESH_TOKEN" in answer


# Reading refreshes.


async def test_the_last_refreshes_are_listed() -> None:
    """The newest comes first."""
    async with service(upstream(), refresh_min_interval_s=0) as session:
        await ended(session, f"{REFRESHES}/current")
        await ask(session, REFRESHES, method="POST")
        newest = await ended(session, f"{REFRESHES}/current")
        listed = await ask(session, REFRESHES)

    assert listed.json["permitido"] is True
    assert listed.json["precisa_de_token"] is False
    assert [each["situacao"] for each in listed.json["atualizacoes"]] == ["concluida"] * 2
    assert listed.json["atualizacoes"][0]["id"] == newest["id"]


@pytest.mark.parametrize("path", ["0" * 20, "0" * 20 + "/events"])
async def test_an_unknown_refresh_is_not_found(path: str) -> None:
    """The answer is 404 and says where to look, before any stream begins."""
    async with service(upstream()) as session:
        answer = await ask(session, f"{REFRESHES}/{path}")

    assert answer.status == 404
    assert answer.headers["Content-Type"] == PROBLEM
    assert REFRESHES in answer.json["detail"]


@pytest.mark.parametrize("path", ["abc", "..%2f..%2fsnapshot", "0" * 19, "G" * 20, "x/events"])
async def test_an_invalid_id_is_refused(path: str) -> None:
    """The answer is a problem document with 404 or 422."""
    async with service(upstream()) as session:
        answer = await ask(session, f"{REFRESHES}/{path}")

    assert answer.status in {404, 422}
    assert answer.headers["Content-Type"] == PROBLEM


async def test_a_failed_refresh_says_why_in_our_own_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The upstream's words are only in the log."""
    error = UpstreamTimeoutError("/shelves: segredos do estoque")
    with caplog.at_level(logging.WARNING):
        async with service(upstream(errors={SHELVES_PATH: error})) as session:
            refresh = await ended(session, f"{REFRESHES}/current")

    assert refresh["situacao"] == "falhou"
    assert refresh["motivo"] == "O estoque não respondeu a tempo."
    assert "segredos do estoque" in caplog.text


async def test_a_fault_of_ours_says_where_to_look() -> None:
    """It reveals no internals."""
    async with service(upstream(errors={SHELVES_PATH: ZeroDivisionError("x")})) as session:
        refresh = await ended(session, f"{REFRESHES}/current")

    assert (refresh["situacao"], refresh["motivo"]) == ("falhou", INTERNAL)


def test_every_upstream_error_has_a_sentence() -> None:
    """A new error without one would be taken for a fault of ours."""
    errors = {name for name in vars(ports) if name.startswith("Upstream")} - {"UpstreamError"}
    assert errors == {error.__name__ for error in CAUSES}


async def test_a_root_with_a_failure_is_incomplete() -> None:
    """The other roots are complete."""
    errors = {items_path(HIGH, BOOKS): UpstreamConnectionError("sem conexão")}
    async with service(upstream(errors=errors)) as session:
        refresh = await ended(session, f"{REFRESHES}/current")

    assert refresh["situacao"] == "incompleta"
    assert refresh["resultado"]["sem_dados"] == 1
    roots = {root["nome"]: root["situacao"] for root in refresh["estantes"]}
    assert roots == {"Alta": "incompleto", "Baixa": "completo"}


async def test_an_unreachable_journal_is_503(monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer says when to ask again; data is answered all the same."""

    async def fail(*_: object) -> None:
        raise RefreshJournalError("segredo")

    monkeypatch.setattr(MemoryJournal, "refreshes", fail)
    async with service(upstream()) as session:
        answer = await ask(session, f"{REFRESHES}/current")
        tree = await ask(session, TREE)

    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    assert "segredo" not in answer.body.decode()
    assert tree.status == 200


async def test_the_loss_of_the_journal_ends_a_stream(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Events that were sent stay valid and the log stays clean; followers ask again."""
    held = upstream()
    held.held_level = Level.BOXES
    async with service(held) as session:
        await ask(session, REFRESHES, method="POST")
        following = events(session, f"{REFRESHES}/current/events")
        first = await anext(following)

        async def fail(*_: object) -> None:
            raise RefreshJournalError("segredo")

        monkeypatch.setattr(MemoryJournal, "after", fail)
        async with asyncio.timeout(30):
            rest = [event async for event in following]

    assert first["situacao"] == "em_andamento"
    assert all(event["situacao"] == "em_andamento" for event in rest)
    assert "Traceback" not in caplog.text


async def test_one_follower_too_many_is_503(monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer says when to ask again, before any stream begins."""
    monkeypatch.setattr(keeping_fresh, "streams_of_callers", lambda: 0)
    async with service(upstream()) as session:
        answer = await ask(session, f"{REFRESHES}/current/events")

    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    assert f"{REFRESHES}/current" in answer.json["detail"]


async def test_a_crowd_of_one_client_leaves_room_and_writes_one_line(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """All come at once, through a proxy that names it; each one that leaves makes room again."""
    room = partial(RoomForFollowers, most_of_one_client=25)
    monkeypatch.setattr(keeping_fresh, "RoomForFollowers", room)
    async with service(upstream()) as session, AsyncExitStack() as streams:
        session.headers["X-Forwarded-For"] = "203.0.113.7"
        await ask(session, TREE)
        path = f"{REFRESHES}/current/events"
        crowd = [streams.enter_async_context(session.get(path)) for _ in range(100)]
        answers = await asyncio.gather(*crowd)
        refused = [each for each in answers if each.status == 503]
        for each in answers:
            each.close()
        async with asyncio.timeout(20):
            while (again := await ask(session, path, method="HEAD")).status == 503:
                await asyncio.sleep(0.01)

    assert len(refused) == 75
    assert again.status == 200
    lines = [each for each in caplog.messages if "TooManyFollowersError" in each]
    assert len(lines) == 1


async def test_a_crowd_on_this_machine_is_told_the_end() -> None:
    """There, a proxy may stand for all of them: more than one client may have find room."""
    path = f"{REFRESHES}/current/events"
    all_wait = asyncio.Barrier(151)

    async def follows(session: Session) -> Event:
        following = events(session, path)
        await until_it_ends(following)
        await all_wait.wait()
        return (await until_it_ends(following))[-1]

    app = application(features_over(upstream(), now=utc_now))
    connector = aiohttp.TCPConnector(limit=0)
    async with served(app) as url, aiohttp.ClientSession(url, connector=connector) as session:
        crowd = [asyncio.create_task(follows(session)) for _ in range(150)]
        async with asyncio.timeout(30):
            await all_wait.wait()
        asked = await ask(session, REFRESHES, method="POST")
        lasts = await asyncio.gather(*crowd)

    assert {(last["id"], last["situacao"]) for last in lasts} == {(asked.json["id"], "concluida")}


# Events.


async def test_a_refresh_is_streamed_event_by_event() -> None:
    """The events cover all of it, with each attempt once; then the stream ends."""
    behaviour = Behaviour(latency_s=0.05)
    async with Storeroom(lists_of(TWO_SHELVES), behaviour=behaviour) as upstream:
        app = application([shelves(upstream.base_url)])
        async with served(app) as url, client(url) as session:
            current = await ended(session, f"{REFRESHES}/current")
            told = [event async for event in events(session, f"{REFRESHES}/{current['id']}/events")]

    assert [event["numero"] for event in told] == list(range(len(told)))
    assert len(told) > 2
    assert {event["id"] for event in told} == {current["id"]}
    last = told[-1]
    assert {name: last[name] for name in current} == current
    attempts = [attempt for event in told for attempt in event["tentativas"]]
    assert sorted((level, parent, root) for _, level, parent, *_, root in attempts) == [
        (0, 0, 0),
        (1, 1, 1),
        (1, 2, 2),
        (2, 1, 1),
        (2, 2, 1),
        (2, 3, 2),
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
        "estantes": 2,
        "requisicoes": 3,
        "requisicoes_configurado": 3,
        "por_segundo": 0,
        "circuito_aberto": False,
    }
    assert last["mais_em_voo"] == 3


async def test_the_current_refresh_is_streamed_and_then_the_next() -> None:
    """A page that stays open needs one stream only."""
    async with service(upstream(), refresh_min_interval_s=0) as session:
        following = events(session, f"{REFRESHES}/current/events")
        first = await until_it_ends(following)
        asked = await ask(session, REFRESHES, method="POST")
        second = await until_it_ends(following)
        await following.aclose()  # type: ignore[attr-defined]  # it is a generator

    assert first[-1]["situacao"] == second[-1]["situacao"] == "concluida"
    assert {event["id"] for event in second} == {asked.json["id"]}


async def test_a_client_that_was_cut_off_resumes_where_it_was() -> None:
    """Browsers send `Last-Event-ID` by themselves (HTML, section 9.2)."""
    async with service(upstream()) as session:
        refresh = await ended(session, f"{REFRESHES}/current")
        path = f"{REFRESHES}/{refresh['id']}/events"
        told = [event async for event in events(session, path)]
        after_first = {"Last-Event-ID": told[0]["event_id"]}
        again = [event async for event in events(session, path, after_first)]
        current = await until_it_ends(events(session, f"{REFRESHES}/current/events", after_first))
        unknown = [event async for event in events(session, path, {"Last-Event-ID": "x"})]

    assert again == told[1:]
    assert current == told[1:]
    assert unknown == told


async def test_head_of_a_stream_ends() -> None:
    """It has the headers of GET, and no body to wait for."""
    async with service(upstream()) as session:
        async with asyncio.timeout(30):
            answer = await ask(session, f"{REFRESHES}/current/events", method="HEAD")

    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"


# The description.


async def test_the_description_matches_the_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The examples have the fields of real answers, and the errors are word for word."""
    feature: Feature[Settings] = shelves("http://127.0.0.1:9")
    document = create_api(Settings(), features=[feature]).openapi()
    described: dict[str, dict[str, Any]] = {
        operation["operationId"]: operation["responses"]
        for item in document["paths"].values()
        for operation in item.values()
    }
    async with service(upstream(), refresh_min_interval_s=0) as session:
        refresh = await ended(session, f"{REFRESHES}/current")
        answers: dict[str, Answer] = {
            "getRefreshOfShelves": await ask(session, f"{REFRESHES}/{refresh['id']}"),
            "getCurrentRefreshOfShelves": await ask(session, f"{REFRESHES}/current"),
            "listRefreshesOfShelves": await ask(session, REFRESHES),
            "askForRefreshOfShelves": await ask(session, REFRESHES, method="POST"),
        }
        stream = await ask(session, f"{REFRESHES}/{refresh['id']}/events")
    for operation_id, answer in answers.items():
        response = described[operation_id][str(answer.status)]
        # The document leaves out null values.
        example = WORDS.list_example if operation_id == "listRefreshesOfShelves" else WORDS.example
        assert set(answer.json) == set(example)
        assert _names(answer) == {name.lower() for name in response["headers"]}
    assert _names(stream) == {
        name.lower() for name in described["followRefreshOfShelves"]["200"]["headers"]
    }

    errors = {}
    async with service(upstream()) as session:
        elsewhere = {"Host": "exemplo.br"}
        errors["askForRefreshOfShelves", 403] = await ask(
            session, REFRESHES, elsewhere, method="POST"
        )
    async with service(upstream(), **WITH_TOKEN, refresh_min_interval_s=42) as session:
        await ended(session, f"{REFRESHES}/current")
        wrong = {"Authorization": "Bearer x"}
        errors["askForRefreshOfShelves", 401] = await ask(session, REFRESHES, wrong, method="POST")
        await ask(session, REFRESHES, TOKEN, method="POST")
        await ended(session, f"{REFRESHES}/current")
        errors["askForRefreshOfShelves", 429] = await ask(session, REFRESHES, TOKEN, method="POST")
        unknown = "019a8f3c2b7d5e1f6a90"
        errors["getRefreshOfShelves", 404] = await ask(session, f"{REFRESHES}/{unknown}")
        errors["getRefreshOfShelves", 422] = await ask(session, f"{REFRESHES}/abc")

        async def fail(*_: object) -> None:
            raise RefreshJournalError("segredo")

        monkeypatch.setattr(MemoryJournal, "refreshes", fail)
        errors["getCurrentRefreshOfShelves", 503] = await ask(session, f"{REFRESHES}/current")
    for (operation_id, status), answer in errors.items():
        response = described[operation_id][str(status)]
        example = response["content"][PROBLEM]["example"]
        assert answer.status == status
        assert _words(answer.json) == _words(example)
        assert _names(answer) == {name.lower() for name in response["headers"]}


def _names(answer: Answer) -> set[str]:
    generic = {"date", "server", "content-length", "content-type", "transfer-encoding"}
    return {name.lower() for name in answer.headers} - generic


def _words(problem: dict[str, Any]) -> dict[str, Any]:
    told = {name: value for name, value in problem.items() if name != "id"}
    return {**told, "detail": told["detail"].replace("41 s", "42 s")}
