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


async def turns_beside_another_process(**seconds: float) -> list[bool]:
    """Whether the turn is this process's while the store fails, and once it works again.

    Before, another process had the turn, which the store has forgotten.
    """
    store = FakeStore()
    fallible = FallibleStore(store, **seconds)  # type: ignore[arg-type]  # only its floats
    store.is_taken = True
    async with fallible.turn() as is_ours:
        assert not is_ours
    store.is_taken = False
    turns = []
    for trouble in (SnapshotStoreError("sem Redis"), SnapshotStoreError("sem Redis"), None):
        store.trouble = trouble
        async with fallible.turn() as is_ours:
            turns.append(is_ours)
    return turns


async def test_a_turn_is_left_to_another_process_while_the_store_fails() -> None:
    """That process goes on collecting, and takes the turn again once the store is back."""
    assert await turns_beside_another_process() == [False, False, False]


async def test_a_turn_is_not_left_to_another_process_for_ever() -> None:
    """It may have died with the store."""
    assert await turns_beside_another_process(left_to_others_s=0) == [True, True, True]


async def test_a_turn_that_nobody_takes_again_is_free() -> None:
    """The process that had it has had the time for it since the store is back."""
    assert (await turns_beside_another_process(taken_again_s=0))[-1]
