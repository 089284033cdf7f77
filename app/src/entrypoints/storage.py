"""The storage that a setting names."""

import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

from src import NAME
from src.application.ports.refresh_journal import RefreshJournal
from src.application.ports.snapshot_store import SnapshotStore
from src.application.ports.value_store import ValueStore
from src.domain.snapshot import S
from src.entrypoints.settings import APP_DIR, ServiceSettings
from src.infra.storage.journals.file_journal import FileJournal
from src.infra.storage.journals.memory_journal import MemoryJournal
from src.infra.storage.snapshots.file_store import FileStore
from src.infra.storage.snapshots.memory_store import MemoryStore
from src.infra.storage.snapshots.snapshot_format import SnapshotFormat
from src.infra.storage.values.file_values import FileValues
from src.infra.storage.values.value_format import ValueFormat

V = TypeVar("V")


@asynccontextmanager
async def open_storage(
    settings: ServiceSettings, kind: type[S], *, folder: str = ""
) -> AsyncIterator[tuple[SnapshotStore[S], RefreshJournal]]:
    """Where the snapshots of this kind and the progress of their refreshes are kept.

    Processes share it whose settings name the same store. `folder` keeps it apart from what other
    features store there.
    """
    address = settings.snapshot_store
    scheme, _, rest = address.partition(":")
    if scheme == "memory":
        yield MemoryStore(), MemoryJournal()
    elif scheme == "file":
        directory = APP_DIR / rest / folder
        journal = FileJournal(directory / "refreshes")
        yield FileStore(directory, SnapshotFormat(kind), make_room=journal.make_room), journal
    else:
        # redis-py takes 0.07 s to import: on demand.
        from src.infra.storage.journals.redis_journal import RedisJournal  # noqa: PLC0415  # as above
        from src.infra.storage.snapshots.redis_store import RedisStore  # noqa: PLC0415  # as above

        prefix, ca_file = _prefix(folder), settings.redis_ca_file
        redis_store = RedisStore(address, SnapshotFormat(kind), prefix=prefix, ca_file=ca_file)
        async with (
            contextlib.aclosing(redis_store),
            contextlib.aclosing(RedisJournal(address, prefix=prefix, ca_file=ca_file)) as on_redis,
        ):
            yield redis_store, on_redis


@asynccontextmanager
async def open_values(
    settings: ServiceSettings, kind: type[V], *, folder: str
) -> AsyncIterator[ValueStore[V] | None]:
    """Where values of this kind are kept by key, in the same store; None for `memory:`."""
    address = settings.snapshot_store
    scheme, _, rest = address.partition(":")
    if scheme == "memory":
        yield None
    elif scheme == "file":
        yield FileValues(APP_DIR / rest / folder, ValueFormat(kind))
    else:
        from src.infra.storage.values.redis_values import RedisValues  # noqa: PLC0415  # as above

        values = RedisValues(
            address, ValueFormat(kind), prefix=_prefix(folder), ca_file=settings.redis_ca_file
        )
        async with contextlib.aclosing(values):
            yield values


def _prefix(folder: str) -> str:
    return f"{NAME}:{folder}:" if folder else f"{NAME}:"
