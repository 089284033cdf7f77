"""Asking for a refresh begins one, unless one runs or it is too soon."""

import asyncio
from datetime import timedelta

import pytest

from src.application.ports.refresh_progress import Phase
from src.application.refreshing.ask_for_refresh import (
    NotBegunError,
    ServiceEndsError,
    TooSoonError,
)
from tests.helpers.fakes import NOON
from tests.helpers.refresh_service import INTERVAL_S, Service
from tests.helpers.refreshes import moment, told


async def test_a_refresh_is_begun_if_none_runs() -> None:
    """The answer is its first moment."""
    service = Service(moment(2, by_hand=True))
    await service.tell(*told(1, Phase.WHOLE))

    asked = await service.ask.execute()

    assert asked == moment(2, by_hand=True)
    assert service.started == 1


async def test_a_running_refresh_is_joined() -> None:
    """Nothing is begun here, whichever process runs it."""
    service = Service()
    await service.tell(*told(1, Phase.RUNNING))

    assert await service.ask.execute() == moment(1)
    assert service.started == 0


async def test_the_next_may_be_asked_for_after_the_interval() -> None:
    """Until then, the error has the seconds left, even after a later refresh."""
    begun = moment(3, begun_at=NOON + timedelta(seconds=INTERVAL_S))
    service = Service(begun)
    for number in (1, 2):
        await service.tell(moment(number, phase=Phase.WHOLE, asked_by_hand_at=NOON))
    service.clock.advance(INTERVAL_S - 0.5)

    with pytest.raises(TooSoonError) as raised:
        await service.ask.execute()
    assert raised.value.retry_after_s == 1
    assert await service.ask.seconds_to_wait() == 1

    service.clock.advance(0.5)
    assert await service.ask.seconds_to_wait() == 0
    assert await service.ask.execute() == begun


async def test_a_clock_that_was_set_back_is_no_reason_to_wait() -> None:
    """If a refresh was asked for in the future, the clock was wrong."""
    service = Service()
    later = NOON + timedelta(days=1)
    await service.tell(moment(1, phase=Phase.WHOLE, asked_by_hand_at=later))

    assert await service.ask.seconds_to_wait() == 0


async def test_a_pause_that_the_upstream_asked_for_is_kept() -> None:
    """It holds for refreshes by hand, too."""
    service = Service()
    await service.tell(*told(1, Phase.FAILED))
    service.rests_s = 1799.5

    with pytest.raises(TooSoonError) as raised:
        await service.ask.execute()
    assert raised.value.retry_after_s == 1800
    assert service.started == 0


async def test_joining_needs_no_wait() -> None:
    """While a refresh runs, asking costs nothing."""
    service = Service()
    await service.tell(moment(1, asked_by_hand_at=NOON))

    assert await service.ask.seconds_to_wait() == 0


async def test_a_take_over_that_was_under_way_is_no_refresh() -> None:
    """It took another process's snapshot from the store; a refresh is begun after that."""
    service = Service()
    service.is_made_here = False
    await service.tell(*told(1, Phase.WHOLE))
    asking = asyncio.create_task(service.ask.execute())
    while service.started == 0:
        await asyncio.sleep(0)
    service.moments = (moment(2),)

    assert await asking == moment(2)
    assert service.started == 2


async def test_if_other_processes_were_quicker_their_refresh_is_answered() -> None:
    """They were quicker twice, and the data that was wanted is there."""
    service = Service()
    service.is_made_here = False
    await service.tell(*told(1, Phase.WHOLE))

    assert await service.ask.execute() == told(1, Phase.WHOLE)[0]
    assert service.started == 2


async def test_if_no_refresh_was_ever_recorded_the_request_fails() -> None:
    """Another process holds the turn, and its journal cannot be written."""
    service = Service()
    service.is_made_here = False

    with pytest.raises(NotBegunError):
        await service.ask.execute()


