"""Asking for a refresh, and following one, whichever process runs it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from datetime import timedelta

import pytest

import src.application.telling.refreshes as module
from src.application.telling.refresh_progress import Phase, Progress
from src.application.telling.refreshes import (
    SILENT_BY_THE_CLOCKS_S,
    NotBegunError,
    Refreshes,
    ServiceEndsError,
    TooManyFollowersError,
    TooSoonError,
    UnknownRefreshError,
)
from src.infra.storage.memory_journal import MemoryJournal
from tests.helpers.fakes import NOON, Clock
from tests.helpers.refreshes import moment, told

INTERVAL_S = 60


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks take a hundredth of their time."""
    monkeypatch.setattr(module, "LOOK_EVERY_S", 0.001)
    monkeypatch.setattr(module, "LOOK_FOR_NEXT_EVERY_S", 0.001)


class Service:
    """The use case, with refreshes that write down what the test says.

    `is_made_here` is what each says of itself, `rests_s` what the upstream has asked for.
    """

    def __init__(self, *moments: Progress) -> None:
        self.journal = MemoryJournal()
        self.clock = Clock()
        self.started = 0
        self.moments = moments
        self.is_made_here = True
        self.rests_s = 0.0
        self.refreshes = Refreshes(
            journal=self.journal,
            start=self.start,
            upstream_rests_s=lambda: self.rests_s,
            min_interval_s=INTERVAL_S,
            now=self.clock,
        )

    def start(self) -> asyncio.Task[bool]:
        """Begins a refresh."""
        self.started += 1
        return asyncio.create_task(self.refresh(self.moments))

    async def refresh(self, moments: tuple[Progress, ...]) -> bool:
        """Writes down what the test says."""
        await self.tell(*moments)
        return self.is_made_here

    async def tell(self, *moments: Progress) -> None:
        """What a process writes down."""
        for each in moments:
            await asyncio.sleep(0.002)
            await self.journal.append(each)


async def taken(following: AsyncIterator[Progress], count: int) -> list[Progress]:
    """The first that come of what is followed."""
    async with asyncio.timeout(30):
        return [await anext(following) for _ in range(count)]


async def all_of(following: AsyncIterator[Progress]) -> list[Progress]:
    """All that comes until it ends by itself."""
    async with asyncio.timeout(30):
        return [progress async for progress in following]


# Asking.


async def test_a_refresh_is_begun_where_none_runs() -> None:
    """The answer is its first moment."""
    service = Service(moment(2, by_hand=True))
    await service.tell(*told(1, Phase.WHOLE))

    asked = await service.refreshes.ask()

    assert asked == moment(2, by_hand=True)
    assert service.started == 1


async def test_one_that_runs_is_joined() -> None:
    """Whoever runs it: nothing is begun here."""
    service = Service()
    await service.tell(*told(1, Phase.RUNNING))

    assert await service.refreshes.ask() == moment(1)
    assert service.started == 0


async def test_the_next_may_be_asked_for_after_the_interval() -> None:
    """Seconds are told until then, whether the one asked for is the last or not."""
    begun = moment(3, begun_at=NOON + timedelta(seconds=INTERVAL_S))
    service = Service(begun)
    for number in (1, 2):
        await service.tell(moment(number, phase=Phase.WHOLE, asked_by_hand_at=NOON))
    service.clock.advance(INTERVAL_S - 0.5)

    with pytest.raises(TooSoonError) as raised:
        await service.refreshes.ask()
    assert raised.value.retry_after_s == 1
    assert await service.refreshes.seconds_to_wait() == 1

    service.clock.advance(0.5)
    assert await service.refreshes.seconds_to_wait() == 0
    assert await service.refreshes.ask() == begun


async def test_a_clock_that_was_set_back_is_no_reason_to_wait() -> None:
    """A refresh that was asked for in the future was asked for by a wrong clock."""
    service = Service()
    later = NOON + timedelta(days=1)
    await service.tell(moment(1, phase=Phase.WHOLE, asked_by_hand_at=later))

    assert await service.refreshes.seconds_to_wait() == 0


async def test_a_rest_that_the_upstream_asked_for_is_kept() -> None:
    """By those who ask by hand, too."""
    service = Service()
    await service.tell(*told(1, Phase.FAILED))
    service.rests_s = 1799.5

    with pytest.raises(TooSoonError) as raised:
        await service.refreshes.ask()
    assert raised.value.retry_after_s == 1800
    assert service.started == 0


async def test_who_joins_need_not_wait() -> None:
    """While one runs, asking costs nothing."""
    service = Service()
    await service.tell(moment(1, asked_by_hand_at=NOON))

    assert await service.refreshes.seconds_to_wait() == 0


