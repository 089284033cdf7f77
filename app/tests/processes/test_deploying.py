"""The service behind a real nginx, which has the settings in deploy/nginx.conf."""

import asyncio
import re
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path
from typing import Any

import aiohttp

from stand_in.faults import Behaviour
from tests.helpers.nginx import needs_nginx
from tests.helpers.processes import ServiceProcess, not_on_windows, until
from tests.helpers.redis_server import RedisServer
from tests.helpers.services import ask, ended
from tests.helpers.serving import client, free_port
from tests.processes.instances import (
    HELD,
    NGINX,
    ask_for_refresh,
    instance_over,
    nginx_before,
)
from tests.processes.many_shelves import FEW, LISTS, PROGRAM, storeroom
from tests.sample_feature.feature import TREE, WORDS
from tests.sample_feature.upstream import Storeroom

pytestmark = [not_on_windows, needs_nginx]


class Caller:
    """A client that asks all the time, and what it was answered."""

    def __init__(self, url: str, number: int) -> None:
        self._url = url
        # What nginx may keep, under an address that all ask for and another; and what an instance
        # answers each time.
        self._paths = [TREE, f"{TREE}?caller={number}", WORDS.path, "/fanout"]
        self._tags: dict[str, str] = {}
        self.waiting = asyncio.Lock()  # held while it waits for an answer
        self.answers: Counter[int | str] = Counter()

    async def ask(self) -> None:
        """Goes on until it is cancelled."""
        async with client(self._url) as session:
            while True:
                for path in self._paths:
                    async with self.waiting:
                        await self._ask_for(path, session)
                    await asyncio.sleep(0.01)

    async def _ask_for(self, path: str, session: aiohttp.ClientSession) -> None:
        # Every other time it knows the last answer.
        tag = self._tags.pop(path, None)
        try:
            headers = {"If-None-Match": tag} if tag else {}
            async with session.get(path, headers=headers) as answer:
                await answer.read()
                if tag is None and "ETag" in answer.headers:
                    self._tags[path] = answer.headers["ETag"]
                self.answers[answer.status] += 1
        except aiohttp.ClientError as error:
            self.answers[repr(error)] += 1


async def test_callers_notice_neither_kills_nor_rolling_restarts(
    redis: RedisServer, tmp_path: Path
) -> None:
    """Of two instances with two workers each, one is dead while the other replaces its workers.

    As soon as the one is back, the other dies. All that is answered is one collection, made once.
    """
    async with storeroom(Behaviour(latency_s=0.02)) as upstream, AsyncExitStack() as stack:
        settings: dict[str, Any] = {
            "program": PROGRAM,
            "server_workers": 2,
            "shelves_url": upstream.base_url,
            "snapshot_store": redis.url,
        }
        one, two = (
            stack.enter_context(ServiceProcess(tmp_path / f"{name}.log", **settings))
            for name in ("one", "two")
        )
        session = await stack.enter_async_context(client())
        for instance in (one, two):
            await instance.get(session, TREE)
        await until(lambda: _started(one) == _started(two) == 2)
        url = await stack.enter_async_context(nginx_before(one.address, two.address))
        callers = [Caller(url, number) for number in range(6)]
        async with asyncio.TaskGroup() as asking:
            tasks = [asking.create_task(caller.ask()) for caller in callers]
            await _kill(one, callers)
            await _some_answers(callers)
            two.reload()
            await until(lambda: _started(two) == 4)
            await until(lambda: two.log.count("Finished server process") == 2)
            await _some_answers(callers)
            stack.enter_context(one)
            await until(lambda: _started(one) == 2)
            await _kill(two, callers)
            await _some_answers(callers)
            for task in tasks:
                task.cancel()
        figures = upstream.figures

    assert {answer for caller in callers for answer in caller.answers} == {200, 304}
    assert figures.lists == LISTS
    assert figures.retries <= FEW * figures.requests


