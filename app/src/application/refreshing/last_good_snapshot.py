"""The last good snapshot: in memory, and in the store that others share."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Generic, Literal

from src.application.ports.snapshot_store import (
    DamagedSnapshotError,
    ForeignSnapshotError,
    SnapshotStore,
    SnapshotStoreError,
    Stored,
)
from src.domain.outline import RootOutline, may_follow, outline
from src.domain.snapshot import S, Snapshot, Source
from src.domain.succession import ANY_CHANGE, DISBELIEF, CredibleChange, missing, succeed

log = logging.getLogger(__name__)

# How often a process looks whether another one has stored something newer, in seconds: the promise
# is two, for the look, the reading and the writing out.
LOOK_EVERY_S = 0.5

# The clocks of machines differ, but not by more than this.
MOST_AHEAD = timedelta(days=1)

Call = Literal["load", "save", "turn"]


async def no_bundled() -> None:
    """Nothing ships with the code."""


class LastGoodSnapshot(Generic[S]):
    """Keeps the last good snapshot, with or without the help of the store.

    What is stored follows the same rule as what is collected: the newer one counts, and what it
    lacks beyond a credible `change` is kept. What another process has stored and does not count is
    replaced. A snapshot without roots, with gaps that it does not name, or of tomorrow by the clock
    `now`, is damaged.

    What is stored when nothing is known here follows the rule beside the `bundled` snapshot, unless
    a change in it was vouched for or confirmed. That snapshot takes long to load, so only its
    `bundled_outline` is looked at before the first answer, and `compare` does the rest. The same
    holds after a standstill, when what is known here is too old to compare with; `standstills`
    counts them.

    If the store fails, snapshots are neither stored nor shared, but none is lost: memory keeps it,
    the trouble is logged once, not at each attempt, and what was missed is stored later. A save is
    repeated for `insist_s` seconds; then again after `save_again_s` at the earliest. Processes that
    disagree about what is stored replace it every `disagree_s` at most.
    """

    def __init__(
        self,
        store: SnapshotStore[S],
        *,
        change: CredibleChange | None = None,
        bundled: Callable[[], Awaitable[S | None]] = no_bundled,
        bundled_outline: Callable[[], Sequence[RootOutline]] | None = None,
        standstills: Callable[[], int] = lambda: 0,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        insist_s: float = 1.0,
        save_again_s: float = 30.0,
        disagree_s: float = 5.0,
    ) -> None:
        self._store = store
        self._change = change
        self._bundled = bundled
        self._bundled_outline = bundled_outline
        self._is_compared = True
        self._standstills = standstills
        self._standstills_seen = standstills()
        self._now = now
        self._insist_s = insist_s
        self._retry_s = save_again_s
        self._disagree_s = disagree_s
        self._version: str | None = None
        self._is_stored = True
        self._is_foreign = False
        self._damage_is_told = False
        self._save_again_at = 0.0
        self._failing: set[Call] = set()
        self._one_at_a_time = asyncio.Lock()
        self.snapshot: S | None = None

    @property
    def is_out_of_reach(self) -> bool:
        """Whether the store could not be read last; one that hangs is not asked again and again."""
        return "load" in self._failing

    async def take_over(self) -> S | None:
        """Take what another process has stored since; None if there is nothing newer.

        If the store lacks the snapshot known here, it is saved again.
        """
        async with self._one_at_a_time:
            standstills = self._standstills()  # one during this look counts for the next
            try:
                version = await self._store.version()
                is_news = version not in {None, self._version}
                stored = self._usable(await self._store.load()) if is_news else None
            except DamagedSnapshotError as error:
                self._version = error.version
                self._is_foreign = isinstance(error, ForeignSnapshotError)
                self._ignored(error)
                await self._replace()
                return None
            except Exception as error:  # noqa: BLE001  # collecting depends on no store
                self._failed("load", error)
                return None
            seen, self._standstills_seen = self._standstills_seen, standstills
            if self.is_out_of_reach:
                # The store is back: save at once what it missed, and trust its turns again.
                self._save_again_at = 0.0
                self._worked("load", "turn")
            if version != self._version:
                self._is_foreign = False
            if stored is not None:
                self._version = stored.version
                self._damage_is_told = False
                return await self._succeeded_by(stored.snapshot, stood_still=standstills > seen)
            if version is None or is_news or not self._is_stored:
                await self._save_again()
            return None

    async def compare(self) -> S | None:
        """Hold against the bundled snapshot what was taken while nothing was known.

        What stands in its place from now on; None if it may stay. The next look stores it, unless
        it finds something newer.
        """
        async with self._one_at_a_time:
            return None if self._is_compared else await self._compare()

    async def put(self, snapshot: S) -> None:
        """Put the snapshot in the place of the last one."""
        async with self._one_at_a_time:
            self.snapshot = snapshot
            self._is_stored = False

    async def save(self) -> None:
        """Store what was put, for the others and for the next start.

        A store that refuses it is asked again for a second: a virus scanner may hold a file, and
        whoever has the next turn would collect again.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + self._insist_s
        async with self._one_at_a_time:
            error = await self._save()
            while error is not None and loop.time() < until:
                await asyncio.sleep(0.1)
                error = await self._save()
            if error is not None:
                self._failed("save", error)

    async def save_at_the_end(self, *, within_s: float) -> None:
        """Store what is not stored yet, within this many seconds: the process is about to end."""
        if self.snapshot is not None and not self._is_stored:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._save_unless_older(), within_s)

    async def _save_unless_older(self) -> None:
        await self.take_over()  # it may have been frozen up to now
        if not self._is_stored:
            await self.save()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[bool]:
        """Whether this process may refresh while the block runs.

        If the store cannot tell, it may: two collections are better than none.
        """
        async with AsyncExitStack() as stack:
            is_ours = True
            if not self.is_out_of_reach:
                try:
                    is_ours = await stack.enter_async_context(self._store.turn())
                except Exception as error:  # noqa: BLE001  # as above
                    self._failed("turn", error)
                else:
                    self._worked("turn")
            yield is_ours

    def _usable(self, stored: Stored[S] | None) -> Stored[S] | None:
        """The same. Raises DamagedSnapshotError if no process can have collected it."""
        flaw = _flaw(stored.snapshot, self._now()) if stored is not None else None
        if stored is not None and flaw is not None:
            raise DamagedSnapshotError(flaw, stored.version)
        return stored

    async def _succeeded_by(self, stored: S, *, stood_still: bool) -> S | None:
        """Take what is stored by the rule for what is collected; None if it is older."""
        known = self.snapshot
        if known is not None and _order(stored) < _order(known):
            await self._replace()
            return None
        if stood_still and known is not None:
            log.info("Este processo esteve parado; valem os dados que outro coletou nesse tempo")
            known = None
        taken = stored
        if known is not None and not _is_answer(stored, known):
            taken = await asyncio.to_thread(_succeeding, known, stored, self._change)
        self.snapshot = taken
        self._is_stored = True
        # Another process has written: the store works again.
        self._worked("save", "turn")
        if known is None:
            self._is_compared = stored.believed_at is not None
            if not self._is_compared and not await asyncio.to_thread(self._may_follow, stored):
                taken = await self._compare() or taken
        if taken is not stored:
            await self._replace()
        return taken

    def _may_follow(self, stored: S) -> bool:
        if self._bundled_outline is None:
            return True
        return may_follow(self._bundled_outline(), outline(stored.roots), self._change)

    async def _compare(self) -> S | None:
        self._is_compared = True
        bundled, taken = await self._bundled(), self.snapshot
        if bundled is None or taken is None:
            return None
        completed = await asyncio.to_thread(_succeeding, bundled, taken, self._change)
        if completed is taken:
            return None
        for gap in [gap for gap in completed.filled if gap.reason in DISBELIEF][:1]:
            log.warning(
                "Os dados armazenados diferem demais dos que acompanham o código, que completam "
                "ou substituem o que não é plausível até a próxima coleta; o primeiro item é "
                "%s: %s. Se a mudança for real, peça uma coleta que a aceite: "
                "POST …/refreshes?any_change=true",
                gap.nome,
                gap.reason,
            )
        self.snapshot = completed
        self._is_stored = False
        return completed

    async def _replace(self) -> None:
        """Store what is known here in place of what is stored, unless that was done just now."""
        self._is_stored = False
        if await self._save_again():
            self._save_again_at = asyncio.get_running_loop().time() + self._disagree_s

    async def _save_again(self) -> bool:
        """Store what is known, unless that failed just now; whether it is stored."""
        now = asyncio.get_running_loop().time()
        if self.snapshot is None or now < self._save_again_at:
            return False
        error = await self._save()
        if error is not None:
            self._failed("save", error)
        return error is None

    async def _save(self) -> Exception | None:
        """Store what is known, unless another release's is there; what went wrong, if anything."""
        assert self.snapshot is not None
        if self._is_foreign:
            return None
        try:
            self._version = await self._store.save(self.snapshot)
        except Exception as error:  # noqa: BLE001  # as above
            self._save_again_at = asyncio.get_running_loop().time() + self._retry_s
            return error
        self._is_stored = True
        self._worked("save")
        if "turn" in self._failing:  # nobody here may ask for one for a day
            async with self.turn():
                pass
        return None

    def _ignored(self, error: DamagedSnapshotError) -> None:
        if not self._damage_is_told:
            log.warning("Os dados armazenados foram ignorados: %s", error)
        self._damage_is_told = True

    def _failed(self, call: Call, error: Exception) -> None:
        if not self._failing:
            is_known = isinstance(error, SnapshotStoreError)
            log.log(
                logging.WARNING if is_known else logging.ERROR,
                "Sem o armazenamento, o serviço continua com os dados que tem: %s",
                str(error) or type(error).__name__,
                exc_info=None if is_known else error,
            )
        self._failing.add(call)

    def _worked(self, *calls: Call) -> None:
        if self._failing and self._failing.issubset(calls):
            log.info("O armazenamento voltou")
        self._failing.difference_update(calls)


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


def _order(snapshot: Snapshot) -> tuple[datetime, int]:
    """Greater for a newer snapshot."""
    return snapshot.collected_at, snapshot.failures


def _is_answer(stored: Snapshot, known: Snapshot) -> bool:
    """Whether another process has completed, by this rule, the very collection known here."""
    return stored.collected_at == known.collected_at and stored.failures > known.failures


def _is_vouched_for(stored: Snapshot, known: Snapshot) -> bool:
    """Whether another process believed, for a reason, a change that is not known here."""
    if stored.believed_at is None:
        return False
    return known.believed_at is None or stored.believed_at > known.believed_at


def _succeeding(known: S, stored: S, change: CredibleChange | None) -> S:
    is_vouched_for = _is_vouched_for(stored, known)
    succeeding = succeed(known, stored, ANY_CHANGE if is_vouched_for else change)
    if succeeding.roots != stored.roots:
        # Newer than what is stored, for those who have that.
        return replace(succeeding, failures=max(succeeding.failures, stored.failures + 1))
    if is_vouched_for or stored.believed_at == known.believed_at:
        return stored
    # Collected by a process that need not know why it is believed; a third one may ask.
    return replace(stored, believed_at=known.believed_at)
