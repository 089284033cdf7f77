"""What could not be stored is stored again, within bounds."""

import asyncio

from src.application.on_demand.shared_values import SharedValues
from src.application.ports.value_store import Kept, ValueStoreError
from src.infra.storage.values.memory_values import MemoryValues
from src.infra.storage.values.value_format import ValueFormat
from tests.application.on_demand.test_last_good_by_key import FakeValues
from tests.helpers.fakes import NOON


async def missed_and_stored(near: MemoryValues[int], **bounds: int) -> list[str]:
    """The keys that are stored in the end, if the store fails for a and b, and works for c."""
    store = FakeValues()
    shared = SharedValues(store=store, near=near, **bounds)
    store.trouble = ValueStoreError("cheio")
    for key in "abc":
        await near.put(key, Kept(1, NOON))
        if key == "c":
            store.trouble = None
        shared.put(key, Kept(1, NOON))
        async with asyncio.timeout(10):
            while shared._storing:
                await asyncio.sleep(0)
    return sorted(store.values)


async def test_what_was_missed_is_stored_again() -> None:
    """As soon as one value gets through."""
    assert await missed_and_stored(MemoryValues(ValueFormat(int))) == ["a", "b", "c"]


async def test_few_missed_keys_are_remembered() -> None:
    """However long the store is away."""
    near = MemoryValues(ValueFormat(int))

    assert await missed_and_stored(near, most_not_stored=1) == ["a", "c"]


async def test_a_value_that_memory_has_dropped_is_not_stored_again() -> None:
    """It is asked for anew when somebody wants it."""
    near = MemoryValues(ValueFormat(int), most_values=2)

    assert await missed_and_stored(near) == ["b", "c"]


async def test_the_end_waits_for_what_is_being_stored() -> None:
    """What was asked of the upstream last is not lost with the process."""

    class Slow(FakeValues):
        async def put(self, key: str, kept: Kept[int]) -> None:
            await asyncio.sleep(0.01)
            await super().put(key, kept)

    store, near = Slow(), MemoryValues(ValueFormat(int))
    shared = SharedValues(store=store, near=near, ends_within_s=60)
    shared.put("a", Kept(1, NOON))

    await shared.aclose()

    assert await store.get("a") == Kept(1, NOON)


async def test_the_end_does_not_wait_for_a_store_that_hangs() -> None:
    """What is being stored is broken off."""

    class Hanging(FakeValues):
        async def put(self, key: str, kept: Kept[int]) -> None:
            await asyncio.Event().wait()

    shared = SharedValues(store=Hanging(), near=MemoryValues(ValueFormat(int)), wait_s=60)
    shared.put("a", Kept(1, NOON))
    await asyncio.sleep(0)

    async with asyncio.timeout(10):
        await shared.aclose()

    assert not shared._storing
