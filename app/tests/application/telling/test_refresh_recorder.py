"""The recorder writes each refresh down, and a failing journal costs nothing else."""

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from src.application.ports.refresh_journal import RefreshJournalError
from src.application.ports.refresh_progress import Outcome, Phase, Progress
from src.application.ports.upstream_errors import UpstreamTimeoutError
from src.application.telling.refresh_recorder import pause_s
from src.domain.snapshot import Gap
from src.infra.storage.journals.memory_journal import MemoryJournal
from tests.helpers.fakes import NOON, Clock, live, recorder
from tests.helpers.shelves import TWO_SHELVES
from tests.sample_feature.shelves import Level

TREE = live(TWO_SHELVES)


class FailingJournal(MemoryJournal):
    """Fails while `fails` is set."""

    fails = True

    async def append(self, progress: Progress) -> None:
        if self.fails:
            raise RefreshJournalError("sem espaço")
        await super().append(progress)

    async def refreshes(self) -> list[str]:
        if self.fails:
            raise RefreshJournalError("sem espaço")
        return await super().refreshes()


def often(_: float) -> float:
    """A pause of 1 ms, however old the refresh is."""
    return 0.001


async def newest(journal: MemoryJournal) -> list[Progress]:
    """All moments of the refresh that began last."""
    return await journal.after((await journal.refreshes())[0], -1)


async def test_a_refresh_is_recorded_from_its_beginning_to_its_end() -> None:
    """Its moments are in order, and the last one has the outcome."""
    journal = MemoryJournal()
    async with recorder(Clock(), journal=journal, pause_s=often).recording(
        by_hand=False
    ) as recording:
        while recording.told < 3:
            await asyncio.sleep(0.001)
        recording.collected(TREE)

    moments = await newest(journal)
    assert [each.number for each in moments] == list(range(len(moments)))
    assert [each.phase for each in moments[:3]] == [Phase.RUNNING] * 3
    assert moments[-1].phase is Phase.WHOLE
    assert moments[-1].outcome == Outcome([2, 3, 4], missing=0, filled=0)


async def test_a_refresh_runs_until_its_result_is_stored() -> None:
    """Otherwise its followers would stop before its end."""
    journal = MemoryJournal()
    async with recorder(Clock(), journal=journal, pause_s=often).recording(
        by_hand=False
    ) as recording:
        recording.collected(TREE)
        while recording.told < 3:
            await asyncio.sleep(0.001)

    *before, last = await newest(journal)
    assert {(each.phase, each.outcome) for each in before} == {(Phase.RUNNING, None)}
    assert last.phase is Phase.WHOLE


async def test_unread_parts_are_recorded() -> None:
    """A snapshot with a part from before is not whole."""
    journal = MemoryJournal()
    filled = replace(TREE, filled=(Gap(2, "Ferramentas", "demorou", parents=(1,)),))
    async with recorder(Clock(), journal=journal).recording(by_hand=False) as recording:
        recording.collected(filled)

    last = (await newest(journal))[-1]
    assert last.phase is Phase.PARTIAL
    assert last.outcome is not None
    assert last.outcome.filled == 1


@pytest.mark.parametrize(
    ("error", "phase", "cause"),
    [
        (UpstreamTimeoutError("demorou"), Phase.FAILED, "UpstreamTimeoutError"),
        (ZeroDivisionError(), Phase.FAILED, None),
        (asyncio.CancelledError(), Phase.BROKEN_OFF, None),
    ],
)
async def test_the_way_it_ended_is_recorded(
    error: BaseException, phase: Phase, cause: str | None
) -> None:
    """The error is raised as well; only the log has the details of our own errors."""
    journal = MemoryJournal()
    with pytest.raises(type(error)):
        async with recorder(Clock(), journal=journal).recording(by_hand=False):
            raise error

    last = (await newest(journal))[-1]
    assert (last.phase, last.cause) == (phase, cause)


async def test_later_refreshes_repeat_when_somebody_asked() -> None:
    """So it is known even if the refresh that was asked for is forgotten."""
    journal, clock = MemoryJournal(), Clock()
    recording = recorder(clock, journal=journal).recording
    async with recording(by_hand=True):
        pass
    clock.advance(5)
    async with recording(by_hand=True) as asked:
        pass
    assert asked.asked_by_hand_at == NOON + timedelta(seconds=5)
    clock.advance(5)
    async with recording(by_hand=False):
        pass

    last = (await newest(journal))[-1]
    assert not last.by_hand
    assert last.begun_at == NOON + timedelta(seconds=10)
    assert last.asked_by_hand_at == asked.asked_by_hand_at


async def test_a_clock_that_was_set_back_makes_no_refresh_older() -> None:
    """The newest refresh has the greatest id, whatever the clock says."""
    journal, clock = MemoryJournal(), Clock()
    recording = recorder(clock, journal=journal).recording
    for _ in range(2):
        async with recording(by_hand=False) as last:
            clock.advance(-3600)

    assert await journal.refreshes() == [last.refresh, (await journal.refreshes())[1]]


async def test_moments_that_could_not_be_written_come_with_the_next() -> None:
    """No moment and no attempt is left out; followers would wait for it."""
    journal = FailingJournal()
    records = recorder(Clock(), journal=journal, pause_s=often)
    async with records.recording(by_hand=False) as recording:
        records.fan_out.read(records.fan_out.asked(Level.SHELVES, 0, root=0))
        await asyncio.sleep(0.01)
        journal.fails = False
        while recording.told < 2:
            await asyncio.sleep(0.001)

    moments = await newest(journal)
    assert [each.number for each in moments] == list(range(len(moments)))
    assert [len(each.attempts) for each in moments] == [1] + [0] * (len(moments) - 1)


async def test_a_failing_journal_costs_only_the_record(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It makes one line in the log, however long it fails; recording that goes on makes another."""
    journal = FailingJournal()
    recording = recorder(Clock(), journal=journal).recording
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            async with recording(by_hand=False):
                pass
        assert len(caplog.records) == 1

        journal.fails = False
        async with recording(by_hand=False):
            pass
    assert len(await newest(journal)) == 1
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


@pytest.mark.parametrize(("age_s", "seconds"), [(0, 0.1), (5, 0.1), (60, 1.2), (3600, 5)])
def test_a_long_refresh_is_recorded_less_often(age_s: float, seconds: float) -> None:
    """The pauses grow with its age, up to a bound that still shows that it is alive."""
    assert pause_s(age_s) == seconds


async def test_all_waiters_get_the_first_moment() -> None:
    """Those that wait afterwards get that of the next refresh."""
    journal = MemoryJournal()
    records = recorder(Clock(), journal=journal)
    one, other = records.begun(), records.begun()

    async with records.recording(by_hand=True):
        first = await one
        next_one = records.begun()

    assert await other == first == (await newest(journal))[0]
    assert not next_one.done()


async def test_nothing_that_the_recorder_meets_leaves_it() -> None:
    """A journal with a foreign id, or with an error that it should not raise, costs the record."""

    class StrangeJournal(MemoryJournal):
        async def append(self, progress: Progress) -> None:
            raise ZeroDivisionError

        async def refreshes(self) -> list[str]:
            return ["zzz"]

    is_through = False
    async with recorder(Clock(), journal=StrangeJournal()).recording(by_hand=False):
        is_through = True

    assert is_through
