"""Redis as it is run for real: with TLS, with users, and with a replica that is promoted."""

import asyncio
import re
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest
from redis import Redis

from src import NAME
from src.application.ports.refresh_journal import KEPT
from src.application.ports.snapshot_store import SnapshotStoreError, Stored
from src.application.ports.value_store import Kept, ValueStoreError
from src.infra.storage.journals.redis_journal import RedisJournal
from src.infra.storage.snapshots.redis_store import RedisStore
from src.infra.storage.values.redis_values import RedisValues
from src.infra.storage.values.value_format import ValueFormat
from tests.helpers.fakes import NOON, live
from tests.helpers.processes import until
from tests.helpers.redis_sentinels import (
    MASTER_NAME,
    is_replicated,
    redis_with_replica,
    redis_with_sentinel,
    sentinel_of,
)
from tests.helpers.redis_server import needs_redis_server, redis_server, with_certificate
from tests.helpers.refreshes import moment
from tests.helpers.serving import free_port
from tests.helpers.shelves import TWO_SHELVES
from tests.helpers.stores import FORMAT, PREFIX, is_free, redis_store

# In seconds: on a busy machine, an exchange may take its time.
PATIENT = {"timeout_s": 20.0}

ONE = live(TWO_SHELVES[:1])
TWO = live(TWO_SHELVES)

OPERATING = Path(__file__).parents[4] / "docs/operating.md"


# TLS.


@needs_redis_server
async def test_an_authority_of_ones_own_is_trusted(tmp_path: Path) -> None:
    """Whoever does not know it gets no connection, and the error says why."""
    options, ca_file = with_certificate(tmp_path)
    with redis_server(*options, tls=True) as server:
        trusting = RedisStore(server.url, FORMAT, prefix=PREFIX, ca_file=ca_file, **PATIENT)
        async with aclosing(trusting), aclosing(redis_store(server.url, **PATIENT)) as doubting:
            version = await trusting.save(TWO)

            assert await trusting.load() == Stored(TWO, version)
            with pytest.raises(SnapshotStoreError, match="CERTIFICATE_VERIFY_FAILED"):
                await doubting.load()


# Users.


@needs_redis_server
async def test_the_documented_rights_suffice() -> None:
    """The service's user may do what the service does, with its own keys, and nothing else."""
    (user,) = re.findall(r"^user USER .+$", OPERATING.read_text("utf-8"), re.MULTILINE)
    for name, value in {"USER": "eu", "PASSWORD": "s:e/n@h%a", "NAME": NAME}.items():
        user = user.replace(name, value)
    with redis_server(*f"--{user}".split()) as server:
        url = server.url.replace("//", "//eu:s%3Ae%2Fn%40h%25a@")
        async with (
            aclosing(redis_store(url, renew_every_s=0.1, **PATIENT)) as store,
            aclosing(RedisJournal(url, prefix=PREFIX)) as journal,
            aclosing(RedisValues(url, ValueFormat(int), prefix=PREFIX)) as values,
        ):
            version = await store.save(TWO)
            assert await store.version() == version
            assert await store.load() == Stored(TWO, version)
            async with store.turn() as is_ours:
                assert is_ours
                assert not await is_free(store)
                with Redis(port=server.port) as server_itself:  # by which the turn is renewed
                    await until(lambda: "cmdstat_pexpire" in server_itself.info("commandstats"))
            assert await is_free(store)

            for each in range(1, KEPT + 2):  # the oldest is dropped
                await journal.append(moment(each))
            newest = moment(KEPT + 1)
            assert await journal.last(newest.refresh) == newest
            await journal.append(replace(newest, number=2))  # what was lost before is made up for
            assert await journal.after(newest.refresh, 0) == [replace(newest, number=2)]

            await values.put("a", Kept(1, NOON))
            assert await values.get("a") == Kept(1, NOON)

            other = RedisValues(url, ValueFormat(int), prefix="outro:")
            async with aclosing(other):
                with pytest.raises(ValueStoreError, match="key"):
                    await other.get("a")


# Replicas.


@needs_redis_server
async def test_a_replica_that_was_promoted_is_used_at_once(tmp_path: Path) -> None:
    """The Sentinels name it, though the first of them is dead; it has what was stored and the turn.

    Meanwhile, calls fail.
    """
    with redis_with_sentinel(tmp_path) as watched:
        one, other = (redis_store(watched.url, **PATIENT) for _ in range(2))
        async with aclosing(one), aclosing(other):
            version = await one.save(TWO)
            async with one.turn() as is_ours:
                assert is_ours
                assert is_replicated(watched.master)
                watched.master.stop()
                with pytest.raises(SnapshotStoreError, match="Redis"):
                    await other.load()
                await watched.failed_over()

                assert await other.load() == Stored(TWO, version)
                assert not await is_free(other)
            assert await is_free(other)


@needs_redis_server
async def test_connections_to_what_is_a_replica_now_are_dropped() -> None:
    """A master that became a replica refuses to write: whoever connects anew may find another."""
    with redis_with_replica() as (master, replica):
        async with aclosing(redis_store(master.url, **PATIENT)) as store:
            await store.save(ONE)
            with Redis(port=master.port) as connected:
                connected.replicaof("127.0.0.1", replica.port)
                before = connected.client_list(_type="normal")

                with pytest.raises(SnapshotStoreError, match="read only"):
                    await store.save(TWO)

                assert len(connected.client_list(_type="normal")) == len(before) - 1


async def test_a_server_that_only_reads_is_an_error_of_the_port() -> None:
    """This one is played, for machines without Redis: it refuses whatever is asked."""

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b"-READONLY You can't write against a read only replica.\r\n")
        await reader.read()
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with aclosing(redis_store(f"redis://127.0.0.1:{port}")) as store:
            with pytest.raises(SnapshotStoreError, match="read only"):
                await store.save(ONE)


# Sentinels.


@needs_redis_server
async def test_sentinels_may_have_tls_and_a_user_of_their_own(tmp_path: Path) -> None:
    """Both are told from the master's, whose user may do nothing at the Sentinel."""
    options, ca_file = with_certificate(tmp_path)
    options += ["--tls-replication", "yes"]
    user = ["--user", "ele", "on", ">se&nha", "-@all", "+sentinel|masters"]
    with (
        redis_server(*options, "--requirepass", "senha", tls=True) as server,
        sentinel_of(server, tmp_path, *options, *user, "--requirepass", "outra") as port,
    ):
        url = f"rediss+sentinel://:senha@127.0.0.1:{port}/{MASTER_NAME}/3"
        as_itself = RedisStore(
            f"{url}?sentinel_username=ele&sentinel_password=se%26nha",
            FORMAT,
            prefix=PREFIX,
            ca_file=ca_file,
            **PATIENT,
        )
        as_nobody = RedisStore(url, FORMAT, prefix=PREFIX, ca_file=ca_file, **PATIENT)
        async with aclosing(as_itself), aclosing(as_nobody):
            version = await as_itself.save(TWO)

            assert await as_itself.load() == Stored(TWO, version)
            with pytest.raises(SnapshotStoreError):
                await as_nobody.load()


async def test_an_error_does_not_contain_the_passwords() -> None:
    """It says that no Sentinel answers."""
    port = free_port()
    url = f"rediss+sentinel://u:segredo@127.0.0.1:{port}/mestre?sentinel_password=segredo"
    async with aclosing(redis_store(url)) as store:
        with pytest.raises(SnapshotStoreError, match="Sentinel") as caught:
            await store.load()

    assert "segredo" not in str(caught.value)
