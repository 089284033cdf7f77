"""Listing refreshes, whichever process runs them."""

import asyncio
from datetime import timedelta

import pytest

from src.application.ports.refresh_progress import Phase, Progress
from src.application.telling.refreshes import (
    Looking,
    UnknownRefreshError,
)
from src.infra.storage.journals.memory_journal import MemoryJournal
from tests.helpers.fakes import NOON
from tests.helpers.refresh_service import Service
from tests.helpers.refreshes import moment, told

SILENT_BY_THE_CLOCKS_S = Looking().silent_by_the_clocks_s


async def test_a_refresh_that_is_not_kept_is_unknown() -> None:
    """So is the newest one if there is none."""
    service = Service()

    with pytest.raises(UnknownRefreshError):
        await service.refreshes.of(moment(1).refresh)
    with pytest.raises(UnknownRefreshError):
        await service.refreshes.newest()


async def test_the_last_refreshes_come_newest_first() -> None:
    """Each is given by its last moment."""
    service = Service()
    one, two = told(1, Phase.RUNNING, Phase.WHOLE), told(2, Phase.RUNNING)
    await service.tell(*one, *two)

    assert await service.refreshes.recent() == [two[0], one[1]]
    assert await service.refreshes.newest() == two[0]
    assert await service.refreshes.of(one[0].refresh) == one[1]


async def test_an_id_of_which_nothing_is_told_hides_no_refresh() -> None:
    """Something else has put it into the journal, later than every refresh."""

    class WithForeignId(MemoryJournal):
        async def refreshes(self) -> list[str]:
            return ["0" + "f" * 19, *await super().refreshes()]

    service = Service()
    service.refreshes.journal = journal = WithForeignId()
    running = told(1, Phase.RUNNING)
    for each in running:
        await journal.append(each)

    assert await service.refreshes.recent() == running
    assert await service.refreshes.newest() == running[0]
    assert await service.refreshes.of(running[0].refresh) == running[0]
    assert await service.refreshes.newest_id() == running[0].refresh


async def test_a_refresh_silent_for_long_has_broken_off() -> None:
    """The time since its last moment was seen here counts, whatever its clock says."""
    service = Service(silent_s=0.02)
    await service.tell(moment(1, begun_at=NOON + timedelta(seconds=30)))
    assert (await service.refreshes.newest()).phase is Phase.RUNNING

    await asyncio.sleep(0.03)
    assert (await service.refreshes.newest()).phase is Phase.BROKEN_OFF
    await service.tell(moment(1, 1))
    assert (await service.refreshes.newest()).phase is Phase.RUNNING


async def test_a_killed_refresh_has_broken_off() -> None:
    """Its last moment says that it runs, and nothing has followed for long."""
    begun = moment(2, begun_at=NOON + timedelta(seconds=SILENT_BY_THE_CLOCKS_S))
    service = Service(begun)
    await service.tell(moment(1))
    service.clock.advance(SILENT_BY_THE_CLOCKS_S)

    assert (await service.refreshes.newest()).phase is Phase.BROKEN_OFF
    assert await service.ask.execute() == begun


async def test_a_refresh_with_a_successor_has_broken_off() -> None:
    """Only one refresh runs at a time, and another has begun since."""
    service = Service()
    await service.tell(moment(1), moment(2))

    assert (await service.refreshes.of(moment(1).refresh)).phase is Phase.BROKEN_OFF
    assert (await service.refreshes.newest()).phase is Phase.RUNNING


async def test_what_is_told_next_comes_in_order() -> None:
    """Nothing as long as it goes on; None if nothing more will come of it."""
    service = Service()
    first, last = told(1, Phase.RUNNING, Phase.WHOLE)
    next_of = service.refreshes.next_of

    assert await next_of(first.refresh, -1) is None
    await service.tell(first)
    assert await next_of(first.refresh, -1) == [first]
    assert await next_of(first.refresh, 0) == []
    await service.tell(last)
    assert await next_of(first.refresh, -1) == [first, last]
    assert await next_of(first.refresh, 1) is None


@pytest.mark.parametrize("is_damaged", [False, True])
async def test_an_end_between_two_looks_is_not_missed(
    monkeypatch: pytest.MonkeyPatch, *, is_damaged: bool
) -> None:
    """It ended just after a look that found no news; the last moments are read, if they can be."""
    service = Service()
    first, last = told(1, Phase.RUNNING, Phase.WHOLE)
    await service.tell(first)

    async def ended(_: str) -> Progress:
        if not is_damaged:
            await service.journal.append(last)
        return last

    monkeypatch.setattr(service.journal, "last", ended)

    assert await service.refreshes.next_of(first.refresh, 0) == (None if is_damaged else [last])
