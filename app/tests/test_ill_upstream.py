"""A failing upstream costs time, not data: real sockets, and faults on demand."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from src.application.collecting.fan_out import FanOut
from src.application.manners import patience
from src.application.ports.fan_out_watch import FanOutWatch
from src.infra.gateways.proxy import Proxies
from src.infra.gateways.upstream import Upstream, open_client
from stand_in.faults import Behaviour, Fault, Kind
from tests.helpers.services import application, ask, ended
from tests.helpers.serving import client, served
from tests.sample_feature.feature import TREE, WORDS, collect, shelves
from tests.sample_feature.shelves import Shelf
from tests.sample_feature.upstream import Storeroom, lists_of, many_shelves

MANY = many_shelves(4, boxes=20)


@dataclass
class Observed:
    """One answer of the service."""

    tag: str
    filled: int
    missing: int


async def observe(session: aiohttp.ClientSession) -> Observed:
    """Asks for everything."""
    answer = await ask(session, TREE)
    assert answer.status == 200
    return Observed(
        tag=answer.headers["ETag"],
        filled=int(answer.headers["X-Snapshot-Filled"]),
        missing=int(answer.headers["X-Snapshot-Missing"]),
    )


async def observe_a_refresh(session: aiohttp.ClientSession) -> list[Observed]:
    """Starts a refresh, and asks for everything again and again until it has ended."""
    async with session.post(WORDS.path) as answer:
        address = str(answer.url.join(URL(answer.headers["Location"])))
    refresh = asyncio.create_task(ended(session, address))
    seen = [await observe(session)]
    while not refresh.done():
        await asyncio.sleep(0.02)
        seen.append(await observe(session))
    await refresh
    return [*seen, await observe(session)]


@asynccontextmanager
async def service(upstream: Storeroom) -> AsyncIterator[aiohttp.ClientSession]:
    """A session with a service that asks this upstream, each list twice at most."""
    feature = shelves(upstream.base_url, at_once=20, attempts=2)
    app = application([feature], refresh_min_interval_s=0)
    async with served(app) as url, client(url) as session:
        yield session


def failing(kind: Kind, path: str = ".*", *, share: float = 1) -> Behaviour:
    """A behaviour in which requests for these paths meet this fault."""
    return Behaviour(faults=(Fault(kind=kind, path=path, share=share),))


@pytest.mark.parametrize("kind", [Kind.STATUS, Kind.GARBAGE, Kind.CUT, Kind.RESET])
async def test_a_cold_start_gets_everything_in_the_end(kind: Kind) -> None:
    """Thanks to polite retries, the first answer is whole."""
    behaviour = failing(kind, share=0.02)
    async with Storeroom(lists_of(MANY), behaviour=behaviour) as upstream:
        feature = shelves(upstream.base_url, at_once=20, attempts=8, timeout_s=60)
        async with served(application([feature])) as url, client(url) as session:
            first = await observe(session)

    assert first.missing == 0
    assert upstream.figures.met_faults > 0
    assert upstream.figures.retries <= upstream.figures.requests / 5
    assert upstream.figures.most_open_connections <= 20


# Faults after one good snapshot, and how many shelves and boxes are then kept from it; None if that
# depends on the lists.
ALL = 4 + 4 * 20
LATER_FAULTS = {
    "all lists empty": (failing(Kind.EMPTY), ALL),
    "a tenth of the rows": (failing(Kind.TENTH), None),
    "wrong types": (failing(Kind.WRONG_TYPES), ALL),
    "one shelf failing": (failing(Kind.STATUS, "/shelves/1/boxes"), 1 + 20),
    "one shelf's items failing": (failing(Kind.STATUS, "/shelves/1/boxes/.*/items"), 20),
    "one shelf empty": (failing(Kind.EMPTY, "/shelves/1/boxes"), 20),
    "two boxes failing": (failing(Kind.STATUS, "/shelves/[12]/boxes/(21|42)/items"), 2),
    "all HTML": (failing(Kind.GARBAGE), ALL),
    "all connections reset": (failing(Kind.RESET), ALL),
}


@pytest.mark.parametrize(("fault", "expected"), LATER_FAULTS.values(), ids=LATER_FAULTS.keys())
async def test_data_never_gets_worse(fault: Behaviour, expected: int | None) -> None:
    """While the fault lasts, every answer is whole, and says what was kept from before."""
    async with Storeroom(lists_of(MANY)) as upstream, service(upstream) as session:
        first = await observe(session)
        upstream.behave(fault)
        ill = await observe_a_refresh(session) + await observe_a_refresh(session)
        upstream.behave(Behaviour())
        recovering = await observe_a_refresh(session)
        while recovering[-1].filled:
            recovering += await observe_a_refresh(session)

    assert first.filled == 0
    assert ill[-1].filled > 0
    assert expected in {None, *(seen.filled for seen in ill)}
    for seen in ill + recovering:
        assert seen.tag == first.tag
        assert seen.missing == 0


@pytest.mark.parametrize("ttl_s", [0, 1, 86_400])
async def test_one_part_that_asks_for_a_rest_gets_it(ttl_s: int, tmp_path: Path) -> None:
    """An hour without a collection, by schedule, by request or by hand, though all else is read.

    So it is for another process on the same store, and after a restart.
    """
    path = "/shelves/1/boxes/25/items"
    rest = Fault(kind=Kind.STATUS, path=path, status=503, retry_after=3600)
    settings = {"snapshot_store": f"file:{tmp_path}", "snapshot_ttl_s": ttl_s}
    async with Storeroom(lists_of(MANY), behaviour=Behaviour(faults=(rest,))) as upstream:
        feature = shelves(upstream.base_url, at_once=20)

        @asynccontextmanager
        async def process() -> AsyncIterator[aiohttp.ClientSession]:
            app = application([feature], refresh_min_interval_s=0, **settings)
            async with served(app) as url, client(url) as session:
                yield session

        async with process() as one:
            first = await observe(one)
            requests = upstream.figures.requests
            async with process() as other:
                seen = [await observe(session) for session in (one, other) * 5]
                await asyncio.sleep(min(ttl_s, 1.2))  # a TTL, and some more
                asked = [await ask(session, WORDS.path, method="POST") for session in (one, other)]
        async with process() as restarted:
            seen.append(await observe(restarted))
            asked.append(await ask(restarted, WORDS.path, method="POST"))

    assert first.missing == 1
    assert {each.missing for each in seen} == {1}
    assert upstream.figures.requests == requests
    for answer in asked:
        assert answer.status == 429
        assert 3500 < int(answer.headers["Retry-After"]) <= 3600


async def test_a_quarter_that_is_never_answered_ends_with_many_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Silence that does not depend on the load ends in gaps at most, and not at one at a time."""
    monkeypatch.setattr(patience, "LEAST_S", 0.3)
    silence = failing(Kind.SILENCE, ".*/items", share=0.25)
    upstream = Storeroom(lists_of(many_shelves(4, boxes=100)), behaviour=silence)
    limits = []
    async with upstream:
        asked = Upstream(base_url=upstream.base_url, at_once=100, timeout_s=1)
        async with open_client(asked, proxies=Proxies(), watch=FanOutWatch()) as opened:
            fan_out = FanOut[Shelf](
                roots_limit=asyncio.Semaphore(4),
                watch=FanOutWatch(),
                on_root=lambda _: limits.append(opened.admission.limit),
            )
            roots = await collect(opened, fan_out)
            limits.append(opened.admission.limit)

    assert len(roots) == 4
    assert len(fan_out.gaps(roots)) < 100
    assert min(limits) >= 6


async def test_data_never_gets_worse_if_nobody_listens() -> None:
    """The upstream is gone for a while, and comes back at the same address."""
    async with Storeroom(lists_of(MANY)) as upstream, service(upstream) as session:
        first = await observe(session)
        await upstream.stop_listening()
        gone = await observe_a_refresh(session)
        await upstream.listen()
        recovering = await observe_a_refresh(session)
        while recovering[-1].filled:
            recovering += await observe_a_refresh(session)

    assert gone[-1].filled == ALL
    assert all(seen.tag == first.tag for seen in gone + recovering)


async def test_answers_do_not_wait_for_a_silent_upstream() -> None:
    """While a refresh hangs, the snapshot before it is answered again and again."""
    async with Storeroom(lists_of(MANY)) as upstream, service(upstream) as session:
        first = await observe(session)
        upstream.behave(failing(Kind.SILENCE))
        async with session.post(WORDS.path) as asked:
            assert asked.status == 202
        waiting = [await observe(session) for _ in range(20)]
        current = await ask(session, f"{WORDS.path}/current")

    assert current.json["situacao"] == "em_andamento"
    assert {seen.tag for seen in waiting} == {first.tag}
