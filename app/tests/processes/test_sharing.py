"""Several processes on one store, which may be damaged, full or out of reach."""

import asyncio
from contextlib import AsyncExitStack, aclosing
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest

from stand_in.faults import Behaviour, Fault, Kind
from tests.helpers.processes import ServiceProcess, until
from tests.helpers.redis_server import RedisServer
from tests.helpers.services import ask, ended
from tests.helpers.serving import client, served
from tests.helpers.stores import Store, file_store, redis_store
from tests.processes.many_shelves import (
    FEW,
    LISTS,
    MANY,
    PROGRAM,
    service_of,
    storeroom,
)
from tests.sample_feature.__main__ import AT_ONCE
from tests.sample_feature.feature import TREE, WORDS
from tests.sample_feature.shelves import Shelf
from tests.sample_feature.upstream import ShelvesContent, lists_of


async def test_forty_clients_on_four_workers_make_one_fan_out(tmp_path: Path) -> None:
    """All come at start-up: the upstream sees one collection, and they get one answer."""
    async with storeroom(Behaviour(latency_s=0.05)) as upstream:
        with ServiceProcess(
            tmp_path / "log",
            server_workers=4,
            snapshot_store=f"file:{tmp_path}",
            program=PROGRAM,
            shelves_url=upstream.base_url,
        ) as service:
            # A connection for each client, so that all workers get requests.
            connector = aiohttp.TCPConnector(limit=40, force_close=True)
            async with aiohttp.ClientSession(
                connector=connector, skip_auto_headers=["Accept-Encoding"]
            ) as session:
                answers = await asyncio.gather(*(service.get(session, TREE) for _ in range(40)))
        figures = upstream.figures

    assert {answer.status for answer, _ in answers} == {200}
    assert len({answer.headers["ETag"] for answer, _ in answers}) == 1
    assert figures.lists == LISTS
    assert figures.retries <= FEW * figures.requests
    assert figures.connections <= AT_ONCE + figures.retries


async def test_two_services_on_one_redis_make_one_fan_out(redis: RedisServer) -> None:
    """As on two machines, one collects and the other takes the result over."""
    async with storeroom(Behaviour(latency_s=0.05)) as upstream:
        async with (
            served(service_of(upstream, snapshot_store=redis.url)) as one,
            served(service_of(upstream, snapshot_store=redis.url)) as other,
            client() as session,
        ):
            answers = await asyncio.gather(*(ask(session, url + TREE) for url in [one, other] * 20))
        figures = upstream.figures

    assert len({answer.headers["ETag"] for answer in answers}) == 1
    assert len({answer.body for answer in answers}) == 1
    assert msgspec.json.decode(answers[0].body, type=tuple[Shelf, ...]) == MANY
    assert figures.lists == LISTS
    assert figures.retries <= FEW * figures.requests
    assert figures.connections <= AT_ONCE + figures.retries


