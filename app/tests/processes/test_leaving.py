"""Processes that are killed or asked to leave, and their callers."""

import asyncio
import os
import signal
from contextlib import aclosing
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest

from stand_in.faults import Behaviour
from tests.helpers.processes import ServiceProcess, not_on_windows, until
from tests.helpers.redis_server import RedisServer
from tests.helpers.services import ended
from tests.helpers.serving import client, served
from tests.helpers.stores import file_store, redis_store
from tests.processes.many_shelves import (
    FEW,
    IN_THE_MIDDLE,
    LISTS,
    MANY,
    PROGRAM,
    is_in_the_middle,
    service_of,
    storeroom,
)
from tests.sample_feature.feature import TREE, WORDS
from tests.sample_feature.shelves import Shelf

# The same on a disk that is still writing when a test asks the service to leave.
ON_A_SLOW_DISK = ("-m", "tests.processes.slow_disk")


async def test_a_killed_refresher_is_replaced(tmp_path: Path) -> None:
    """After `kill -9` in the middle of the fan-out, the process that waited for it collects."""
    async with storeroom(IN_THE_MIDDLE) as upstream:
        settings: dict[str, Any] = {
            "program": PROGRAM,
            "shelves_url": upstream.base_url,
            "snapshot_store": f"file:{tmp_path}",
        }
        async with client() as session:
            with ServiceProcess(tmp_path / "first.log", **settings) as refresher:
                await until(lambda: is_in_the_middle(upstream))
                with ServiceProcess(tmp_path / "second.log", **settings) as other:
                    waiting = asyncio.create_task(other.get(session, TREE))
                    await until(lambda: "Application startup complete" in other.log)
                    requests_before = upstream.figures.requests
                    refresher.kill()
                    upstream.behave(Behaviour())
                    answer, tree = await waiting

    assert upstream.figures.requests > requests_before
    assert answer.headers["X-Snapshot-Source"] == "live"
    assert answer.headers["X-Snapshot-Missing"] == "0"
    assert msgspec.json.decode(tree, type=tuple[Shelf, ...]) == MANY


@not_on_windows
async def test_a_killed_worker_is_replaced(tmp_path: Path) -> None:
    """After `kill -9` of the worker that collects, another worker under the supervisor collects.

    The lock dies with the process, and the others look again within half a second.
    """
    async with storeroom(IN_THE_MIDDLE) as upstream:
        with ServiceProcess(
            tmp_path / "log",
            program=PROGRAM,
            shelves_url=upstream.base_url,
            server_workers=3,
            snapshot_store=f"file:{tmp_path}",
        ) as service:
            await until(lambda: is_in_the_middle(upstream))
            await until(lambda: len(service.workers) == 3)
            upstream.behave(Behaviour())
            for worker in service.workers:
                if upstream.figures.in_flight:
                    os.kill(worker, signal.SIGKILL)
                    await asyncio.sleep(0.2)
            async with client() as session:
                answer, tree = await service.get(session, TREE)

    assert answer.headers["X-Snapshot-Missing"] == "0"
    assert msgspec.json.decode(tree, type=tuple[Shelf, ...]) == MANY


@not_on_windows
@pytest.mark.parametrize("workers", [1, 2])
async def test_leaving_in_the_middle_of_a_fan_out_is_quick_and_quiet(
    workers: int, tmp_path: Path
) -> None:
    """SIGTERM ends it at once although a client waits; the log is clean, and the turn free."""
    async with storeroom(IN_THE_MIDDLE) as upstream:
        with ServiceProcess(
            tmp_path / "log",
            program=PROGRAM,
            shelves_url=upstream.base_url,
            server_workers=workers,
            snapshot_store=f"file:{tmp_path}",
        ) as service:
            answering = await service.send("GET", TREE)
            await until(lambda: is_in_the_middle(upstream))
            status = await service.leave()
            answer = await answering

    assert status in {0, -signal.SIGTERM}  # uvicorn ends by the signal that it has handled
    assert answer.startswith(b"HTTP/1.1 503 ")
    for odd in ("Traceback", "nclosed", "never retrieved", "ERROR"):
        assert odd not in service.log
    async with file_store(tmp_path / "shelves").turn() as is_free:
        assert is_free


@not_on_windows
@pytest.mark.parametrize("workers", [1, 2])
async def test_what_was_answered_is_stored_before_the_end(workers: int, tmp_path: Path) -> None:
    """SIGTERM right behind the first answer loses nothing: the next start collects nothing."""
    for attempt in range(2):
        async with storeroom() as upstream:
            settings: dict[str, Any] = {
                "program": PROGRAM,
                "shelves_url": upstream.base_url,
                "server_workers": workers,
                "snapshot_store": f"file:{tmp_path / str(attempt)}",
            }
            trees = []
            for log in (tmp_path / "first.log", tmp_path / "second.log"):
                with ServiceProcess(log, **settings) as service:
                    async with client() as session:
                        answer, tree = await service.get(session, TREE)
                    await service.leave()
                assert answer.headers["X-Snapshot-Source"] == "live"
                trees.append(tree)
            figures = upstream.figures

        assert trees[0] == trees[1]
        assert figures.lists == LISTS
        assert figures.retries <= FEW * figures.requests


