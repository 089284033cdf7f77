"""Writes down how the refresh that runs in this process goes on, for every process to tell."""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from src.application.ports.refresh_journal import RefreshJournal
from src.application.ports.refresh_progress import Outcome, Phase, Progress
from src.application.ports.upstream_errors import UpstreamError
from src.application.telling.fan_out_counts import FanOutCounts
from src.domain.snapshot import Snapshot
from src.domain.tree import count_by_level

log = logging.getLogger(__name__)

# How often progress is recorded: in seconds at the beginning, and as a share of the time that the
# refresh has taken so far: one that takes an hour is not to fill the journal. The longest pause
# still shows that somebody is at it.
TELL_EVERY_S = 0.1
TELL_EVERY_SHARE = 0.02
TELL_AT_LEAST_EVERY_S = 5.0


def pause_s(age_s: float) -> float:
    """After how many seconds to tell again how a refresh of this age goes."""
    return min(max(TELL_EVERY_S, TELL_EVERY_SHARE * age_s), TELL_AT_LEAST_EVERY_S)


@dataclass(slots=True)
class Recording:
    """One refresh while it is recorded; `phase`, `outcome` and `cause` are written at its end.

    What it has brought is known before it is stored, and until then it runs.
    """

    refresh: str
    by_hand: bool
    begun_at: datetime
    asked_by_hand_at: datetime | None
    phase: Phase = Phase.RUNNING
    outcome: Outcome | None = None
    cause: str | None = None
    told: int = 0

    def collected(self, snapshot: Snapshot) -> None:
        """The refresh has brought this."""
        self.phase = Phase.WHOLE if snapshot.is_whole else Phase.PARTIAL
        self.outcome = Outcome(
            count_by_level(snapshot.roots), len(snapshot.missing), len(snapshot.filled)
        )


@dataclass(kw_only=True)
class RefreshRecorder:
    """Keeps the journal of the refreshes that run here.

    A journal that fails costs the telling, never the refresh.
    """

    journal: RefreshJournal  # what all processes can read
    fan_out: FanOutCounts  # the counts of the collection
    plan: str  # the feature's name for the way in which it asks the upstream
    now: Callable[[], datetime]  # tells the time, in UTC
    # After how many seconds to tell again how a refresh goes, by its age in seconds.
    pause_s: Callable[[float], float] = pause_s
    # Hears of each refresh that has ended, with the seconds that it took.
    ended: Callable[[Phase, float], object] = lambda *_: None
    _is_failing: bool = field(default=False, init=False)
    _begun: asyncio.Future[Progress] | None = field(default=None, init=False)

    def begun(self) -> asyncio.Future[Progress]:
        """Resolves with the first moment of the next refresh that begins here."""
        if self._begun is None or self._begun.done():
            self._begun = asyncio.get_running_loop().create_future()
        return self._begun

    @asynccontextmanager
    async def recording(self, *, by_hand: bool) -> AsyncIterator[Recording]:
        """Record the refresh that the block makes; `by_hand` says whether somebody asked for it."""
        now = self.now()
        self.fan_out.begin()
        recording = Recording(_id(now.timestamp() * 1000), by_hand, now, now if by_hand else None)
        is_over = asyncio.Event()
        telling = asyncio.create_task(self._keep_telling(recording, is_over))
        try:
            yield recording
        except asyncio.CancelledError:
            recording.phase = Phase.BROKEN_OFF
            raise
        except UpstreamError as error:
            recording.phase, recording.cause = Phase.FAILED, type(error).__name__
            raise
        except BaseException:
            recording.phase = Phase.FAILED
            raise
        finally:
            self.ended(recording.phase, self.fan_out.seconds)
            is_over.set()  # not by cancelling it: what it is writing must not come after the end
            await telling

    async def _keep_telling(self, recording: Recording, is_over: asyncio.Event) -> None:
        await self._succeed_the_last(recording)
        while not is_over.is_set():
            await self._tell(recording, Phase.RUNNING)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(is_over.wait(), self.pause_s(self.fan_out.seconds))
        self.fan_out.end(recording.phase)
        await self._tell(recording, recording.phase)

    async def _succeed_the_last(self, recording: Recording) -> None:
        """Be later than the last refresh that was told, and keep what it knows."""
        with contextlib.suppress(Exception):  # told with the first that is not appended
            for newest in (await self.journal.refreshes())[:1]:
                if newest >= recording.refresh:  # by a clock that has been set back since
                    recording.refresh = _id(int(newest[:12], 16) + 1)
                last = await self.journal.last(newest)
                if last is not None and not recording.by_hand:
                    recording.asked_by_hand_at = last.asked_by_hand_at

    async def _tell(self, recording: Recording, phase: Phase) -> None:
        fan_out = self.fan_out
        progress = Progress(
            refresh=recording.refresh,
            number=recording.told,
            phase=phase,
            by_hand=recording.by_hand,
            asked_by_hand_at=recording.asked_by_hand_at,
            plan=self.plan,
            begun_at=recording.begun_at,
            seconds=fan_out.seconds,
            requests=fan_out.requests,
            most_in_flight=fan_out.most_in_flight,
            roots_in_work=fan_out.roots_in_work,
            limits=fan_out.limits,
            roots=fan_out.roots(),
            outcome=recording.outcome if phase is not Phase.RUNNING else None,
            cause=recording.cause,
            attempts=fan_out.attempts,
        )
        try:
            await self.journal.append(progress)
        except Exception as error:  # noqa: BLE001  # whatever it is, it costs the telling only
            if not self._is_failing:
                log.warning("Não foi possível registrar o andamento da coleta: %s", error)
            self._is_failing = True
        else:
            if self._is_failing:
                log.info("O andamento da coleta volta a ser registrado")
            self._is_failing = False
            if recording.told == 0 and self._begun is not None and not self._begun.done():
                self._begun.set_result(progress)
            recording.told += 1
            fan_out.forget_attempts(len(progress.attempts))


def _id(ms: float) -> str:
    """As long as the clock goes on, greater than all before it: the time in ms, and some chance."""
    return f"{int(ms):012x}{secrets.token_hex(4)}"
