"""The edition that answers requests at this moment."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from src.domain.snapshot import S

log = logging.getLogger(__name__)

Edition = TypeVar("Edition")


@dataclass(kw_only=True)
class CurrentEdition(Generic[S, Edition]):
    """The edition of the last good snapshot, or until there is one, of the bundled one.

    An edition is a snapshot made ready for its readers, once, by `make`. `load_bundled` loads the
    snapshot that ships with the code; None if it is not wanted.
    """

    make: Callable[[S], Awaitable[Edition]]
    load_bundled: Callable[[], Awaitable[S]] | None
    _live: Edition | None = field(default=None, init=False)
    _fallback: Edition | None = field(default=None, init=False)
    _fault_is_told: bool = field(default=False, init=False)
    # Serialised: the codings must belong to the edition published last.
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)

    @property
    def best(self) -> Edition | None:
        """The best edition there is; None if there is none."""
        return self._fallback if self._live is None else self._live

    @property
    def is_live(self) -> bool:
        """Whether that is one of live data."""
        return self._live is not None

    async def publish(self, snapshot: S) -> None:
        """Answer this snapshot from now on."""
        async with self._one_at_a_time:
            self._live = await self.make(snapshot)
            self._fallback = None  # never needed again

    async def settle_for_bundled(self) -> None:
        """Answer the bundled snapshot if there is nothing better."""
        async with self._one_at_a_time:
            if self.best is not None:
                return
            bundled = await self.bundled()
            if bundled is not None:
                self._fallback = await self.make(bundled)
                log.info("Respondendo com os dados que acompanham o código até haver uma coleta")

    async def bundled(self) -> S | None:
        """The snapshot that ships with the code; None if it is not wanted, or cannot be read."""
        if self.load_bundled is None:
            return None
        try:
            return await self.load_bundled()
        except (OSError, ValueError) as error:
            if not self._fault_is_told:
                log.error("Os dados que acompanham o código não puderam ser lidos: %s", error)  # noqa: TRY400  # a traceback would add nothing
            self._fault_is_told = True
            return None
