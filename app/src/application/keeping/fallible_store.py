"""The store as one process sees it: it may fail at any call, or hold what nobody has collected."""

import asyncio
import logging
import math
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Generic, Literal

from src.application.ports.snapshot_store import (
    DamagedSnapshotError,
    SnapshotStore,
    SnapshotStoreError,
    Stored,
)
from src.domain.snapshot import S, Snapshot, Source
from src.domain.succession import missing

log = logging.getLogger(__name__)

# The clocks of machines differ, but not by more than this.
MOST_AHEAD = timedelta(days=1)

# The pause before a save is repeated, in seconds.
_REPEAT_S = 0.1

Call = Literal["load", "save", "turn"]


class FallibleStore(Generic[S]):
    """Calls the store; an outage costs nothing but the store, and is logged once, not at each call.

    An outage begins with the first call that fails, whatever it raises, and is over as soon as
    calls of each kind that failed work again. A snapshot without roots, with gaps that it does not
    name, or of tomorrow by the clock `now`, is damaged, which is logged once, too.

    If the store fails while another process has the turn, the turn is left to that process, for
    `left_to_others_s` seconds after it was seen to have it. A store that works again may have
    forgotten it, so that process gets `taken_again_s` seconds to take it again.
    """

    def __init__(
        self,
        store: SnapshotStore[S],
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        # A replica is promoted in a few seconds, if it is asked to be quick about it.
        left_to_others_s: float = 15.0,
        # A turn is renewed every second, and each attempt may take two.
        taken_again_s: float = 3.0,
    ) -> None:
        self._store = store
        self._now = now
        self._left_to_others_s = left_to_others_s
        self._taken_again_s = taken_again_s
        self._others_had_it_at = -math.inf
        self._failed_at = -math.inf
        self._failing: set[Call] = set()
        self._damage_is_told = False

    @property
    def is_out_of_reach(self) -> bool:
        """Whether the store could not be read last; one that hangs is not asked again and again."""
        return "load" in self._failing

    async def load(self, *, known: str | None) -> tuple[str | None, Stored[S] | None]:
        """The version of what is stored, if anything is; and that itself unless it is `known`.

        Raises DamagedSnapshotError, or another SnapshotStoreError for whatever goes wrong.
        """
        try:
            version = await self._store.version()
            is_news = version not in {None, known}
            stored = self._usable(await self._store.load()) if is_news else None
        except DamagedSnapshotError as error:
            if not self._damage_is_told:
                log.warning("Os dados armazenados foram ignorados: %s", error)
            self._damage_is_told = True
            raise
        except Exception as error:
            self._failed("load", error)
            raise SnapshotStoreError(str(error)) from error
        if self.is_out_of_reach:
            self.worked("load", "turn")  # its turns are trusted again
        if stored is not None:
            self._damage_is_told = False
        return version, stored

    async def save(self, snapshot: S, *, until: float) -> str | None:
        """Save it; its version, or None if the store refuses it.

        One that refuses it is asked again `until` this time of the event loop: a virus scanner may
        hold a file, and whoever has the next turn would collect again.
        """
        while True:
            try:
                version = await self._store.save(snapshot)
            except Exception as error:  # noqa: BLE001  # collecting depends on no store
                if asyncio.get_running_loop().time() >= until:
                    self._failed("save", error)
                    return None
            else:
                self.worked("save")
                return version
            await asyncio.sleep(_REPEAT_S)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[bool]:
        """Whether this process may refresh while the block runs.

        If the store cannot tell, it may: two collections are better than none. But not while one
        is left to another process.
        """
        async with AsyncExitStack() as stack:
            is_ours = not self._is_left_to_others()
            if is_ours and not self.is_out_of_reach:
                try:
                    is_ours = await stack.enter_async_context(self._store.turn())
                except Exception as error:  # noqa: BLE001  # as above
                    self._failed("turn", error)
                    is_ours = not self._is_left_to_others()
                else:
                    self.worked("turn")
                    if not is_ours:
                        self._others_had_it_at = asyncio.get_running_loop().time()
            yield is_ours

    async def try_turns_again(self) -> None:
        """Take a turn for nothing if the last failed: nobody may ask for one for a day."""
        if "turn" in self._failing:
            async with self.turn():
                pass

    def worked(self, *calls: Call) -> None:
        """Such calls work, here or in another process."""
        if self._failing and self._failing.issubset(calls):
            log.info("O armazenamento voltou")
        self._failing.difference_update(calls)

    def _is_left_to_others(self) -> bool:
        """Whether another process had the turn, and the store may have forgotten that since."""
        now = asyncio.get_running_loop().time()
        return (
            now < self._others_had_it_at + self._left_to_others_s
            and now < self._failed_at + self._taken_again_s
        )

    def _failed(self, call: Call, error: Exception) -> None:
        self._failed_at = asyncio.get_running_loop().time()
        if not self._failing:
            is_known = isinstance(error, SnapshotStoreError)
            log.log(
                logging.WARNING if is_known else logging.ERROR,
                "Sem o armazenamento, o serviço continua com os dados que tem: %s",
                str(error) or type(error).__name__,
                exc_info=None if is_known else error,
            )
        self._failing.add(call)

    def _usable(self, stored: Stored[S] | None) -> Stored[S] | None:
        """The same. Raises DamagedSnapshotError if no process can have collected it."""
        flaw = _flaw(stored.snapshot, self._now()) if stored is not None else None
        if stored is not None and flaw is not None:
            raise DamagedSnapshotError(flaw, stored.version)
        return stored


def _flaw(stored: Snapshot, now: datetime) -> str | None:
    """Why no process can have collected this; None if one can."""
    named = {gap.key for gap in stored.missing}
    if not stored.roots or any(gap.key not in named for gap in missing(stored.roots)):
        return "não há dados neles, ou faltam partes sem que isso conste"
    if stored.source is not Source.LIVE:
        return "não foram coletados"
    if stored.collected_at - now > MOST_AHEAD:
        return "a data da coleta está no futuro"
    if stored.believed_at is not None and stored.believed_at > stored.collected_at:
        return "uma mudança foi aceita antes de ser coletada"
    if stored.failures < 0:
        return "o número de falhas é negativo"
    return None
