"""One contract for the three stores, and what each of them does when the outside world fails it."""

import asyncio
import errno
import multiprocessing
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing, contextmanager
from functools import partial
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import cast

import pytest
from redis.asyncio import Redis

from src.application.ports.snapshot_store import (
    DamagedSnapshotError,
    SnapshotStoreError,
    Stored,
)
from src.domain.localities.territory_snapshot import TerritorySnapshot
from src.infra.storage.memory_store import MemoryStore
from src.infra.storage.redis_store import TURN_S
from tests.helpers.fakes import live
from tests.helpers.places import TWO_STATES
from tests.helpers.redis_server import RedisServer
from tests.helpers.stores import PREFIX, Store, file_store, redis_store

SNAPSHOT, TURN = PREFIX + "snapshot", PREFIX + "turn"

ONE = live(TWO_STATES[:1])
TWO = live(TWO_STATES)

# Processes of their own, as the service's are; started afresh on every system.
PROCESSES = multiprocessing.get_context("spawn")


@pytest.fixture(params=["memory", "file", "redis"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """Each of the three in turn, with nothing in it."""
    if request.param == "memory":
        yield MemoryStore()
    elif request.param == "file":
        yield file_store(tmp_path / "snapshots")
    else:
        server: RedisServer = request.getfixturevalue("redis")
        async with aclosing(redis_store(server.url)) as opened:
            yield opened


# What the port promises, whichever the store.


async def test_nothing_is_stored_at_first(store: Store) -> None:
    """An empty store is no error."""
    assert await store.load() is None
    assert await store.version() is None


async def test_what_is_saved_is_loaded(store: Store) -> None:
    """The snapshot comes back equal, under the version that saving it answered."""
    version = await store.save(TWO)

    assert await store.load() == Stored(TWO, version)
    assert await store.version() == version


async def test_every_time_it_is_saved_the_version_is_another(store: Store) -> None:
    """Even where the snapshot is the same; the last one saved is the one that is stored."""
    versions = [await store.save(snapshot) for snapshot in (ONE, TWO, TWO, TWO, ONE)]

    assert len(set(versions)) == 5
    assert await store.load() == Stored(ONE, versions[-1])


async def test_a_turn_is_given_to_one_at_a_time(store: Store) -> None:
    """Who asks meanwhile is told no, without waiting; who asks afterwards gets it."""
    async with store.turn() as is_first, store.turn() as is_second, store.turn() as is_third:
        assert [is_first, is_second, is_third] == [True, False, False]

    assert await is_free(store)


async def test_a_turn_ends_when_its_block_raises(store: Store) -> None:
    """A refreshing that fails does not keep the others from trying."""
    with pytest.raises(LookupError):
        async with store.turn():
            raise LookupError

    assert await is_free(store)


async def test_a_turn_ends_when_its_block_is_cancelled(store: Store) -> None:
    """Nor does one that is broken off."""
    has_it = asyncio.Event()

    async def refresh() -> None:
        async with store.turn():
            has_it.set()
            await asyncio.Event().wait()

    refreshing = asyncio.create_task(refresh())
    await has_it.wait()
    refreshing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await refreshing

    assert await is_free(store)


# A file, where it is not as it should be.


def cut_in_half(content: bytes) -> bytes:
    """What is left of a file whose writer stopped in the middle."""
    return content[: len(content) // 2]


def with_another_byte(content: bytes) -> bytes:
    """A file in which one byte in the middle is another."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


damages = pytest.mark.parametrize(
    "damage",
    [cut_in_half, with_another_byte, lambda _: b"noise, and more of it", lambda _: b""],
    ids=["half", "another byte", "noise", "empty"],
)


@damages
async def test_a_damaged_file_is_told_with_its_version(
    tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    """It is never taken for a snapshot; its version tells it from the next."""
    store = file_store(tmp_path)
    await store.save(TWO)
    file = tmp_path / "snapshot.json.xz"
    file.write_bytes(damage(file.read_bytes()))

    with pytest.raises(DamagedSnapshotError, match="danificado") as caught:
        await store.load()

    assert await store.version() == caught.value.version


async def test_a_damaged_file_is_replaced(tmp_path: Path) -> None:
    """The next snapshot mends it."""
    (tmp_path / "snapshot.json.xz").write_bytes(b"noise")
    store = file_store(tmp_path)

    version = await store.save(TWO)

    assert await store.load() == Stored(TWO, version)


async def test_where_no_directory_can_be_nothing_works(tmp_path: Path) -> None:
    """A file stands in its place: reading, writing and taking a turn are errors of ours."""
    (tmp_path / "file").write_bytes(b"")
    store = file_store(tmp_path / "file")

    await everything_fails(store)


async def test_a_write_that_cannot_end_leaves_nothing_behind(tmp_path: Path) -> None:
    """A directory stands in the snapshot's place: no half-written file stays beside it."""
    (tmp_path / "snapshot.json.xz").mkdir()
    store = file_store(tmp_path)

    with pytest.raises(SnapshotStoreError, match="gravado"):
        await store.save(TWO)
    with pytest.raises(SnapshotStoreError, match="lido"):
        await store.load()

    assert names_in(tmp_path) == ["snapshot.json.xz"]


async def test_a_full_disk_keeps_the_snapshot_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was stored stays as it is, and what was half written is removed."""
    store = file_store(tmp_path)
    version = await store.save(ONE)

    def no_space_left(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", no_space_left)
    with pytest.raises(SnapshotStoreError, match="gravado"):
        await store.save(TWO)

    assert await store.load() == Stored(ONE, version)
    assert names_in(tmp_path) == ["snapshot.json.xz"]


async def test_what_a_killed_process_has_left_is_removed(tmp_path: Path) -> None:
    """After an hour, so that nobody's unfinished file is taken from under them."""
    old, new = tmp_path / "unfinished-old", tmp_path / "unfinished-new"
    for file in (old, new):
        file.write_bytes(b"half a snapsh")
    os.utime(old, (0, 0))

    await file_store(tmp_path).save(ONE)

    assert names_in(tmp_path) == ["snapshot.json.xz", "unfinished-new"]


async def test_readers_never_see_half_a_file(tmp_path: Path) -> None:
    """Four read all the time while another process saves, now a short one and now a long one."""
    store = file_store(tmp_path)
    await store.save(ONE)
    seen: list[Stored[TerritorySnapshot] | None] = []

    async def read(saving: BaseProcess) -> None:
        while saving.is_alive():
            seen.append(await store.load())

    with process(save_many, partial(file_store, tmp_path)) as saving:
        await asyncio.gather(*(read(saving) for _ in range(4)))
        assert saving.exitcode == 0

    assert {stored and len(stored.snapshot.states) for stored in seen} <= {1, 2}
    assert len({stored and stored.version for stored in seen}) > 1


async def test_the_turn_dies_with_its_process(tmp_path: Path) -> None:
    """A process that is killed leaves the lock's file, but not the lock."""
    store = file_store(tmp_path)

    with process_with_the_turn(partial(file_store, tmp_path)) as holder:
        assert not await is_free(store)
        holder.kill()
        holder.join()

    assert await is_free(store)


# A Redis, where it is not there, or not as it should be.


@pytest.mark.parametrize("listens", [False, True], ids=["nobody listens", "it never answers"])
async def test_where_there_is_no_redis_nothing_works(*, listens: bool) -> None:
    """Every call gives up by itself: here after a tenth of the usual time."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        if listens:
            nobody.listen()
        url = f"redis://:senha@127.0.0.1:{nobody.getsockname()[1]}/0"
        async with aclosing(redis_store(url, timeout_s=0.1)) as store, asyncio.timeout(10):
            await everything_fails(store)


async def test_a_password_is_not_told() -> None:
    """Not even if the server refuses it: the error names the reason alone."""

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b"-WRONGPASS invalid username-password pair or user is disabled.\r\n")
        await reader.read()
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with aclosing(redis_store(f"redis://alguem:senha-secreta@127.0.0.1:{port}")) as store:
            with pytest.raises(SnapshotStoreError, match="invalid username-password") as caught:
                await store.load()

    assert "secreta" not in str(caught.value)


async def test_a_redis_that_comes_back_is_used_again(redis: RedisServer) -> None:
    """While it is away, errors; afterwards the same store works, its turn too."""
    async with aclosing(redis_store(redis.url)) as store:
        await store.save(ONE)
        async with store.turn():
            redis.stop()
            await everything_fails(store)
        redis.start()

        version = await store.save(TWO)

        assert await store.load() == Stored(TWO, version)
        assert await is_free(store)


@damages
async def test_damaged_content_is_told_with_its_version(
    redis: RedisServer, damage: Callable[[bytes], bytes]
) -> None:
    """As with a file: never taken for a snapshot, and told from the next by its version."""
    async with aclosing(redis_store(redis.url)) as store, Redis.from_url(redis.url) as client:
        version = await store.save(TWO)
        await client.set(SNAPSHOT, damage(cast("bytes", await client.get(SNAPSHOT))))

        with pytest.raises(DamagedSnapshotError, match="danificado") as caught:
            await store.load()

        assert caught.value.version == version
        assert await store.version() == version


async def test_a_version_without_a_snapshot_is_nothing(redis: RedisServer) -> None:
    """One of the two keys was evicted, or is not replicated yet."""
    async with aclosing(redis_store(redis.url)) as store, Redis.from_url(redis.url) as client:
        await store.save(TWO)
        await client.delete(SNAPSHOT)

        assert await store.load() is None


async def test_a_turn_that_takes_long_is_renewed(
    redis: RedisServer,
) -> None:
    """Its lifetime begins anew again and again, which is more often here than in the service."""
    quick = redis_store(redis.url, renew_every_s=0.1)
    async with aclosing(quick) as store, Redis.from_url(redis.url) as client:
        async with store.turn() as is_ours:
            assert is_ours
            renewals, left_ms = 0, await client.pttl(TURN)
            while renewals < 3:
                await asyncio.sleep(0.01)
                before_ms, left_ms = left_ms, await client.pttl(TURN)
                assert 0 < left_ms <= TURN_S * 1000
                renewals += left_ms > before_ms

        assert await is_free(store)


async def test_a_turn_outlives_a_server_that_is_away(
    redis: RedisServer,
) -> None:
    """What is refreshed is not thrown away because the turn can be neither renewed nor ended."""
    async with aclosing(redis_store(redis.url, renew_every_s=0.05)) as store:
        async with store.turn() as is_ours:
            redis.stop()
            await asyncio.sleep(0.2)
            assert is_ours


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


# What the tests above share.


async def is_free(store: Store) -> bool:
    """Whether the turn can be had; it is given back at once."""
    async with store.turn() as is_ours:
        return is_ours


def names_in(directory: Path) -> list[str]:
    """What is in a directory."""
    return [path.name for path in directory.iterdir()]


async def everything_fails(store: Store) -> None:
    """Every call raises the port's own error."""
    with pytest.raises(SnapshotStoreError):
        await store.version()
    with pytest.raises(SnapshotStoreError):
        await store.load()
    with pytest.raises(SnapshotStoreError):
        await store.save(TWO)
    with pytest.raises(SnapshotStoreError):
        await is_free(store)


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
        assert has_it.wait(20)
        yield holder


def keep_the_turn(open_store: Callable[[], Store], has_it: Event) -> None:
    """Take the turn and never give it back."""

    async def keep() -> None:
        async with open_store().turn() as is_ours:
            if is_ours:
                has_it.set()
            await asyncio.Event().wait()

    asyncio.run(keep())


def save_many(open_store: Callable[[], Store]) -> None:
    """Save two snapshots in turn."""

    async def save() -> None:
        store = open_store()
        for _ in range(4):
            await store.save(TWO)
            await store.save(ONE)

    asyncio.run(save())
