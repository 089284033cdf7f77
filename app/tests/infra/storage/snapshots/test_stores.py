"""One contract for the three stores, and how each of them fails."""

import asyncio
import errno
import lzma
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from redis.asyncio import Redis

from src.application.ports.snapshot_store import (
    DamagedSnapshotError,
    ForeignSnapshotError,
    SnapshotStoreError,
    Stored,
)
from src.infra.storage.journals.file_journal import FileJournal
from src.infra.storage.snapshots import snapshot_format
from src.infra.storage.snapshots.file_store import FileStore
from src.infra.storage.snapshots.lease import TURN_S
from src.infra.storage.snapshots.memory_store import MemoryStore
from src.infra.storage.snapshots.redis_store import RedisStore
from src.infra.storage.snapshots.snapshot_format import SnapshotFormat
from tests.helpers.fakes import live
from tests.helpers.hanging_disk import given_up_while_the_disk_hangs
from tests.helpers.redis_server import RedisServer
from tests.helpers.refreshes import moment
from tests.helpers.shelves import TWO_SHELVES
from tests.helpers.stores import FORMAT, PREFIX, Store, file_store, is_free, redis_store
from tests.sample_feature.shelves import ShelvesSnapshot

SNAPSHOT, TURN = PREFIX + "snapshot", PREFIX + "turn"

ONE = live(TWO_SHELVES[:1])
TWO = live(TWO_SHELVES)


