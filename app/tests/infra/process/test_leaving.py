"""The service hears of SIGTERM before its server waits for open requests to end."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import closing
from types import FrameType

import pytest
from yarl import URL

from src.infra.process.leaving import leaving
from tests.helpers.services import application, ask, features_over
from tests.helpers.serving import client, served
from tests.helpers.shelves import TWO_SHELVES
from tests.sample_feature.shelves import Level
from tests.sample_feature.upstream import FakeUpstream


@pytest.fixture
def heard() -> Iterator[list[str]]:
    """The receivers of SIGTERM, in order; the server has a handler of its own."""
    heard: list[str] = []

    def handle(number: int, frame: FrameType | None) -> None:
        heard.append("server")

    before = signal.signal(signal.SIGTERM, handle)
    yield heard
    signal.signal(signal.SIGTERM, before)


async def test_the_server_hears_the_signal_too(heard: list[str]) -> None:
    """Its handler is called as usual, and restored afterwards."""
    with leaving(lambda: heard.append("service")):
        signal.raise_signal(signal.SIGTERM)
        await asyncio.sleep(0.01)
    signal.raise_signal(signal.SIGTERM)

    assert heard == ["server", "service", "server"]


async def test_the_server_hears_a_second_signal_once_the_last_work_is_done(
    heard: list[str],
) -> None:
    """It may end at once then; the service is asked to leave only once."""
    last_work = asyncio.get_running_loop().create_future()
    with leaving(lambda: heard.append("service"), last_work=last_work):
        for _ in range(2):
            signal.raise_signal(signal.SIGTERM)
            await asyncio.sleep(0.01)
        heard.append("last work")
        last_work.set_result(None)
        await asyncio.sleep(0.01)

    assert heard == ["server", "service", "last work", "server"]


async def test_without_last_work_the_server_hears_every_signal_at_once(heard: list[str]) -> None:
    """There is nothing to wait for."""
    with leaving(lambda: heard.append("service")):
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGTERM)
        await asyncio.sleep(0.01)

    assert heard == ["server", "server", "service"]


async def test_clients_waiting_for_the_first_data_are_sent_away(heard: list[str]) -> None:
    """Otherwise the server would wait for them as long as a collection may take."""
    upstream = FakeUpstream(TWO_SHELVES)
    upstream.held_level = Level.ITEMS
    async with served(application(features_over(upstream))) as url, client(url) as session:
        reader, writer = await asyncio.open_connection("127.0.0.1", URL(url).port)
        with closing(writer):
            writer.write(b"GET /api/v1/shelves HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            await ask(session, "/health/live")  # answered after the one above has arrived
            signal.raise_signal(signal.SIGTERM)
            answer = await reader.read()

    assert answer.startswith(b"HTTP/1.1 503 ")
    assert heard == ["server"]


async def test_a_handler_installed_later_stays_in_place(heard: list[str]) -> None:
    """Only our own handler is removed."""
    with leaving(lambda: heard.append("service")):
        later = signal.signal(signal.SIGTERM, signal.SIG_IGN)

    assert later is not None
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN


async def test_without_a_server_the_signal_still_ends_the_process() -> None:
    """The default is not replaced: a script that only collects dies as expected."""
    before = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        with leaving(lambda: None):
            assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGTERM, before)


async def test_a_thread_cannot_listen(heard: list[str]) -> None:
    """Signals belong to the main thread; in any other, nothing is changed."""

    async def in_a_thread() -> object:
        with leaving(lambda: None):
            return signal.getsignal(signal.SIGTERM)

    server = signal.getsignal(signal.SIGTERM)

    assert await asyncio.to_thread(asyncio.run, in_a_thread()) is server