async def test_what_was_under_way_here_may_be_no_refresh() -> None:
    """It took over what another process had stored: one is begun after that."""
    service = Service()
    service.is_made_here = False
    await service.tell(*told(1, Phase.WHOLE))
    asking = asyncio.create_task(service.refreshes.ask())
    while service.started == 0:
        await asyncio.sleep(0)
    service.moments = (moment(2),)

    assert await asking == moment(2)
    assert service.started == 2


async def test_where_other_processes_were_quicker_their_refresh_is_answered() -> None:
    """Again and again: what is wanted is there."""
    service = Service()
    service.is_made_here = False
    await service.tell(*told(1, Phase.WHOLE))

    assert await service.refreshes.ask() == told(1, Phase.WHOLE)[0]
    assert service.started == 2


async def test_where_no_refresh_was_ever_told_of_that_is_said() -> None:
    """Another process holds the turn, and its journal cannot be written."""
    service = Service()
    service.is_made_here = False

    with pytest.raises(NotBegunError):
        await service.refreshes.ask()


async def test_a_refresh_that_could_not_be_written_down_is_not_made_again() -> None:
    """Who asked is told that nothing can be told; and the interval holds all the same."""
    service = Service()
    await service.tell(*told(1, Phase.WHOLE))

    with pytest.raises(NotBegunError):
        await service.refreshes.ask()
    assert service.started == 1
    with pytest.raises(TooSoonError):
        await service.refreshes.ask()


@pytest.mark.parametrize("ends", [False, True])
async def test_nobody_waits_for_ever_for_a_refresh_to_begin(
    monkeypatch: pytest.MonkeyPatch, *, ends: bool
) -> None:
    """Another process has the turn and tells nothing; or this one is about to end meanwhile."""
    monkeypatch.setattr(module, "BEGINS_WITHIN_S", 60 if ends else 0.01)
    service = Service()
    held = asyncio.create_task(asyncio.sleep(60, result=True))
    has_begun = asyncio.Event()

    def start() -> asyncio.Task[bool]:
        has_begun.set()
        return held

    monkeypatch.setattr(service.refreshes, "_start", start)
    asking = asyncio.create_task(service.refreshes.ask())
    await has_begun.wait()
    if ends:
        service.refreshes.end()

    with pytest.raises(ServiceEndsError if ends else NotBegunError):
        await asking
    held.cancel()


async def test_nothing_is_begun_again_once_the_process_ends() -> None:
    """What was under way was broken off by that."""
    service = Service()
    service.is_made_here = False
    asking = asyncio.create_task(service.refreshes.ask())
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
        await service.refreshes.ask()
    assert service.started == 0


# Telling.


async def test_what_is_kept_of_no_refresh_is_unknown() -> None:
    """By id, or the newest of none."""
    service = Service()

    with pytest.raises(UnknownRefreshError):
        await service.refreshes.of(moment(1).refresh)
    with pytest.raises(UnknownRefreshError):
        await service.refreshes.newest()


async def test_the_last_refreshes_are_told_newest_first() -> None:
    """Each as it was told last."""
    service = Service()
    one, two = told(1, Phase.RUNNING, Phase.WHOLE), told(2, Phase.RUNNING)
    await service.tell(*one, *two)

    assert await service.refreshes.recent() == [two[0], one[1]]
    assert await service.refreshes.newest() == two[0]
    assert await service.refreshes.of(one[0].refresh) == one[1]


