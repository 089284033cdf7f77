"""The roots of a running collection, as they become whole."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace

from src.application.collecting.streamed_collection import StreamedCollection
from src.domain.localities.territory import State
from src.domain.localities.territory_snapshot import TerritorySnapshot
from tests.helpers.fakes import live
from tests.helpers.places import DISTRITO_FEDERAL, RONDONIA


class Collection:
    """A streamed collection in which states become whole when the test says so.

    `earlier` are the states known before.
    """

    def __init__(self, *earlier: State) -> None:
        self.streamed = StreamedCollection(collect=self._collect, earlier=self._earlier)
        self._known = earlier
        self._running: asyncio.Task[TerritorySnapshot] | None = None

    async def begin(self) -> None:
        """Begins to collect."""
        self._end = asyncio.Event()
        self._running = asyncio.create_task(self.streamed.collect())
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    async def end(self) -> None:
        """Ends the collection."""
        self._end.set()
        assert self._running is not None
        await self._running

    async def followed(self) -> list[State]:
        """Everything that a follower gets until the end."""
        return [state async for state in self.streamed.follow()]

    async def _collect(self, on_state: Callable[[State], None]) -> TerritorySnapshot:
        self.add = on_state
        await self._end.wait()
        return live(())

    async def _earlier(self) -> Iterable[State]:
        return self._known


async def test_followers_get_all_states_whenever_they_join() -> None:
    """Early and late followers get the whole collection."""
    collection = Collection()
    await collection.begin()
    early = asyncio.create_task(collection.followed())
    await asyncio.sleep(0)
    collection.add(DISTRITO_FEDERAL)
    late = asyncio.create_task(collection.followed())
    await asyncio.sleep(0)
    collection.add(RONDONIA)
    await collection.end()

    assert await early == await late == [DISTRITO_FEDERAL, RONDONIA]


async def test_a_follower_before_the_first_collection_waits_for_it() -> None:
    """A follower after its end still gets all of it."""
    collection = Collection()
    early = asyncio.create_task(collection.followed())
    await asyncio.sleep(0)

    await collection.begin()
    collection.add(RONDONIA)
    await collection.end()

    assert await early == await collection.followed() == [RONDONIA]


async def test_a_follower_of_a_collection_is_not_led_into_the_next() -> None:
    """It gets the states of one collection only."""
    collection = Collection()
    await collection.begin()
    collection.add(RONDONIA)
    follower = asyncio.create_task(collection.followed())
    await asyncio.sleep(0)

    await collection.end()
    await collection.begin()
    collection.add(DISTRITO_FEDERAL)

    assert await follower == [RONDONIA]
    await collection.end()


async def test_a_state_that_is_not_believed_is_held_back() -> None:
    """It has lost too many of its places, compared with what was known before."""
    city = RONDONIA.cidades[0]
    many = [replace(city, id=1100000 + number, distritos=None) for number in range(15, 45)]
    known = replace(RONDONIA, cidades=tuple(many))
    collection = Collection(known, DISTRITO_FEDERAL)
    await collection.begin()

    collection.add(replace(known, cidades=known.cidades[:10]))
    collection.add(DISTRITO_FEDERAL)
    await collection.end()

    assert await collection.followed() == [DISTRITO_FEDERAL]
