"""The storage that a setting names."""

import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from src import NAME
from src.application.ports.refresh_journal import RefreshJournal
from src.application.ports.snapshot_store import SnapshotStore
from src.domain.snapshot import S
from src.entrypoints.settings import APP_DIR
from src.infra.storage.file_journal import FileJournal
from src.infra.storage.file_store import FileStore
from src.infra.storage.memory_journal import MemoryJournal
from src.infra.storage.memory_store import MemoryStore
from src.infra.storage.snapshot_format import SnapshotFormat


@asynccontextmanager
async def open_storage(
    address: str, kind: type[S], *, folder: str = ""
) -> AsyncIterator[tuple[SnapshotStore[S], RefreshJournal]]:
    """Where the snapshots of this kind and the progress of their refreshes are kept.

    Processes share it that are given the same address, which is a value of SNAPSHOT_STORE. `folder`
    keeps it apart from what other features store there.
    """
    scheme, _, rest = address.partition(":")
    if scheme == "memory":
        yield MemoryStore(), MemoryJournal()
    elif scheme == "file":
        directory = APP_DIR / rest / folder
        yield FileStore(directory, SnapshotFormat(kind)), FileJournal(directory / "refreshes")
    else:
        # redis-py takes 0.07 s to import: on demand.
        from src.infra.storage.redis_journal import RedisJournal  # noqa: PLC0415  # as above
        from src.infra.storage.redis_store import RedisStore  # noqa: PLC0415  # as above

        prefix = f"{NAME}:{folder}:" if folder else f"{NAME}:"
        async with (
            contextlib.aclosing(RedisStore(address, SnapshotFormat(kind), prefix=prefix)) as store,
            contextlib.aclosing(RedisJournal(address, prefix=prefix)) as journal,
        ):
            yield store, journal