async def test_who_says_nothing_for_long_has_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever its clock says, by the time that has passed here since its last word."""
    monkeypatch.setattr(module, "SILENT_S", 0.02)
    service = Service()
    await service.tell(moment(1, begun_at=NOON + timedelta(seconds=30)))
    assert (await service.refreshes.newest()).phase is Phase.RUNNING

    await asyncio.sleep(0.03)
    assert (await service.refreshes.newest()).phase is Phase.BROKEN_OFF
    await service.tell(moment(1, 1))
    assert (await service.refreshes.newest()).phase is Phase.RUNNING


@pytest.mark.parametrize("is_followed", [False, True])
async def test_who_was_killed_has_broken_off(*, is_followed: bool) -> None:
    """Nothing was heard of it for long; its last word was that it runs."""
    begun = moment(2, begun_at=NOON + timedelta(seconds=SILENT_BY_THE_CLOCKS_S))
    service = Service(begun)
    await service.tell(moment(1))
    service.clock.advance(SILENT_BY_THE_CLOCKS_S)

    if is_followed:
        moments = await all_of(service.refreshes.follow(moment(1).refresh))
        assert [each.phase for each in moments] == [Phase.RUNNING, Phase.BROKEN_OFF]
        assert [each.number for each in moments] == [0, 1]
    else:
        assert (await service.refreshes.newest()).phase is Phase.BROKEN_OFF
        assert await service.refreshes.ask() == begun


async def test_who_was_succeeded_has_broken_off() -> None:
    """One refresh runs at a time: another has begun since."""
    service = Service()
    await service.tell(moment(1), moment(2))

    assert (await service.refreshes.of(moment(1).refresh)).phase is Phase.BROKEN_OFF
    assert (await service.refreshes.newest()).phase is Phase.RUNNING


# Following.


async def test_a_refresh_is_followed_to_its_end() -> None:
    """What was told before and what is told meanwhile."""
    service = Service()
    moments = told(1, Phase.RUNNING, Phase.RUNNING, Phase.WHOLE)
    await service.tell(moments[0])
    telling = asyncio.create_task(service.tell(*moments[1:]))

    assert await all_of(service.refreshes.follow(moments[0].refresh)) == moments
    await telling


async def test_following_goes_on_after_a_moment() -> None:
    """For who was cut off, also where the end was heard already."""
    service = Service()
    moments = told(1, Phase.RUNNING, Phase.RUNNING, Phase.WHOLE)
    await service.tell(*moments)

    follow: Callable[..., AsyncIterator[Progress]] = service.refreshes.follow
    assert await all_of(follow(moments[0].refresh, after=0)) == moments[1:]
    assert await all_of(follow(moments[0].refresh, after=2)) == []


async def test_what_is_forgotten_ends() -> None:
    """Nothing more will be told of it."""
    assert await all_of(Service().refreshes.follow(moment(1).refresh)) == []


async def test_the_newest_is_followed_and_then_the_next() -> None:
    """From the beginning of each, without end; nothing comes where there was none."""
    service = Service()
    following = service.refreshes.follow_newest()
    first = asyncio.create_task(taken(following, 1))
    one, two = told(1, Phase.RUNNING, Phase.WHOLE), told(2, Phase.RUNNING, Phase.FAILED)
    await service.tell(*one)
    assert await first == one[:1]
    assert await taken(following, 1) == one[1:]

    telling = asyncio.create_task(service.tell(*two))
    assert await taken(following, 2) == two
    await telling


async def test_following_the_newest_goes_on_after_a_moment() -> None:
    """Where it is the newest still; of another one all is told."""
    service = Service()
    one, two = told(1, Phase.RUNNING, Phase.WHOLE), told(2, Phase.RUNNING, Phase.WHOLE)
    await service.tell(*one, *two)

    same = service.refreshes.follow_newest(refresh=two[0].refresh, after=0)
    another = service.refreshes.follow_newest(refresh=one[0].refresh, after=0)
    assert await taken(same, 1) == two[1:]
    assert await taken(another, 2) == two


@pytest.mark.parametrize("is_damaged", [False, True])
async def test_an_end_between_two_looks_is_not_missed(
    monkeypatch: pytest.MonkeyPatch, *, is_damaged: bool
) -> None:
    """Nothing new, and then it has ended: the last moments are read, if they can be."""
    service = Service()
    first, last = told(1, Phase.RUNNING, Phase.WHOLE)
    await service.tell(first)

    async def ended(refresh: str) -> Progress:
        if not is_damaged and await service.journal.after(refresh, first.number) == []:
            await service.journal.append(last)
        return last

    monkeypatch.setattr(service.journal, "last", ended)

    followed = await all_of(service.refreshes.follow(first.refresh))
    assert followed == ([first] if is_damaged else [first, last])


async def test_all_following_ends_with_the_process() -> None:
    """Whether something is told or not: the server waits for its streams before it ends."""
    service = Service()
    await service.tell(moment(1))
    newest = asyncio.create_task(all_of(service.refreshes.follow_newest()))
    one = asyncio.create_task(all_of(service.refreshes.follow(moment(1).refresh)))
    await asyncio.sleep(0.01)
    service.refreshes.end()

    assert await newest == [moment(1)]
    assert await one == [moment(1)]


async def test_following_ends_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is still there asks again; who has gone unnoticed is not told for ever."""
    monkeypatch.setattr(module, "LONGEST_FOLLOWING_S", 0.01)
    service = Service()
    await service.tell(moment(1))

    assert await all_of(service.refreshes.follow(moment(1).refresh)) == [moment(1)]
    assert await all_of(service.refreshes.follow_newest()) == [moment(1)]


async def test_no_more_follow_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until one of them goes."""
    monkeypatch.setattr(module, "MOST_FOLLOWERS", 1)
    service = Service()
    await service.tell(moment(1))
    service.refreshes.require_room()
    following = service.refreshes.follow_newest()
    await taken(following, 1)
    with pytest.raises(TooManyFollowersError):
        service.refreshes.require_room()

    assert isinstance(following, AsyncGenerator)
    await following.aclose()
    service.refreshes.require_room()