@not_on_windows
@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_what_was_answered_is_stored_despite_a_second_signal(
    number: int, workers: int, tmp_path: Path
) -> None:
    """Both systemd and Ctrl+C reach all processes; a supervisor then sends its workers another.

    The disk is still writing what was answered when the second signal comes.
    """
    async with storeroom() as upstream:
        settings: dict[str, Any] = {
            "shelves_url": upstream.base_url,
            "server_workers": workers,
            "snapshot_store": f"file:{tmp_path}",
        }
        with ServiceProcess(tmp_path / "first.log", program=ON_A_SLOW_DISK, **settings) as service:
            async with client() as session:
                _, answered = await service.get(session, TREE)
            for _ in range(2):
                service.signal_all(number)
                await asyncio.sleep(0.1)
            await service.ended()
        with ServiceProcess(tmp_path / "second.log", program=PROGRAM, **settings) as service:
            async with client() as session:
                answer, tree = await service.get(session, TREE)
        figures = upstream.figures

    assert answer.headers["X-Snapshot-Source"] == "live"
    assert tree == answered
    assert figures.lists == LISTS
    assert figures.retries <= FEW * figures.requests


@not_on_windows
async def test_leaving_gives_the_turn_back_to_other_machines(
    redis: RedisServer, tmp_path: Path
) -> None:
    """This holds even if no client keeps the server, which then ends as fast as it can."""
    async with storeroom(IN_THE_MIDDLE) as upstream:
        with ServiceProcess(
            tmp_path / "log",
            program=PROGRAM,
            shelves_url=upstream.base_url,
            snapshot_store=redis.url,
        ) as service:
            await until(lambda: is_in_the_middle(upstream))
            await service.leave()

    async with aclosing(redis_store(redis.url)) as store, store.turn() as is_free:
        assert is_free


async def test_a_client_that_hangs_up_spoils_nothing() -> None:
    """The collection that it waited for continues, and answers the next client."""
    async with storeroom(Behaviour(latency_s=0.2)) as upstream:
        async with served(service_of(upstream)) as url, client(url) as session:
            with pytest.raises(TimeoutError):
                await session.get(TREE, timeout=aiohttp.ClientTimeout(total=0.1))
            async with session.get(TREE) as answer:
                assert answer.headers["X-Snapshot-Missing"] == "0"
        figures = upstream.figures

    assert figures.lists == LISTS
    assert figures.retries <= FEW * figures.requests


@not_on_windows
async def test_a_request_for_a_refresh_does_not_keep_the_service_from_leaving(
    tmp_path: Path,
) -> None:
    """Another process has the turn: the client that waits is sent away, and nothing is begun."""
    async with storeroom() as upstream:
        with ServiceProcess(
            tmp_path / "log",
            snapshot_store=f"file:{tmp_path}",
            program=PROGRAM,
            shelves_url=upstream.base_url,
        ) as service:
            url = service.address + WORDS.path
            async with client() as session:
                await service.get(session, TREE)
                await ended(session, f"{url}/current")
                async with file_store(tmp_path / "shelves").turn() as is_ours:
                    assert is_ours
                    answering = await service.send("POST", WORDS.path)
                    status = await service.leave()
                    answer = await answering

    assert answer.startswith(b"HTTP/1.1 503 ")
    assert status in {0, -signal.SIGTERM}
    for odd in ("Traceback", "nclosed", "never retrieved", "ERROR"):
        assert odd not in service.log


@not_on_windows
async def test_a_viewer_does_not_keep_the_service_from_leaving(tmp_path: Path) -> None:
    """A stream of events has no end of its own; SIGTERM ends it at once, without an error."""
    async with storeroom(IN_THE_MIDDLE) as upstream:
        with ServiceProcess(
            tmp_path / "log", program=PROGRAM, shelves_url=upstream.base_url
        ) as service:
            async with client() as session:
                await service.get(session, "/health/live")
                url = f"{service.address}{WORDS.path}/current/events"
                async with session.get(url) as events:
                    await events.content.readline()
                    leaving = asyncio.create_task(service.leave())
                    rest = await events.content.read()
                status = await leaving

    assert rest.endswith(b"\n\n")  # no event is cut off
    assert status in {0, -signal.SIGTERM}
    for odd in ("Traceback", "nclosed", "never retrieved", "ERROR"):
        assert odd not in service.log