@pytest.fixture(params=["memory", "file", "redis"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """Each of the three in turn, empty."""
    if request.param == "memory":
        yield MemoryStore()
    elif request.param == "file":
        yield file_store(tmp_path / "snapshots")
    else:
        server: RedisServer = request.getfixturevalue("redis")
        async with aclosing(redis_store(server.url)) as opened:
            yield opened


# What the port promises of every store.


async def test_nothing_is_stored_at_first(store: Store) -> None:
    """Loading from an empty store is no error."""
    assert await store.load() is None
    assert await store.version() is None


async def test_a_saved_snapshot_is_loaded(store: Store) -> None:
    """It comes back equal, with the version that saving it returned."""
    version = await store.save(TWO)

    assert await store.load() == Stored(TWO, version)
    assert await store.version() == version


async def test_each_save_gets_a_new_version(store: Store) -> None:
    """This holds even for the same snapshot; the last one saved is the one stored."""
    versions = [await store.save(snapshot) for snapshot in (ONE, TWO, TWO, TWO, ONE)]

    assert len(set(versions)) == 5
    assert await store.load() == Stored(ONE, versions[-1])


async def test_a_turn_is_given_to_one_at_a_time(store: Store) -> None:
    """Others are refused without waiting; afterwards the turn is free again."""
    async with store.turn() as is_first, store.turn() as is_second, store.turn() as is_third:
        assert [is_first, is_second, is_third] == [True, False, False]

    assert await is_free(store)


async def test_a_turn_ends_when_its_block_raises(store: Store) -> None:
    """A failed refresh does not keep the others from trying."""
    with pytest.raises(LookupError):
        async with store.turn():
            raise LookupError

    assert await is_free(store)


async def test_a_turn_ends_when_its_block_is_cancelled(store: Store) -> None:
    """A cancelled refresh does not keep the others from trying."""
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


# When files fail.


def cut_in_half(content: bytes) -> bytes:
    """The half of a file that is left if its writer stopped in the middle."""
    return content[: len(content) // 2]


def with_another_byte(content: bytes) -> bytes:
    """The file with one byte changed in the middle."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


@pytest.mark.parametrize("kind", ["file", "redis"])
async def test_what_could_not_be_read_again_is_not_stored(
    kind: str, tmp_path: Path, redis: RedisServer
) -> None:
    """A tree beyond the bound is refused when it is saved, and what is stored stays."""
    bounded = SnapshotFormat(ShelvesSnapshot, max_bytes=len(msgspec.json.encode(ONE)) + 100)
    async with aclosing(RedisStore(redis.url, bounded, prefix=PREFIX)) as on_redis:
        store = FileStore(tmp_path, bounded) if kind == "file" else on_redis
        version = await store.save(ONE)

        with pytest.raises(SnapshotStoreError, match="grande demais"):
            await store.save(TWO)

        assert await store.load() == Stored(ONE, version)


damages = pytest.mark.parametrize(
    "damage",
    [cut_in_half, with_another_byte, lambda _: b"noise, and more of it", lambda _: b""],
    ids=["half", "another byte", "noise", "empty"],
)


@damages
async def test_a_damaged_file_is_reported_with_its_version(
    tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    """It is never taken for a snapshot; its version tells it apart from the next."""
    store = file_store(tmp_path)
    await store.save(TWO)
    file = tmp_path / "snapshot.json.xz"
    file.write_bytes(damage(file.read_bytes()))

    with pytest.raises(DamagedSnapshotError, match="danificado") as caught:
        await store.load()

    assert await store.version() == caught.value.version


@pytest.mark.parametrize("surprise", ["brackets", "sparse", "pipe"])
async def test_any_surprise_in_a_files_place_is_damage(tmp_path: Path, surprise: str) -> None:
    """200,000 brackets, a file of 2.5 GB or a pipe neither hang nor fill the memory."""
    file = tmp_path / "snapshot.json.xz"
    if surprise == "brackets":
        file.write_bytes(lzma.compress(b'{"format":1,"snapshot":' + b"[" * 200_000))
    elif surprise == "sparse":
        with file.open("wb") as sparse:
            sparse.truncate(2_500_000_000)
    elif hasattr(os, "mkfifo"):
        os.mkfifo(file)
    else:
        pytest.skip("no pipes with a name here")
    store = file_store(tmp_path)

    with pytest.raises(DamagedSnapshotError, match="danificado"):
        await store.load()
    version = await store.save(TWO)

    assert await store.load() == Stored(TWO, version)


async def test_releases_of_two_formats_do_not_meet(
    tmp_path: Path, redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has a file or keys of its own, and finds there what it has stored."""
    async with aclosing(redis_store(redis.url)) as on_redis:
        before: list[Store] = [file_store(tmp_path), on_redis]
        versions = [await store.save(ONE) for store in before]
        monkeypatch.setattr(snapshot_format, "FORMAT", 2)
        async with aclosing(redis_store(redis.url)) as later_on_redis:
            later: list[Store] = [file_store(tmp_path), later_on_redis]
            assert [await store.load() for store in later] == [None, None]
            for store in later:
                version = await store.save(TWO)
                assert await store.load() == Stored(TWO, version)
        monkeypatch.undo()

        assert [await store.load() for store in before] == [Stored(ONE, v) for v in versions]


async def test_an_unknown_format_is_told_from_damage(
    tmp_path: Path, redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another release's data, with fields of its own, must not be taken for rubbish."""
    content = lzma.compress(b'{"format":2,"snapshot":{"other":true}}')
    (tmp_path / "snapshot.json.xz").write_bytes(content)
    async with aclosing(redis_store(redis.url)) as on_redis, Redis.from_url(redis.url) as client:
        await on_redis.save(TWO)
        await client.set(SNAPSHOT, content)
        for store in (file_store(tmp_path), on_redis):
            with pytest.raises(ForeignSnapshotError, match="formato 2"):
                await store.load()


async def test_keys_of_another_kind_or_size_fill_no_memory(redis: RedisServer) -> None:
    """A list counts as nothing stored, and what is too large is damage; both are replaced."""
    bounded = SnapshotFormat(ShelvesSnapshot, max_bytes=2000)
    store = RedisStore(redis.url, bounded, prefix=PREFIX)
    async with aclosing(store), Redis.from_url(redis.url) as client:
        await store.save(ONE)
        await client.delete(SNAPSHOT)
        await cast("Any", client.rpush(SNAPSHOT, "a"))
        assert await store.load() is None
        await client.delete(SNAPSHOT)
        await client.set(SNAPSHOT, b"x" * 2001)
        with pytest.raises(DamagedSnapshotError, match="grande demais"):
            await store.load()

        version = await store.save(ONE)

        assert await store.load() == Stored(ONE, version)


async def test_a_damaged_file_is_replaced(tmp_path: Path) -> None:
    """Saving the next snapshot replaces it."""
    (tmp_path / "snapshot.json.xz").write_bytes(b"noise")
    store = file_store(tmp_path)

    version = await store.save(TWO)

    assert await store.load() == Stored(TWO, version)


async def test_without_a_directory_every_call_fails(tmp_path: Path) -> None:
    """If a file is in its place, reading, writing and taking a turn raise the port's error."""
    (tmp_path / "file").write_bytes(b"")
    store = file_store(tmp_path / "file")

    await everything_fails(store)


async def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    """If a directory is in the snapshot's place, no half-written file stays beside it."""
    (tmp_path / "snapshot.json.xz").mkdir()
    store = file_store(tmp_path)

    with pytest.raises(SnapshotStoreError, match="gravado"):
        await store.save(TWO)
    with pytest.raises(SnapshotStoreError, match="lido"):
        await store.load()

    assert names_in(tmp_path) == ["snapshot.json.xz"]


async def test_a_full_disk_keeps_the_stored_snapshot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The half-written file is removed."""
    store = file_store(tmp_path)
    version = await store.save(ONE)

    def no_space_left(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", no_space_left)
    with pytest.raises(SnapshotStoreError, match="gravado"):
        await store.save(TWO)

    assert await store.load() == Stored(ONE, version)
    assert names_in(tmp_path) == ["snapshot.json.xz"]


async def test_a_save_that_was_given_up_replaces_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its thread goes on once the disk does, when there is something newer."""
    store = file_store(tmp_path)
    version = await store.save(TWO)

    await given_up_while_the_disk_hangs(store.save(ONE), tmp_path, monkeypatch)

    assert await store.load() == Stored(TWO, version)


async def test_files_left_by_a_killed_process_are_removed(tmp_path: Path) -> None:
    """They stay for an hour, because they may belong to a process that is still writing."""
    old, new = tmp_path / "unfinished-old", tmp_path / "unfinished-new"
    for file in (old, new):
        file.write_bytes(b"half a snapsh")
    os.utime(old, (0, 0))

    await file_store(tmp_path).save(ONE)

    assert names_in(tmp_path) == ["snapshot.json.xz", "unfinished-new"]


async def test_a_long_turn_on_files_is_renewed(tmp_path: Path) -> None:
    """Others see that its holder lives, here more often than in the service."""
    lock_file = tmp_path / "refresh.lock"
    async with file_store(tmp_path, renew_every_s=0.01).turn() as is_ours:
        assert is_ours
        os.utime(lock_file, (0, 0))
        while lock_file.stat().st_mtime == 0:
            await asyncio.sleep(0.01)


async def test_a_turn_that_has_just_begun_is_not_taken_for_a_frozen_one(tmp_path: Path) -> None:
    """Another process waited for an earlier turn, and has not looked since: nothing has changed."""
    one, other = file_store(tmp_path), file_store(tmp_path, turn_s=0.1)
    async with one.turn():
        assert not await is_free(other)
    await asyncio.sleep(0.2)

    async with one.turn():
        for _ in range(2):
            assert not await is_free(other)


async def test_journals_give_way_to_the_snapshot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a full disk the oldest are dropped until there is room, and no more than needed."""
    journal = FileJournal(tmp_path / "refreshes")
    for refresh in range(1, 4):
        await journal.append(moment(refresh))
    fsync = os.fsync

    def full_while_two_are_there(descriptor: int) -> None:
        if len(names_in(tmp_path / "refreshes")) > 1:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", full_while_two_are_there)
    store = FileStore(tmp_path, FORMAT, make_room=journal.make_room)

    version = await store.save(TWO)

    assert await store.load() == Stored(TWO, version)
    assert await journal.refreshes() == [moment(3).refresh]
    assert [journal.make_room(), journal.make_room()] == [True, False]


# When Redis fails.


@pytest.mark.parametrize("listens", [False, True], ids=["nobody listens", "it never answers"])
async def test_without_redis_every_call_fails(*, listens: bool) -> None:
    """Every call gives up by itself, here after a tenth of the usual time."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        if listens:
            nobody.listen()
        url = f"redis://:senha@127.0.0.1:{nobody.getsockname()[1]}/0"
        async with aclosing(redis_store(url, timeout_s=0.1)) as store, asyncio.timeout(10):
            await everything_fails(store)


async def test_an_error_does_not_contain_the_password() -> None:
    """Even if the server refuses it, the error gives only the reason."""

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
    """While it is away, calls fail; afterwards the same store works, its turn too."""
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
async def test_damaged_content_is_reported_with_its_version(
    redis: RedisServer, damage: Callable[[bytes], bytes]
) -> None:
    """It is never taken for a snapshot; its version tells it apart from the next."""
    async with aclosing(redis_store(redis.url)) as store, Redis.from_url(redis.url) as client:
        version = await store.save(TWO)
        await client.set(SNAPSHOT, damage(cast("bytes", await client.get(SNAPSHOT))))

        with pytest.raises(DamagedSnapshotError, match="danificado") as caught:
            await store.load()

        assert caught.value.version == version
        assert await store.version() == version


async def test_a_version_without_a_snapshot_is_an_empty_store(redis: RedisServer) -> None:
    """One of the two keys was evicted, or is not replicated yet."""
    async with aclosing(redis_store(redis.url)) as store, Redis.from_url(redis.url) as client:
        await store.save(TWO)
        await client.delete(SNAPSHOT)

        assert await store.load() is None


async def test_a_long_turn_is_renewed(
    redis: RedisServer,
) -> None:
    """Its lifetime starts again and again, here more often than in the service."""
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


async def test_a_turn_that_the_server_has_forgotten_is_taken_again(redis: RedisServer) -> None:
    """The server was emptied, or started again; the holder, which still collects, has it back."""
    holder = redis_store(redis.url, renew_every_s=0.01)
    async with aclosing(holder), Redis.from_url(redis.url) as client:
        async with holder.turn() as is_ours:
            assert is_ours
            await client.flushall()
            while not await client.exists(TURN):
                await asyncio.sleep(0.01)

        assert not await client.exists(TURN)


async def test_a_turn_that_another_process_has_got_meanwhile_is_left_to_it(
    redis: RedisServer,
) -> None:
    """The holder that lost it goes on without, and does not give the other's back."""
    loser = redis_store(redis.url, renew_every_s=0.01)
    async with aclosing(loser), Redis.from_url(redis.url) as client:
        async with loser.turn():
            await client.set(TURN, "another's")
            await asyncio.sleep(0.1)

        assert await client.get(TURN) == b"another's"


async def test_a_turn_survives_the_loss_of_the_server(
    redis: RedisServer,
) -> None:
    """The refresh is not thrown away if the turn can be neither renewed nor given back."""
    async with aclosing(redis_store(redis.url, renew_every_s=0.05)) as store:
        async with store.turn() as is_ours:
            redis.stop()
            await asyncio.sleep(0.2)
            assert is_ours


@pytest.mark.parametrize("ends_after_s", [None, 10_000])
async def test_a_turn_that_no_process_has_ends(
    redis: RedisServer, ends_after_s: int | None
) -> None:
    """A key that somebody has put in its place may have no end, or a very late one."""
    store = redis_store(redis.url, turn_s=0.2)
    async with aclosing(store), Redis.from_url(redis.url) as client:
        await cast("Any", client.rpush(TURN, "a"))
        if ends_after_s is not None:
            await client.expire(TURN, ends_after_s)

        while not await is_free(store):
            await asyncio.sleep(0.02)


# Shared by the tests above.


def names_in(directory: Path) -> list[str]:
    """The names in a directory."""
    return [path.name for path in directory.iterdir()]


async def everything_fails(store: Store) -> None:
    """Expects the port's own error from every call."""
    with pytest.raises(SnapshotStoreError):
        await store.version()
    with pytest.raises(SnapshotStoreError):
        await store.load()
    with pytest.raises(SnapshotStoreError):
        await store.save(TWO)
    with pytest.raises(SnapshotStoreError):
        await is_free(store)
