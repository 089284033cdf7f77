"""A failing upstream costs time, not data: real sockets, the real territory, faults on demand."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import msgspec
import pytest
from yarl import URL

from main import create_app
from src.application.manners.patience import LEAST_S
from src.domain.judgement import CONFIRMATIONS
from src.domain.localities.territory import City, District, State
from src.domain.tree import Branch
from src.entrypoints.features import Settings
from stand_in.faults import Behaviour, Fault, Kind
from stand_in.server import Figures
from tests.helpers.localities.ibge import Ibge
from tests.helpers.services import ended
from tests.helpers.serving import client, served

LATENCY_S = 0.05

Place = TypeVar("Place", State, City, District)

# How the upstream behaves at a cold start, and how many seconds that costs by itself: for a pause
# that it asks for, or until a silent request is given up.
COLD_STARTS = {
    "2 % status 500": (Behaviour(faults=(Fault(kind=Kind.STATUS, share=0.02),)), 0),
    "2 % HTML with status 200": (Behaviour(faults=(Fault(kind=Kind.GARBAGE, share=0.02),)), 0),
    "2 % bodies cut short": (Behaviour(faults=(Fault(kind=Kind.CUT, share=0.02),)), 0),
    "5 % 503 with Retry-After": (
        Behaviour(faults=(Fault(kind=Kind.STATUS, status=503, retry_after=1, share=0.05),)),
        1,
    ),
    "5 % connections reset": (Behaviour(faults=(Fault(kind=Kind.RESET, share=0.05),)), 0),
    "1 % never answered": (
        Behaviour(faults=(Fault(kind=Kind.SILENCE, share=0.01),)),
        3 * LEAST_S,
    ),
}


async def first_answer(
    states: tuple[State, ...], behaviour: Behaviour, **settings: Any
) -> tuple[aiohttp.ClientResponse, bytes, float, Figures]:
    """The first answer of a service without data, its seconds, and what the upstream saw."""
    async with Ibge(states, behaviour=behaviour) as upstream:
        chosen = Settings(ibge_base_url=upstream.base_url, snapshot_bundled=False, **settings)
        began = time.monotonic()
        async with served(create_app(chosen)) as url, client(url) as session:
            async with session.get("/api/v1/states") as answer:
                body = await answer.read()
            return answer, body, time.monotonic() - began, upstream.figures


@pytest.mark.parametrize(("behaviour", "costs_s"), COLD_STARTS.values(), ids=COLD_STARTS.keys())
async def test_a_cold_start_gets_everything_in_the_end(
    behaviour: Behaviour, costs_s: float, brazil: tuple[State, ...]
) -> None:
    """Without data to fall back on, the first answer is whole, thanks to polite retries.

    It takes as long as the faults cost, and a few times as long as with a healthy upstream.
    """
    states = brazil[:5]
    _, _, healthy_s, _ = await first_answer(states, Behaviour(latency_s=LATENCY_S))

    answer, body, took_s, figures = await first_answer(
        states, msgspec.structs.replace(behaviour, latency_s=LATENCY_S)
    )

    assert answer.headers["X-Snapshot-Missing"] == "0"
    assert msgspec.json.decode(body, type=tuple[State, ...]) == states
    assert took_s < 2 * costs_s + 10 * healthy_s
    assert figures.met_faults > 0
    assert figures.retries <= figures.requests / 5
    assert figures.most_open_connections <= 526


@pytest.mark.parametrize("retry_after", [1, None])
async def test_a_cold_start_gets_everything_from_an_upstream_that_limits_the_rate(
    retry_after: int | None, brazil: tuple[State, ...]
) -> None:
    """The upstream allows half of what it is asked for, with or without Retry-After in its 429.

    Thirty requests at once, of a tenth of a second each: that is a rate which any machine reaches,
    and keeps. Chance decides which request is refused four times in a row, so each has twice as
    many attempts as usual.
    """
    behaviour, states = Behaviour(latency_s=0.1), brazil[:7]
    settings = {"ibge_cities_limit": 30, "ibge_attempts": 8}
    _, _, healthy_s, figures = await first_answer(states, behaviour, **settings)
    rate = int(0.5 * figures.requests / healthy_s)

    answer, body, took_s, figures = await first_answer(
        states,
        msgspec.structs.replace(behaviour, max_rps=rate, retry_after=retry_after),
        **settings,
    )

    assert answer.headers["X-Snapshot-Missing"] == "0"
    assert msgspec.json.decode(body, type=tuple[State, ...]) == states
    assert took_s < 2 * figures.requests / rate + 10 * healthy_s
    assert figures.refused_by_rate > 0
    assert figures.retries <= figures.requests / 5
    assert figures.most_open_connections <= 526


def four_states(brazil: tuple[State, ...]) -> tuple[State, ...]:
    """Four small states: Acre, Amazonas, Roraima and Amapá."""
    return tuple(state for state in brazil if state.sigla in {"AC", "AM", "RR", "AP"})


@dataclass
class Observed:
    """One answer of the service."""

    tag: str
    filled: int
    missing: int


class Service:
    """A service with one good snapshot of a few states, which is asked again and again."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def observe(self) -> Observed:
        """Asks for everything."""
        async with self._session.get("/api/v1/states") as answer:
            await answer.read()
        assert answer.status == 200
        return Observed(
            tag=answer.headers["ETag"],
            filled=int(answer.headers["X-Snapshot-Filled"]),
            missing=int(answer.headers["X-Snapshot-Missing"]),
        )

    async def observe_until(self, condition: Callable[[Observed], bool]) -> list[Observed]:
        """Asks until an answer meets the condition; returns all answers until then."""
        seen = [await self.observe()]
        while not condition(seen[-1]):
            await asyncio.sleep(0.05)
            seen.append(await self.observe())
        return seen

    async def observe_a_refresh(self, **query: str) -> list[Observed]:
        """Starts a refresh with this query; asks for everything until its end, and once after."""
        async with self._session.post("/api/v1/refreshes", params=query) as answer:
            address = str(answer.url.join(URL(answer.headers["Location"])))
        refresh = asyncio.create_task(ended(self._session, address))
        seen = await self.observe_until(lambda _: refresh.done())
        await refresh
        return [*seen, await self.observe()]


