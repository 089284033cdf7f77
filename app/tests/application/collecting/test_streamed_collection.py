"""The roots of a running collection, as they become whole."""

import asyncio
from collections.abc import Callable, Iterable

from src.application.collecting.streamed_collection import StreamedCollection
from tests.helpers.fakes import live
from tests.helpers.shelves import HIGH, LOW
from tests.sample_feature.shelves import Box, Shelf, ShelvesSnapshot


class Collection:
    """A streamed collection in which shelves become whole when the test says so.

    `earlier` are the shelves known before.
    """

    def __init__(self, *earlier: Shelf) -> None:
        self.streamed = StreamedCollection(collect=self._collect, earlier=self._earlier)
        self._known = earlier
        self._running: asyncio.Task[ShelvesSnapshot] | None = None

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

    async def followed(self) -> list[Shelf]:
        """Everything that a follower gets until the end."""
        return [shelf async for shelf in self.streamed.follow()]

    async def _collect(self, on_root: Callable[[Shelf], None]) -> ShelvesSnapshot:
        self.add = on_root
        await self._end.wait()
        return live(())

    async def _earlier(self) -> Iterable[Shelf]:
        return self._known


async def test_followers_get_all_roots_whenever_they_join() -> None:
    """Early and late followers get the whole collection."""
    collection = Collection()
    await collection.begin()
    early = asyncio.create_task(collection.followed())
    await asyncio.sleep(0)
    collection.add(LOW)
    late = asyncio.create_task(collection.followed())
    await asyncio.sleep(0)
    collection.add(HIGH)
    await collection.end()

    assert await early == await late == [LOW, HIGH]


async def test_a_follower_before_the_first_collection_waits_for_it() -> None:
    """A follower after its end still gets all of it."""
    collection = Collection()
    early = asyncio.create_task(collection.followed())
    await asyncio.sleep(0)

    await collection.begin()
    collection.add(HIGH)
    await collection.end()

    assert await early == await collection.followed() == [HIGH]


async def test_a_follower_of_a_collection_is_not_led_into_the_next() -> None:
    """It gets the shelves of one collection only."""
    collection = Collection()
    await collection.begin()
    collection.add(HIGH)
    follower = asyncio.create_task(collection.followed())
    await asyncio.sleep(0)

    await collection.end()
    await collection.begin()
    collection.add(LOW)

    assert await follower == [HIGH]
    await collection.end()


async def test_a_root_that_is_not_believed_is_held_back() -> None:
    """It has lost too many of its boxes, compared with what was known before."""
    known = HIGH.with_children(Box(number, f"Caixa {number}") for number in range(30))
    collection = Collection(known, LOW)
    await collection.begin()

    collection.add(known.with_children((known.caixas or ())[:10]))
    collection.add(LOW)
    await collection.end()

    assert await collection.followed() == [LOW]