async def test_an_instance_that_is_back_is_asked_again() -> None:
    """A request finds it dead, and the other one dies before it has answered."""
    has_come, dies = asyncio.Event(), asyncio.Event()
    port = free_port()

    async def die(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        has_come.set()
        await dies.wait()
        writer.transport.abort()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    async with await asyncio.start_server(die, "127.0.0.1") as other, client() as session:
        two = f"127.0.0.1:{other.sockets[0].getsockname()[1]}"
        async with nginx_before(f"127.0.0.1:{port}", two) as url:
            answering = asyncio.create_task(ask(session, f"{url}/health/live"))
            await has_come.wait()
            async with await asyncio.start_server(answer, "127.0.0.1", port):
                dies.set()
                status = (await answering).status

    assert status == 200


async def _kill(instance: ServiceProcess, callers: list[Caller]) -> None:
    """Kills all of its processes between two answers: one that is being sent would be cut off."""
    async with AsyncExitStack() as between_answers:
        for caller in callers:
            await between_answers.enter_async_context(caller.waiting)
        instance.signal_all(signal.SIGKILL)
        await instance.ended()


def _started(service: ServiceProcess) -> int:
    """How many of its workers serve, or have served."""
    return service.log.count("Application startup complete")


async def _some_answers(callers: list[Caller]) -> None:
    """Waits until each of the callers has some more."""
    goals = {caller: caller.answers.total() + 20 for caller in callers}
    await until(lambda: all(each.answers.total() >= goal for each, goal in goals.items()))


@asynccontextmanager
async def deployed(
    upstream: Storeroom, *, settings: str = NGINX, **of_service: Any
) -> AsyncIterator[tuple[aiohttp.ClientSession, AsyncExitStack]]:
    """A session with one instance behind nginx, and what ends that instance; the other is dead."""
    async with AsyncExitStack() as instance:
        address = await instance.enter_async_context(instance_over(upstream, **of_service))
        async with nginx_before(address, settings=settings) as url, client(url) as session:
            yield session, instance


async def test_events_are_not_held_back() -> None:
    """Several clients follow a collection through nginx while it goes on."""
    async with (
        storeroom() as upstream,
        deployed(upstream) as (session, _),
        AsyncExitStack() as followed,
    ):
        await ended(session, f"{WORDS.path}/current")
        upstream.behave(HELD)
        events = f"{await ask_for_refresh(session)}/events"
        streams = [await followed.enter_async_context(session.get(events)) for _ in range(3)]
        first = [await stream.content.readuntil(b"\n\n") for stream in streams]
        upstream.behave(Behaviour())
        rest = [await stream.content.read() for stream in streams]

    assert all(b'"em_andamento"' in event for event in first)
    assert all(b'"concluida"' in events for events in rest)


async def test_data_are_kept_as_their_headers_say() -> None:
    """A tag costs a 304 without the service; parts are cut out; each coding is kept apart."""
    async with storeroom() as upstream, deployed(upstream) as (session, _):
        whole = await ask(session, TREE)
        again = await ask(session, TREE)
        known = {"If-None-Match": whole.headers["ETag"]}
        unmodified = await ask(session, TREE, known)
        part = await ask(session, TREE, {"Range": "bytes=10-19", "If-Range": whole.headers["ETag"]})
        coded = await ask(session, TREE, {"Accept-Encoding": "gzip", **known})
        live = await ask(session, "/health/live")

    assert whole.headers["X-Cache-Status"] == "MISS"
    assert again.headers["X-Cache-Status"] == "HIT"
    assert again.body == whole.body
    assert (unmodified.status, unmodified.headers["X-Cache-Status"]) == (304, "HIT")
    assert (part.status, part.body) == (206, whole.body[10:20])
    assert coded.status == 200
    assert coded.headers["Content-Encoding"] == "gzip"
    assert coded.headers["ETag"] != whole.headers["ETag"]
    assert "X-Cache-Status" not in live.headers


async def test_kept_data_are_renewed_with_their_headers() -> None:
    """Data that are old by their headers are asked for again: their date changes, too."""
    async with storeroom() as upstream, deployed(upstream, snapshot_ttl_s=1) as (session, _):
        first = await ask(session, TREE)
        async with asyncio.timeout(20):
            while (later := await ask(session, TREE)).headers["Last-Modified"] == first.headers[
                "Last-Modified"
            ]:
                await asyncio.sleep(0.05)

    assert first.headers["Cache-Control"].startswith("public, max-age=1,")
    assert later.headers["ETag"] == first.headers["ETag"]


async def test_kept_data_are_answered_if_no_instance_is_left() -> None:
    """They may be old; for what is not kept, nginx has no answer."""
    async with storeroom() as upstream, deployed(upstream, snapshot_ttl_s=1) as (session, instance):
        before = await ask(session, TREE)
        await instance.aclose()
        async with asyncio.timeout(20):
            while (after := await ask(session, TREE)).headers["X-Cache-Status"] == "HIT":
                await asyncio.sleep(0.05)
        page = await ask(session, "/fanout")

    assert (after.status, after.body) == (200, before.body)
    assert page.status == 502


async def test_everything_works_below_a_path_prefix() -> None:
    """With the lines that are there for it, and without any setting of the service."""
    lines = re.compile(
        r"^    #( {5}location /prefix/ \{\n)    #( .*\n)    #( {5}\}\n)", re.MULTILINE
    )
    settings, replaced = lines.subn(r"\1\2\3", NGINX)
    async with storeroom() as upstream, deployed(upstream, settings=settings) as (session, _):
        tree = await ask(session, f"/prefix{TREE}?x=%20")
        page = await ask(session, "/prefix/fanout")
        followed = await ask_for_refresh(session, f"/prefix{WORDS.path}")
        events = await ask(session, f"{followed.path}/events")
        numbers = await ask(session, "/prefix/metrics")

    assert replaced == 1
    assert [each.status for each in (tree, page, events)] == [200, 200, 200]
    assert followed.path.startswith(f"/prefix{WORDS.path}/")
    assert tree.headers["X-Cache-Status"] == "MISS"
    assert numbers.status == 404