@asynccontextmanager
async def after_one_good_snapshot(upstream: Ibge, *, ttl_s: float = 1) -> AsyncIterator[Service]:
    """A service that has read everything once, and does so again after `ttl_s` seconds."""
    settings = Settings(
        ibge_base_url=upstream.base_url,
        snapshot_bundled=False,
        snapshot_ttl_s=ttl_s,
        ibge_attempts=2,
        refresh_min_interval_s=0,
    )
    async with served(create_app(settings)) as url, client(url) as session:
        # Or a refresh that is asked for would be that one, while it is being stored.
        await ended(session, "/api/v1/refreshes/current")
        yield Service(session)


def failing(kind: Kind, path: str = ".*") -> Behaviour:
    """A behaviour in which every request for these paths meets this fault."""
    return Behaviour(faults=(Fault(kind=kind, path=path),))


# Faults after one good snapshot of Acre, Amazonas, Roraima and Amapá (22, 62, 15 and 16 cities),
# and how many states and cities are then kept from it; None if that depends on the lists.
ALL = 4 + 22 + 62 + 15 + 16
LATER_FAULTS = {
    "all lists empty": (failing(Kind.EMPTY), ALL),
    "a tenth of the rows": (failing(Kind.TENTH), None),
    "wrong types": (failing(Kind.WRONG_TYPES), ALL),
    "one state failing": (failing(Kind.STATUS, "/estados/13/municipios"), 1 + 62),
    "one state's districts failing": (failing(Kind.STATUS, "/municipios/14.*"), 15),
    "one state empty": (failing(Kind.EMPTY, "/estados/13/municipios"), 1 + 62),
    "two cities failing": (failing(Kind.STATUS, "/municipios/(1200013|1302603)/distritos"), 2),
    "one city's districts empty": (failing(Kind.EMPTY, "/municipios/1302603/distritos"), 1),
    "all HTML": (failing(Kind.GARBAGE), ALL),
    "all connections reset": (failing(Kind.RESET), ALL),
}


