"""Hands out the roots of the first collection to callers that do not wait for its end."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic

from src.application.collecting.streamed_collection import Root, StreamedCollection
from src.application.refreshing.current_edition import Edition
from src.application.refreshing.freshness import Freshness


@dataclass(frozen=True, slots=True, kw_only=True)
class RootsAsTheyCome(Generic[Root, Edition]):
    """Hands out the roots of the first collection while it runs."""

    collection: StreamedCollection[Root, Any]  # has them
    freshness: Freshness[Edition]  # has the edition that follows
    roots_of: Callable[[Edition], Sequence[Root]]  # gives the roots of that

    async def begin(self) -> AsyncIterator[Root] | None:
        """Each root as it is ready, and then those that could not be read whole.

        None if there is an edition, or if there is one before the first root.
        """
        if not self.freshness.waits_for_the_first:
            return None
        roots = self.collection.follow()
        first = asyncio.ensure_future(anext(roots, None))
        edition = asyncio.ensure_future(self.freshness.edition())
        try:
            await asyncio.wait({first, edition}, return_when=asyncio.FIRST_COMPLETED)
            root = first.result() if first.done() else None
        finally:
            first.cancel()
            edition.cancel()
            await asyncio.gather(first, edition, return_exceptions=True)
        return self._from(root, roots) if root is not None else None

    async def _from(self, first: Root, others: AsyncIterator[Root]) -> AsyncIterator[Root]:
        sent = {first.id}
        yield first
        async for root in others:
            sent.add(root.id)
            yield root
        for root in self.roots_of(await self.freshness.edition()):
            if root.id not in sent:
                yield root
