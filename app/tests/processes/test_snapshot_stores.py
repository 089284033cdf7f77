"""What processes that share a store see of each other."""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import aclosing, contextmanager
from functools import partial
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event
from pathlib import Path

from src.application.ports.snapshot_store import Stored
from src.infra.storage.snapshots.lease import TURN_S
from tests.helpers.fakes import live
from tests.helpers.processes import not_on_windows
from tests.helpers.redis_server import RedisServer
from tests.helpers.shelves import TWO_SHELVES
from tests.helpers.stores import Store, file_store, is_free, redis_store
from tests.sample_feature.shelves import ShelvesSnapshot

ONE = live(TWO_SHELVES[:1])
TWO = live(TWO_SHELVES)

# Started from scratch on every system, like the service's.
PROCESSES = multiprocessing.get_context("spawn")


async def test_readers_never_see_half_a_file(tmp_path: Path) -> None:
    """Four read all the time while another process saves a long and a short one alternately."""
    store = file_store(tmp_path)
    await store.save(ONE)
    seen: list[Stored[ShelvesSnapshot] | None] = []

    async def read(saving: BaseProcess) -> None:
        while saving.is_alive():
            seen.append(await store.load())

    with process(save_many, partial(file_store, tmp_path)) as saving:
        await asyncio.gather(*(read(saving) for _ in range(4)))
        assert saving.exitcode == 0

    assert {stored and len(stored.snapshot.tree) for stored in seen} <= {1, 2}
    assert len({stored and stored.version for stored in seen}) > 1


async def test_the_turn_dies_with_its_process(tmp_path: Path) -> None:
    """A killed process leaves the lock's file behind, but not the lock."""
    store = file_store(tmp_path)

    with process_with_the_turn(partial(file_store, tmp_path)) as holder:
        assert not await is_free(store)
        holder.kill()
        holder.join()

    assert await is_free(store)


@not_on_windows
async def test_the_turn_of_a_frozen_process_ends(tmp_path: Path) -> None:
    """Its holder is stopped, not killed: as on Redis, others get the turn; here sooner."""
    with process_with_the_turn(
        partial(file_store, tmp_path, turn_s=1.5, renew_every_s=0.1)
    ) as holder:
        store = file_store(tmp_path, turn_s=1.5)
        # It renews the turn: a look much later finds it taken.
        for _ in range(4):
            assert not await is_free(store)
            await asyncio.sleep(0.5)
        assert holder.pid is not None
        os.kill(holder.pid, signal.SIGSTOP)
        async with asyncio.timeout(30):
            while not await is_free(store):
                await asyncio.sleep(0.05)


async def test_the_turn_of_a_killed_process_ends_by_itself(redis: RedisServer) -> None:
    """The server forgets it after its lifetime, which is shorter here than in the service."""
    assert TURN_S < 10
    with process_with_the_turn(
        partial(redis_store, redis.url, turn_s=1.5, renew_every_s=0.1)
    ) as holder:
        async with aclosing(redis_store(redis.url)) as store:
            assert not await is_free(store)
            holder.kill()
            holder.join()

            while not await is_free(store):
                await asyncio.sleep(0.05)


@contextmanager
def process(run: Callable[..., None], *arguments: object) -> Iterator[BaseProcess]:
    """Another process that runs this; it is gone after the block."""
    running = PROCESSES.Process(target=run, args=arguments)
    running.start()
    try:
        yield running
    finally:
        running.kill()
        running.join()
        running.close()


@contextmanager
def process_with_the_turn(open_store: Callable[[], Store]) -> Iterator[BaseProcess]:
    """Another process, which has the turn and keeps it."""
    has_it = PROCESSES.Event()
    with process(keep_the_turn, open_store, has_it) as holder:
        assert has_it.wait(50)
        yield holder


def keep_the_turn(open_store: Callable[[], Store], has_it: Event) -> None:
    """Takes the turn and never gives it back."""

    async def keep() -> None:
        async with open_store().turn() as is_ours:
            if is_ours:
                has_it.set()
            await asyncio.Event().wait()

    asyncio.run(keep())


def save_many(open_store: Callable[[], Store]) -> None:
    """Saves two snapshots alternately."""

    async def save() -> None:
        store = open_store()
        for _ in range(4):
            await store.save(TWO)
            await store.save(ONE)

    asyncio.run(save())