async def test_answers_do_not_wait_for_a_silent_upstream(
    brazil: tuple[State, ...],
) -> None:
    """While a refresh hangs, the snapshot before it is answered again and again."""
    async with (
        Ibge(four_states(brazil)) as upstream,
        after_one_good_snapshot(upstream) as service,
    ):
        first = await service.observe()
        upstream.behave(failing(Kind.SILENCE))
        collections = upstream.asked_for("/estados")
        await service.observe_until(lambda _: upstream.asked_for("/estados") > collections)
        waiting = [await service.observe() for _ in range(20)]

        assert upstream.asked_for("/estados") == collections + 1
    assert {seen.tag for seen in waiting} == {first.tag}


@pytest.mark.parametrize(("fault", "expected"), LATER_FAULTS.values(), ids=LATER_FAULTS.keys())
async def test_data_never_gets_worse(
    fault: Behaviour, expected: int | None, brazil: tuple[State, ...]
) -> None:
    """While the fault lasts, every answer is whole, and says what was kept from before."""
    async with (
        Ibge(four_states(brazil)) as upstream,
        after_one_good_snapshot(upstream, ttl_s=3600) as service,
    ):
        first = await service.observe()
        upstream.behave(fault)
        ill = await service.observe_a_refresh() + await service.observe_a_refresh()
        upstream.behave(Behaviour())
        recovering = await service.observe_a_refresh()
        recovering += await service.observe_until(lambda seen: seen.filled == 0)

    assert first.filled == 0
    assert ill[-1].filled > 0
    assert expected in {None, *(seen.filled for seen in ill)}
    for seen in ill + recovering:
        assert seen.tag == first.tag
        assert seen.missing == 0


def city(city_id: int) -> City:
    """A city that does not exist, with a district."""
    return City(city_id, f"Cidade {city_id}").with_children([District(city_id * 100 + 5, "Sede")])


def nameless(place: Place) -> Place:
    """The place, and all below it, without the names that it had."""
    named = replace(place, nome="Indisponível")
    if isinstance(named, Branch) and named.children is not None:
        return named.with_children(map(nameless, named.children))
    return named


# What a well-formed answer may have wrong, made from the right one.
WRONG_CONTENTS: dict[str, Callable[[State], Sequence[State]]] = {
    "all names the same": lambda state: [nameless(state)],
    "all siglas XX": lambda state: [replace(state, sigla="XX")],
    "a state too many": lambda state: [
        state,
        *([State(18, "ZZ", "Nada").with_children([city(1800001)])] if state.sigla == "AC" else []),
    ],
    "hundreds of cities too many": lambda state: [
        state.with_children(
            [*state.cidades, *(city(state.id * 100_000 + 9_000 + each) for each in range(60))]
        )
    ],
}


@pytest.mark.parametrize("wrong", WRONG_CONTENTS.values(), ids=WRONG_CONTENTS.keys())
async def test_wrong_contents_are_not_believed_and_leave_nothing_behind(
    wrong: Callable[[State], Sequence[State]], brazil: tuple[State, ...]
) -> None:
    """Each collection says that it is not believed; the next right one is whole again."""
    states = four_states(brazil)
    async with (
        Ibge(states) as upstream,
        after_one_good_snapshot(upstream, ttl_s=3600) as service,
    ):
        first = await service.observe()
        upstream.serve_states(tuple(each for state in states for each in wrong(state)))
        ill = await service.observe_a_refresh() + await service.observe_a_refresh()
        upstream.serve_states(states)
        recovering = await service.observe_a_refresh()
        recovering += await service.observe_until(lambda seen: seen.filled == 0)

    assert ill[-1].filled > 0
    assert {seen.tag for seen in ill + recovering} == {first.tag}


