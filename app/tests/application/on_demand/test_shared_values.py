"""What could not be stored is stored again, within bounds."""

import asyncio

import pytest

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


class ReadOnly(FakeValues):
    """A store that fails the kinds of calls in `failing`."""

    def __init__(self) -> None:
        super().__init__()
        self.failing: set[str] = set()

    async def get(self, key: str) -> Kept[int] | None:
        if "get" in self.failing:
            raise ValueStoreError("sem leitura")
        return await super().get(key)

    async def put(self, key: str, kept: Kept[int]) -> None:
        if "put" in self.failing:
            raise ValueStoreError("READONLY")
        await super().put(key, kept)


@pytest.mark.parametrize("back", ["get", "put"])
@pytest.mark.parametrize("failing", [{"put"}, {"get"}, {"get", "put"}], ids=["put", "get", "both"])
async def test_a_store_is_back_when_all_calls_work_again(
    failing: set[str], back: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Said once for an outage, whichever call finds it; a second outage is told, too."""
    caplog.set_level("INFO")
    store, near = ReadOnly(), MemoryValues(ValueFormat(int))
    shared = SharedValues(store=store, near=near, pause_s=0)
    await near.put("a", Kept(1, NOON))

    async def call(*kinds: str) -> None:
        for kind in kinds:
            if kind == "put":
                shared.put("a", Kept(1, NOON))
            else:
                await shared.newer("a")
            async with asyncio.timeout(10):
                while shared._storing:
                    await asyncio.sleep(0)

    for _ in range(2):
        store.failing = failing
        for _ in range(3):
            await call("get", "put")
        store.failing = set()
        await call(back)

    assert [line.split()[0] for line in caplog.messages] == ["Sem", "O"] * 2
    assert await store.get("a") == Kept(1, NOON)


async def test_a_store_is_back_though_nothing_is_left_to_try_it_with(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Memory has dropped the value that it has missed, and reading works."""
    caplog.set_level("INFO")
    store = ReadOnly()
    shared = SharedValues(store=store, near=MemoryValues(ValueFormat(int)), pause_s=0)
    store.failing = {"put"}
    shared.put("a", Kept(1, NOON))
    async with asyncio.timeout(10):
        while shared._storing:
            await asyncio.sleep(0)
    await shared.newer("b")
    await shared.aclose()

    assert [line.split()[0] for line in caplog.messages] == ["Sem", "O"]


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
