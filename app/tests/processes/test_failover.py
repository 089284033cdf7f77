"""The master of a Redis is killed in the middle of a collection, and its replica is promoted."""

import asyncio
from contextlib import AsyncExitStack, aclosing
from pathlib import Path

import aiohttp
import msgspec
from redis import Redis

from stand_in.faults import Behaviour, Fault, Kind
from stand_in.server import Figures
from tests.helpers.processes import ServiceProcess, until
from tests.helpers.redis_sentinels import redis_with_sentinel
from tests.helpers.redis_server import RedisServer, needs_redis_server
from tests.helpers.serving import client
from tests.helpers.stores import redis_store
from tests.processes.many_shelves import FEW, LISTS, MANY, PROGRAM, is_in_the_middle, storeroom
from tests.sample_feature.feature import TREE
from tests.sample_feature.shelves import Shelf
from tests.sample_feature.upstream import ShelvesContent, lists_of

HELD = Behaviour(faults=(Fault(kind=Kind.HELD, path=".*/items"),))

REDUCED = tuple(shelf.with_children((shelf.caixas or ())[1:]) for shelf in MANY)


@needs_redis_server
async def test_a_failover_costs_no_answer_and_at_most_one_more_collection(tmp_path: Path) -> None:
    """Of three processes one collects, and the others wait for it, though Redis is away meanwhile.

    Each says once that it is away, and once that it is back. Without waiting there would be three
    collections.
    """
    statuses: set[int] = set()
    async with AsyncExitStack() as stack:
        redis = stack.enter_context(redis_with_sentinel(tmp_path))
        upstream = await stack.enter_async_context(storeroom())
        session = await stack.enter_async_context(client())
        services = [
            stack.enter_context(
                ServiceProcess(
                    tmp_path / f"{number}.log",
                    program=PROGRAM,
                    shelves_url=upstream.base_url,
                    snapshot_store=redis.url,
                    snapshot_ttl_s=4,
                )
            )
            for number in range(3)
        ]
        for service in services:
            await service.get(session, TREE)
        # Between two collections: what one under way would get is of both trees.
        await until(lambda: upstream.figures.requests % LISTS == 0)
        upstream.serve(ShelvesContent(lists_of(REDUCED)))
        upstream.behave(HELD)
        upstream.figures = Figures()
        asking = [
            asyncio.create_task(until_reduced(session, service, statuses)) for service in services
        ]
        await until(lambda: is_in_the_middle(upstream))
        await asyncio.to_thread(until_others_wait, redis.master, 2)

        redis.master.stop()
        await until(lambda: all(is_back(service.log) for service in services))
        upstream.behave(Behaviour())
        await asyncio.gather(*asking)
        requests = upstream.figures.requests

        # At the promoted one itself: on a busy machine its Sentinel may lose sight of it.
        async with aclosing(redis_store(redis.replica.url)) as store:
            stored = await store.load()
    assert stored is not None
    assert stored.snapshot.tree == REDUCED
    assert statuses == {200, 304}
    assert requests <= 2 * LISTS * (1 + FEW)
    for service in services:
        warnings = [line for line in service.log.splitlines() if "WARNING" in line]
        assert ["o Redis não responde" in line for line in warnings] == [True]


def until_others_wait(master: RedisServer, count: int) -> None:
    """Waits until this many processes have seen the turn taken: they ask for how long it is."""
    connections: set[str] = set()
    with Redis(port=master.port) as connected, connected.monitor() as monitor:
        while len(connections) < count:
            said = monitor.next_command()
            if said["command"].startswith("PTTL"):
                connections.add(said["client_port"])


async def until_reduced(
    session: aiohttp.ClientSession, service: ServiceProcess, statuses: set[int]
) -> None:
    """Asks all the time, until what has changed at the upstream is answered."""
    etag, tree = "", MANY
    while tree != REDUCED:
        headers = {"If-None-Match": etag}
        async with session.get(service.address + TREE, headers=headers) as answer:
            statuses.add(answer.status)
            etag, body = answer.headers["ETag"], await answer.read()
        if answer.status == 200:
            tree = msgspec.json.decode(body, type=tuple[Shelf, ...])
        await asyncio.sleep(0.05)


def is_back(log: str) -> bool:
    """Whether the process has said so, of the snapshots or of the progress."""
    return "O armazenamento voltou" in log or "volta a ser registrado" in log