async def test_a_loss_that_stays_is_believed_in_the_end_and_survives_a_restart(
    brazil: tuple[State, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hundreds of cities that came in by mistake go again, without a person."""
    monkeypatch.setenv("SNAPSHOT_STORE", f"file:{tmp_path}")
    states = four_states(brazil)
    grown = tuple(
        each for state in states for each in WRONG_CONTENTS["hundreds of cities too many"](state)
    )
    async with Ibge(grown) as upstream:
        async with after_one_good_snapshot(upstream, ttl_s=3600) as service:
            before = await service.observe()
            upstream.serve_states(states)
            for _ in range(CONFIRMATIONS // 2):
                kept = await service.observe_a_refresh()
        async with after_one_good_snapshot(upstream, ttl_s=3600) as service:
            restarted = await service.observe()
            believed = [restarted]
            while believed[-1].filled:
                believed = await service.observe_a_refresh()
        collections = upstream.asked_for("/estados")

    assert {seen.tag for seen in kept} | {restarted.tag} == {before.tag}
    assert believed[-1].tag != before.tag
    assert collections == 1 + CONFIRMATIONS


async def test_data_never_gets_worse_if_nobody_listens(brazil: tuple[State, ...]) -> None:
    """The upstream is gone for a while, and comes back at the same address."""
    async with (
        Ibge(four_states(brazil)) as upstream,
        after_one_good_snapshot(upstream) as service,
    ):
        first = await service.observe()
        await upstream.stop_listening()
        gone = await service.observe_until(lambda seen: seen.filled > 0)
        await upstream.listen()
        recovering = await service.observe_until(lambda seen: seen.filled == 0)

    assert all(seen.tag == first.tag for seen in gone + recovering)


async def test_data_never_gets_worse_if_the_name_is_gone(
    brazil: tuple[State, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A restart without name resolution answers what was stored, and recovers once it is back."""
    names = {"ibge.test": "127.0.0.1"}
    resolve = socket.getaddrinfo

    def getaddrinfo(host: str, *args: Any, **kwargs: Any) -> Any:
        if host.endswith(".test") and host not in names:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return resolve(names.get(host, host), *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setenv("SNAPSHOT_STORE", f"file:{tmp_path}")
    async with Ibge(four_states(brazil)) as upstream:
        upstream.host_name = "ibge.test"
        async with after_one_good_snapshot(upstream) as service:
            first = await service.observe()
        del names["ibge.test"]
        async with after_one_good_snapshot(upstream) as service:
            gone = await service.observe_until(lambda seen: seen.filled > 0)
            names["ibge.test"] = "127.0.0.1"
            recovering = await service.observe_until(lambda seen: seen.filled == 0)

    assert all(seen.tag == first.tag for seen in gone + recovering)


async def test_a_large_real_change_gets_through_at_once_if_an_operator_asks_for_it(
    brazil: tuple[State, ...],
) -> None:
    """New names everywhere, a state fewer and one more; then nothing is in doubt any more."""
    _, *others = four_states(brazil)
    new_state = State(18, "TJ", "Tapajós").with_children([city(1800001)])
    reformed = tuple(map(nameless, (*others, new_state)))
    async with (
        Ibge(four_states(brazil)) as upstream,
        after_one_good_snapshot(upstream, ttl_s=3600) as service,
    ):
        before = await service.observe()
        upstream.serve_states(reformed)
        kept = (await service.observe_a_refresh())[-1]
        await service.observe_a_refresh(any_change="true")
        believed = await service.observe()
        repeated = (await service.observe_a_refresh())[-1]

    assert kept.tag == before.tag
    assert kept.filled > 0
    assert believed.tag != before.tag
    assert believed == repeated
    assert believed.filled == believed.missing == 0


async def test_a_large_real_change_gets_through_without_stored_or_bundled_data(
    brazil: tuple[State, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """docs/operating.md says how: remove the stored data, and start without the bundle."""
    monkeypatch.setenv("SNAPSHOT_STORE", f"file:{tmp_path}")
    acre, *others = four_states(brazil)
    merged = (replace(acre, cidades=acre.cidades[:10]), *others)
    async with Ibge(four_states(brazil)) as upstream:
        async with after_one_good_snapshot(upstream, ttl_s=3600) as service:
            before = await service.observe()
            upstream.serve_states(merged)
            kept = (await service.observe_a_refresh())[-1]
        (tmp_path / "snapshot.json.xz").unlink()
        async with after_one_good_snapshot(upstream, ttl_s=3600) as service:
            believed = await service.observe()

    assert kept.tag == before.tag
    assert kept.filled > 0
    assert believed.tag != before.tag
    assert believed.filled == 0