@pytest.mark.parametrize("damage", ["half", "noise"])
async def test_a_damaged_file_is_ignored_with_one_warning(
    damage: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The data is collected and stored again."""
    store = file_store(tmp_path / "shelves")
    file = tmp_path / "shelves" / "snapshot.json.xz"
    async with storeroom() as upstream:
        async with (
            served(service_of(upstream, snapshot_store=f"file:{tmp_path}")) as url,
            client(url) as session,
        ):
            await ask(session, TREE)
            await until(file.exists)  # it is stored after the answer
        content = file.read_bytes()
        file.write_bytes(content[: len(content) // 2] if damage == "half" else b"\x00\xff" * 500)
        damaged = file.stat().st_ino
        async with (
            served(service_of(upstream, snapshot_store=f"file:{tmp_path}")) as url,
            client(url) as session,
        ):
            async with session.get(TREE) as answer:
                assert answer.headers["X-Snapshot-Source"] == "live"
            await until(lambda: file.stat().st_ino != damaged)

    assert sum("foram ignorados" in line for line in caplog.messages) == 1
    assert (stored := await store.load()) is not None
    assert stored.snapshot.tree == MANY


async def test_a_full_disk_costs_the_storing_not_the_answer(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """If nothing can be written, the service says so once and answers from memory."""
    (tmp_path / "shelves" / "snapshot.json.xz").mkdir(parents=True)
    async with storeroom() as upstream:
        async with (
            served(
                service_of(upstream, snapshot_store=f"file:{tmp_path}", snapshot_ttl_s=1)
            ) as url,
            client(url) as session,
        ):
            await until(lambda: upstream.figures.retries > 200)  # the second collection
            async with session.get(TREE) as answer:
                assert answer.headers["X-Snapshot-Source"] == "live"

    assert sum("Sem o armazenamento" in line for line in caplog.messages) == 1


async def test_an_unreachable_redis_costs_only_the_sharing(
    redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    """It is away at the start, comes and goes; each change is logged once, not per request."""
    caplog.set_level("INFO")
    redis.stop()
    async with storeroom() as upstream:
        async with (
            served(service_of(upstream, snapshot_store=redis.url)) as url,
            client(url) as session,
        ):
            for _ in range(20):
                async with session.get(TREE) as answer:
                    assert answer.headers["X-Snapshot-Source"] == "live"
            redis.start()
            await until(lambda: "O armazenamento voltou" in caplog.messages)
            redis.stop()
            await until(lambda: sum("Sem o armazenamento" in line for line in caplog.messages) == 2)
            async with session.get(TREE) as answer:
                assert answer.headers["X-Snapshot-Source"] == "live"

    assert caplog.messages.count("O armazenamento voltou") == 1


async def test_any_worker_reports_the_progress_of_a_refresh(tmp_path: Path) -> None:
    """One collects, but all report it, during and after; asked by many, they start only one."""
    held = Behaviour(faults=(Fault(kind=Kind.HELD, path=".*/items"),))
    async with storeroom() as upstream:
        with ServiceProcess(
            tmp_path / "log",
            server_workers=2,
            snapshot_store=f"file:{tmp_path}",
            program=PROGRAM,
            shelves_url=upstream.base_url,
            refresh_min_interval_s=0,
        ) as service:
            url = service.address + WORDS.path
            async with client() as session:
                await service.get(session, TREE)
                await ended(session, f"{url}/current")  # and stored
            await until(lambda: service.log.count("Application startup complete") == 2)
            upstream.behave(held)
            # A connection for each request, so that both workers get some.
            connector = aiohttp.TCPConnector(force_close=True)
            async with aiohttp.ClientSession(connector=connector) as session:
                asked = await asyncio.gather(*(_json(session, "POST", url) for _ in range(10)))
                running = await asyncio.gather(
                    *(_json(session, "GET", f"{url}/current") for _ in range(10))
                )
                upstream.behave(Behaviour())
                async with session.get(f"{url}/{asked[0]['id']}/events") as events:
                    last = (await events.text()).rstrip().splitlines()[-2]
                after = await asyncio.gather(
                    *(_json(session, "GET", f"{url}/current") for _ in range(10))
                )

    assert len({each["id"] for each in (*asked, *running, *after)}) == 1
    assert {each["situacao"] for each in running} == {"em_andamento"}
    assert msgspec.json.decode(last.removeprefix("data: "))["situacao"] == "concluida"
    assert {each["requisicoes"]["concluidas"] for each in after} == {upstream.figures.lists}


@pytest.mark.parametrize("kind", ["file", "redis"])
async def test_a_change_that_somebody_vouches_for_reaches_every_process(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """One is asked, and the other takes it over; it is stored once, and neither undoes it."""
    address = f"file:{tmp_path}"
    async with AsyncExitStack() as stack:
        if kind == "redis":
            address = request.getfixturevalue("redis").url
            store: Store = await stack.enter_async_context(aclosing(redis_store(address)))
        else:
            store = file_store(tmp_path / "shelves")
        upstream = await stack.enter_async_context(storeroom())
        session = await stack.enter_async_context(client())
        settings: dict[str, Any] = {
            "program": PROGRAM,
            "shelves_url": upstream.base_url,
            "snapshot_store": address,
            "refresh_min_interval_s": 0,
        }
        one, other = (
            stack.enter_context(ServiceProcess(tmp_path / f"{each}.log", **settings))
            for each in ("one", "other")
        )
        for service in (one, other):
            await service.get(session, TREE)
            await ended(session, f"{service.address}{WORDS.path}/current")
        versions = [await store.version()]
        reduced = tuple(shelf.with_children((shelf.caixas or ())[:30]) for shelf in MANY)
        upstream.serve(ShelvesContent(lists_of(reduced)))

        async def all_have_it() -> bool:
            versions.append(await store.version())
            trees = [(await service.get(session, TREE))[1] for service in (one, other)]
            return all(
                msgspec.json.decode(tree, type=tuple[Shelf, ...]) == reduced for tree in trees
            )

        await _json(session, "POST", f"{one.address}{WORDS.path}?any_change=true")
        async with asyncio.timeout(20):
            while not await all_have_it():
                await asyncio.sleep(0.01)
        for _ in range(20):  # while both look at the store again
            await asyncio.sleep(0.1)
            assert await all_have_it()

    assert len(set(versions)) == 2


async def _json(session: aiohttp.ClientSession, method: str, url: str) -> dict[str, Any]:
    async with session.request(method, url) as answer:
        assert answer.status in {200, 202}
        content: dict[str, Any] = await answer.json()
        return content