async def test_a_refresh_that_could_not_be_recorded_is_not_repeated() -> None:
    """The request fails because nothing is known of it; the interval still holds."""
    service = Service()
    await service.tell(*told(1, Phase.WHOLE))

    with pytest.raises(NotBegunError):
        await service.ask.execute()
    assert service.started == 1
    with pytest.raises(TooSoonError):
        await service.ask.execute()


async def test_a_refresh_that_is_recorded_to_its_end_is_not_joined() -> None:
    """Its task has a few things left to do, and the next refresh begins after it."""
    service = Service(*told(2, Phase.WHOLE))
    await service.tell(*told(1, Phase.WHOLE))
    left = asyncio.Event()

    async def ending() -> bool:
        await left.wait()
        service.running = None
        return True

    service.running = asyncio.create_task(ending())
    asking = asyncio.create_task(service.ask.execute())
    await asyncio.sleep(0.01)
    left.set()

    assert await asking == told(2, Phase.WHOLE)[0]
    assert service.started == 1


@pytest.mark.parametrize("ends", [False, True])
async def test_asking_for_any_change_joins_no_refresh_that_is_not_recorded_yet(
    *, ends: bool
) -> None:
    """It may not believe the change: the next one does, or has to be asked for later."""
    service = Service(*told(2, Phase.WHOLE), begins_within_s=60 if ends else 0.01)
    left = asyncio.Event()

    async def running() -> bool:
        await left.wait()
        service.running = None
        return True

    service.running = asyncio.create_task(running())
    asking = asyncio.create_task(service.ask.execute(any_change=True))
    if ends:
        left.set()
        assert await asking == told(2, Phase.WHOLE)[0]
        assert service.believes_any_change
    else:
        with pytest.raises(TooSoonError):
            await asking
        assert service.started == 0
        left.set()


@pytest.mark.parametrize("ends", [False, True])
async def test_nobody_waits_for_ever_for_a_refresh_to_begin(
    monkeypatch: pytest.MonkeyPatch, *, ends: bool
) -> None:
    """Another process has the turn and records nothing, or this process begins to end."""
    service = Service(begins_within_s=60 if ends else 0.01)
    held = asyncio.create_task(asyncio.sleep(60, result=True))
    has_begun = asyncio.Event()

    def start(_: object) -> asyncio.Task[bool]:
        has_begun.set()
        return held

    monkeypatch.setattr(service.ask, "start", start)
    asking = asyncio.create_task(service.ask.execute())
    await has_begun.wait()
    if ends:
        service.refreshes.end()

    with pytest.raises(ServiceEndsError if ends else NotBegunError):
        await asking
    held.cancel()


async def test_nothing_is_begun_again_once_the_process_ends() -> None:
    """The task that was under way was broken off by that."""
    service = Service()
    service.is_made_here = False
    asking = asyncio.create_task(service.ask.execute())
    while service.started == 0:
        await asyncio.sleep(0)
    service.refreshes.end()

    with pytest.raises(ServiceEndsError):
        await asking
    assert service.started == 1


async def test_a_process_that_ends_begins_nothing() -> None:
    """Its refresh would be broken off at once."""
    service = Service(moment(1))
    service.refreshes.end()

    with pytest.raises(ServiceEndsError):
        await service.ask.execute()
    assert service.started == 0


async def test_a_refresh_that_begins_here_is_answered_without_the_journal() -> None:
    """The journal is for other processes; nobody reads it for a refresh of their own."""
    service = Service()
    service.begun.set_result(moment(1, by_hand=True))

    assert await service.ask.execute() == moment(1, by_hand=True)
    assert await service.journal.refreshes() == []


async def test_asking_for_any_change_begins_a_refresh_of_its_own() -> None:
    """One that runs already might not believe the change; so that one has to end first."""
    service = Service(moment(2, by_hand=True))
    await service.tell(moment(1))

    with pytest.raises(TooSoonError):
        await service.ask.execute(any_change=True)
    assert service.started == 0

    await service.tell(moment(1, phase=Phase.WHOLE))
    assert await service.ask.execute(any_change=True) == moment(2, by_hand=True)
    assert service.believes_any_change
