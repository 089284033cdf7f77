"""Listing refreshes and following one, whichever process runs it."""

import asyncio
from collections.abc import AsyncIterator, Callable
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


async def taken(following: AsyncIterator[Progress], count: int) -> list[Progress]:
    """The first moments that come from a stream."""
    async with asyncio.timeout(30):
        return [await anext(following) for _ in range(count)]


async def all_of(following: AsyncIterator[Progress]) -> list[Progress]:
    """All moments of a stream until it ends by itself."""
    async with asyncio.timeout(30):
        return [progress async for progress in following]


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
    assert await taken(service.refreshes.follow_newest(), 1) == running


async def test_a_refresh_silent_for_long_has_broken_off() -> None:
    """The time since its last moment was seen here counts, whatever its clock says."""
    service = Service(silent_s=0.02)
    await service.tell(moment(1, begun_at=NOON + timedelta(seconds=30)))
    assert (await service.refreshes.newest()).phase is Phase.RUNNING

    await asyncio.sleep(0.03)
    assert (await service.refreshes.newest()).phase is Phase.BROKEN_OFF
    await service.tell(moment(1, 1))
    assert (await service.refreshes.newest()).phase is Phase.RUNNING


@pytest.mark.parametrize("is_followed", [False, True])
async def test_a_killed_refresh_has_broken_off(*, is_followed: bool) -> None:
    """Its last moment says that it runs, and nothing has followed for long."""
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
        assert await service.ask.execute() == begun


async def test_a_refresh_with_a_successor_has_broken_off() -> None:
    """Only one refresh runs at a time, and another has begun since."""
    service = Service()
    await service.tell(moment(1), moment(2))

    assert (await service.refreshes.of(moment(1).refresh)).phase is Phase.BROKEN_OFF
    assert (await service.refreshes.newest()).phase is Phase.RUNNING


async def test_a_refresh_is_followed_to_its_end() -> None:
    """A follower gets the moments before it came, and those after."""
    service = Service()
    moments = told(1, Phase.RUNNING, Phase.RUNNING, Phase.WHOLE)
    await service.tell(moments[0])
    telling = asyncio.create_task(service.tell(*moments[1:]))

    assert await all_of(service.refreshes.follow(moments[0].refresh)) == moments
    await telling


async def test_following_resumes_after_a_moment() -> None:
    """A follower that was cut off goes on, even after the last moment."""
    service = Service()
    moments = told(1, Phase.RUNNING, Phase.RUNNING, Phase.WHOLE)
    await service.tell(*moments)

    follow: Callable[..., AsyncIterator[Progress]] = service.refreshes.follow
    assert await all_of(follow(moments[0].refresh, after=0)) == moments[1:]
    assert await all_of(follow(moments[0].refresh, after=2)) == []


async def test_following_a_forgotten_refresh_ends() -> None:
    """No more moments of it will come."""
    assert await all_of(Service().refreshes.follow(moment(1).refresh)) == []


async def test_the_newest_is_followed_and_then_the_next() -> None:
    """The stream has each from its beginning and never ends; before the first, nothing comes."""
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


async def test_following_the_newest_resumes_after_a_moment() -> None:
    """If another refresh is the newest now, that one is followed from its beginning."""
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
    """It ended just after a look that found no news; the last moments are read, if they can be."""
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
    """With or without news: the server waits for its streams before it ends."""
    service = Service()
    await service.tell(moment(1))
    newest = asyncio.create_task(all_of(service.refreshes.follow_newest()))
    one = asyncio.create_task(all_of(service.refreshes.follow(moment(1).refresh)))
    await asyncio.sleep(0.01)
    service.refreshes.end()

    assert await newest == [moment(1)]
    assert await one == [moment(1)]


async def test_following_ends_after_a_while() -> None:
    """Clients that are still there reconnect; the others free their places."""
    service = Service(longest_following_s=0.01)
    await service.tell(moment(1))

    assert await all_of(service.refreshes.follow(moment(1).refresh)) == [moment(1)]
    assert await all_of(service.refreshes.follow_newest()) == [moment(1)]
