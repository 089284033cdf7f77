"""Stored data at a start, beside those that ship with the code: real sockets, real places."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
from yarl import URL

from main import create_app
from src.domain.localities.territory import State
from src.domain.localities.territory_snapshot import TerritorySnapshot
from src.entrypoints.features import Settings
from src.infra.process.clock import utc_now
from src.infra.storage.localities.bundled_snapshot import bundled_snapshot
from tests.helpers.localities.ibge import Ibge
from tests.helpers.localities.stores import file_store
from tests.helpers.localities.upstream import live
from tests.helpers.services import Answer, ask, ended
from tests.helpers.serving import client, served

NOBODY = "http://127.0.0.1:9"
STATES = "/api/v1/states"
REFRESHES = "/api/v1/refreshes"

States = tuple[State, ...]


@pytest.fixture(scope="module")
def bundled() -> States:
    """The places that ship with the code."""
    return bundled_snapshot().states


@asynccontextmanager
async def service(folder: Path, upstream: str, **settings: Any) -> AsyncIterator[Any]:
    """A session with a service that keeps its data in this folder."""
    chosen = Settings(
        snapshot_store=f"file:{folder}",
        ibge_base_url=upstream,
        ibge_plan="state",
        refresh_min_interval_s=0,
        **settings,
    )
    async with served(create_app(chosen)) as url, client(url) as session:
        yield session


def states_of(answer: Answer) -> States:
    """The places in an answer."""
    return msgspec.json.decode(answer.body, type=States)


async def observed_until(
    session: aiohttp.ClientSession, condition: Callable[[Answer], bool]
) -> list[Answer]:
    """Asks for everything until an answer meets the condition; all answers until then."""
    seen = [await ask(session, STATES)]
    async with asyncio.timeout(60):
        while not condition(seen[-1]):
            await asyncio.sleep(0.05)
            seen.append(await ask(session, STATES))
    return seen


async def refresh(session: aiohttp.ClientSession, **query: str) -> None:
    """Asks for a refresh with this query, and waits for its end."""
    async with session.post(REFRESHES, params=query) as asked:
        await ended(session, str(asked.url.join(URL(asked.headers["Location"]))))


def is_whole(answer: Answer) -> bool:
    """Whether nothing in it is kept from before."""
    return answer.headers["X-Snapshot-Filled"] == "0"


def with_cities_named(states: States, name: str) -> States:
    """The states, with cities that all have this name."""
    return tuple(
        state.with_children(replace(city, nome=name) for city in state.cidades) for state in states
    )


# What can be seen from afar, so that not even the first answer has it.
INCREDIBLE: dict[str, Callable[[States], States]] = {
    "a single state": lambda states: states[:1],
    "a tenth of the cities": lambda states: tuple(
        replace(state, cidades=state.cidades[: 1 + len(state.cidades) // 10]) for state in states
    ),
    "a tenth of one state's cities": lambda states: tuple(
        replace(state, cidades=state.cidades[:64]) if state.sigla == "SP" else state
        for state in states
    ),
    "all states renamed": lambda states: tuple(
        replace(state, nome="Indisponível") for state in states
    ),
}


@pytest.mark.parametrize("change", INCREDIBLE.values(), ids=INCREDIBLE.keys())
async def test_stored_data_that_are_incredible_are_never_answered(
    change: Callable[[States], States],
    bundled: States,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The bundled data complete them, without an upstream; another start finds that stored."""
    await file_store(tmp_path).save(live(change(bundled), utc_now()))

    answers = []
    for _ in range(2):
        async with service(tmp_path, NOBODY) as session:
            answers.append(await ask(session, STATES))

    assert [states_of(answer) == bundled for answer in answers] == [True, True]
    assert not any(map(is_whole, answers))
    assert sum("any_change=true" in line for line in caplog.messages) == 1


async def test_the_truth_is_collected_at_once_after_incredible_data(
    brazil: States, bundled: States, tmp_path: Path
) -> None:
    """Though the stored data are fresh by their date."""
    await file_store(tmp_path).save(live(bundled[:1], utc_now()))

    async with Ibge(brazil) as upstream, service(tmp_path, upstream.base_url) as session:
        answers = await observed_until(session, is_whole)

    assert states_of(answers[-1]) == brazil
    assert upstream.asked_for("/estados") == 1


async def test_what_cannot_be_seen_from_afar_is_found_behind_the_first_answer(
    bundled: States, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """All cities have one name, as many as there should be: the earlier names come back."""
    await file_store(tmp_path).save(live(with_cities_named(bundled, "Indisponível"), utc_now()))

    async with service(tmp_path, NOBODY) as session:
        answers = await observed_until(session, lambda answer: states_of(answer) == bundled)

    assert not is_whole(answers[-1])
    assert sum("any_change=true" in line for line in caplog.messages) == 1


async def test_a_change_that_somebody_vouched_for_survives_restarts(
    bundled: States, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Four states are left, and every city has a new name; nothing of that is doubted again."""
    reformed = with_cities_named(bundled[:4], "Cidade")
    async with Ibge(reformed) as upstream:
        async with service(tmp_path, upstream.base_url) as session:
            first = await ask(session, STATES)
            await ended(session, f"{REFRESHES}/current")
            await refresh(session, any_change="true")
        for _ in range(2):
            async with service(tmp_path, upstream.base_url) as session:
                restarted = await ask(session, STATES)
                await refresh(session)
                refreshed = await ask(session, STATES)

                assert states_of(restarted) == states_of(refreshed) == reformed
                assert is_whole(restarted)
                assert is_whole(refreshed)
    assert [state.id for state in states_of(first)] == [state.id for state in bundled]
    assert not any("any_change=true" in line for line in caplog.messages)


async def test_without_the_bundled_data_stored_data_are_taken_as_they_are(
    bundled: States, tmp_path: Path
) -> None:
    """There is nothing to hold them against."""
    stored: TerritorySnapshot = live(bundled[:1], utc_now())
    await file_store(tmp_path).save(stored)

    async with service(tmp_path, NOBODY, snapshot_bundled=False) as session:
        answer = await ask(session, STATES)

    assert states_of(answer) == stored.states
    assert is_whole(answer)
