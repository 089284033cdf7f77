"""A store that fails, and what that costs."""

import pytest

from src.application.keeping.fallible_store import FallibleStore
from src.application.ports.snapshot_store import SnapshotStoreError
from tests.helpers.fakes import FakeStore


async def test_a_store_that_hangs_is_not_asked_again_at_once() -> None:
    """Each call may take a second, so a store out of reach is not asked for a turn."""
    store = FakeStore()
    fallible = FallibleStore(store)
    store.trouble = SnapshotStoreError("sem Redis")
    with pytest.raises(SnapshotStoreError):
        await fallible.load(known=None)

    async with fallible.turn() as is_ours:
        assert is_ours

    assert store.calls["turn"] == 0


async def test_a_store_that_can_be_read_but_not_locked_is_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A read-only file system is like that; reads that succeed are no news."""
    store = FakeStore()
    fallible = FallibleStore(store)

    for _ in range(3):
        store.trouble = SnapshotStoreError("só leitura")
        async with fallible.turn():
            store.trouble = None
            await fallible.load(known=None)

    assert len(caplog.messages) == 1
