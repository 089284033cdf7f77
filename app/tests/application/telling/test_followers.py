"""Following refreshes, whichever process runs them: one reads for all."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from src.application.ports.refresh_journal import RefreshJournalError
from src.application.ports.refresh_progress import Phase, Progress
from src.application.telling.refreshes import Looking
from src.infra.storage.journals.memory_journal import MemoryJournal
from tests.helpers.refresh_service import Service
from tests.helpers.refreshes import moment, told


async def taken(following: AsyncIterator[Progress], count: int) -> list[Progress]:
    """The first moments that come from a stream."""
    async with asyncio.timeout(30):
        return [await anext(following) for _ in range(count)]


async def all_of(following: AsyncIterator[Progress]) -> list[Progress]:
    """All moments of a stream until it ends by itself."""
    async with asyncio.timeout(30):
        return [progress async for progress in following]


async def test_following_a_killed_refresh_ends() -> None:
    """Its last moment says that it runs, and nothing has followed for long."""
    service = Service()
    await service.tell(moment(1))
    service.clock.advance(Looking().silent_by_the_clocks_s)

    moments = await all_of(service.follow(moment(1).refresh))
    assert [each.phase for each in moments] == [Phase.RUNNING, Phase.BROKEN_OFF]
    assert [each.number for each in moments] == [0, 1]


async def test_a_refresh_is_followed_to_its_end() -> None:
    """A follower gets the moments before it came, and those after."""
    service = Service()
    moments = told(1, Phase.RUNNING, Phase.RUNNING, Phase.WHOLE)
    await service.tell(moments[0])
    telling = asyncio.create_task(service.tell(*moments[1:]))

    assert await all_of(service.follow(moments[0].refresh)) == moments
    await telling


async def test_following_resumes_after_a_moment() -> None:
    """A follower that was cut off goes on, even after the last moment."""
    service = Service()
    moments = told(1, Phase.RUNNING, Phase.RUNNING, Phase.WHOLE)
    await service.tell(*moments)

    follow = service.follow
    assert await all_of(follow(moments[0].refresh, after=0)) == moments[1:]
    assert await all_of(follow(moments[0].refresh, after=2)) == []


async def test_following_a_forgotten_refresh_ends() -> None:
    """No more moments of it will come."""
    assert await all_of(Service().follow(moment(1).refresh)) == []


async def test_the_newest_is_followed_and_then_the_next() -> None:
    """The stream has each from its beginning and never ends; before the first, nothing comes."""
    service = Service()
    following = service.follow_newest()
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

    same = service.follow_newest(refresh=two[0].refresh, after=0)
    another = service.follow_newest(refresh=one[0].refresh, after=0)
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

    followed = await all_of(service.follow(first.refresh))
    assert followed == ([first] if is_damaged else [first, last])


async def test_all_following_ends_with_the_process() -> None:
    """With or without news: the server waits for its streams before it ends."""
    service = Service()
    await service.tell(moment(1))
    newest = asyncio.create_task(all_of(service.follow_newest()))
    one = asyncio.create_task(all_of(service.follow(moment(1).refresh)))
    await asyncio.sleep(0.01)
    service.refreshes.end()

    assert await newest == [moment(1)]
    assert await one == [moment(1)]


async def test_following_ends_after_a_while() -> None:
    """Clients that are still there reconnect; the others free their places."""
    service = Service(longest_following_s=0.01)
    await service.tell(moment(1))

    assert await all_of(service.follow(moment(1).refresh)) == [moment(1)]
    assert await all_of(service.follow_newest()) == [moment(1)]


# One reader for all.


class CountedReads(MemoryJournal):
    """Counts how often moments are read; fails while `error` is set."""

    reads = 0
    error: Exception | None = None

    async def after(self, refresh: str, number: int) -> list[Progress]:
        self.reads += 1
        if self.error is not None:
            raise self.error
        return await super().after(refresh, number)

    def forget_all(self) -> None:
        """Somebody has emptied it."""
        self._lines.clear()


def counted(**looking: Any) -> tuple[Service, CountedReads]:
    """A service, and its journal."""
    service, journal = Service(**looking), CountedReads()
    service.journal = service.refreshes.journal = journal
    return service, journal


async def test_a_thousand_followers_read_the_journal_once() -> None:
    """All of them get every moment."""
    service, journal = counted()
    moments = told(1, *[Phase.RUNNING] * 9, Phase.WHOLE)
    await service.tell(moments[0])
    crowd = [asyncio.create_task(all_of(service.follow(moments[0].refresh))) for _ in range(1000)]
    await asyncio.sleep(0)
    await service.tell(*moments[1:])

    assert await asyncio.gather(*crowd) == [moments] * 1000
    assert journal.reads < 1000


async def test_nothing_is_read_for_nobody() -> None:
    """The reader ends behind the last follower, and begins again with the next."""
    service, journal = counted()
    await service.tell(moment(1))
    one, other = service.follow_newest(), service.follow_newest()
    assert await taken(one, 1) == await taken(other, 1) == [moment(1)]

    await one.aclose()
    reads = journal.reads
    await asyncio.sleep(0.01)
    assert journal.reads > reads
    await other.aclose()
    await asyncio.sleep(0.01)
    reads = journal.reads
    await asyncio.sleep(0.01)
    assert journal.reads == reads
    assert await taken(service.follow_newest(), 1) == [moment(1)]


async def test_a_follower_that_has_stopped_misses_nothing() -> None:
    """It reads by itself what the others have left behind, and then goes on with them."""
    service, _ = counted(recent_bytes=1)
    moments = told(1, *[Phase.RUNNING] * 60, Phase.WHOLE)
    next_ones = told(2, Phase.RUNNING, Phase.WHOLE)
    await service.tell(moments[0])
    slow = service.follow_newest()
    only_one = service.follow(moments[0].refresh)
    assert await taken(slow, 1) == await taken(only_one, 1) == moments[:1]
    quick = service.follow_newest()
    telling = asyncio.create_task(service.tell(*moments[1:], *next_ones))
    assert await taken(quick, 63) == moments + next_ones
    await telling

    assert await taken(slow, 62) == moments[1:] + next_ones
    assert await all_of(only_one) == moments[1:]
    later = told(3, Phase.RUNNING)
    await service.tell(*later)
    assert await taken(slow, 1) == await taken(quick, 1) == later


async def test_what_is_forgotten_is_passed_over() -> None:
    """A follower that had stopped goes on with the newest, or ends if it wants no other."""
    service, _ = counted(recent_bytes=1)
    await service.tell(moment(1))
    slow, only_one = service.follow_newest(), service.follow(moment(1).refresh)
    assert await taken(slow, 1) == await taken(only_one, 1) == [moment(1)]
    await service.tell(moment(1, 1))
    quick = service.follow_newest(refresh=moment(1).refresh, after=0)
    for refresh in range(2, 9):
        newest = told(refresh, Phase.RUNNING, Phase.WHOLE)
        telling = asyncio.create_task(service.tell(*newest))
        async with asyncio.timeout(30):
            while (await anext(quick)) != newest[-1]:
                pass
        await telling

    assert await taken(slow, 2) == newest
    assert await all_of(only_one) == []


async def test_an_emptied_journal_ends_nothing_but_its_refresh() -> None:
    """Followers go on with the next one, though they had stopped before the last moment."""
    service, journal = counted(recent_bytes=1)
    await service.tell(moment(1))
    slow, quick = service.follow_newest(), service.follow_newest()
    assert await taken(slow, 1) == await taken(quick, 1) == [moment(1)]
    await service.tell(moment(1, 1), moment(1, 2))
    await taken(quick, 2)
    journal.forget_all()
    later = told(2, Phase.RUNNING)
    following = asyncio.create_task(taken(slow, 1))
    await asyncio.sleep(0.01)
    await service.tell(*later)

    assert await following == await taken(quick, 1) == later


async def test_a_journal_that_fails_ends_all_following_until_it_is_read_again() -> None:
    """Also for one that comes while others have not noticed yet."""
    service, journal = counted()
    await service.tell(moment(1))
    one, other = service.follow_newest(), service.follow_newest()
    assert await taken(one, 1) == await taken(other, 1) == [moment(1)]
    journal.error = RefreshJournalError("segredo")
    with pytest.raises(RefreshJournalError):
        await taken(one, 1)
    journal.error = None

    again = service.follow_newest()
    assert await taken(again, 1) == [moment(1)]
    with pytest.raises(RefreshJournalError):
        await taken(other, 1)
    await service.tell(moment(1, 1))
    assert await taken(again, 1) == [moment(1, 1)]


async def test_a_journal_that_fails_at_once_is_told() -> None:
    """Nothing can be followed, whichever refresh it is."""
    service, journal = counted()
    await service.tell(moment(1))
    journal.error = RefreshJournalError("segredo")

    for following in (service.follow_newest(), service.follow(moment(1).refresh)):
        with pytest.raises(RefreshJournalError):
            await taken(following, 1)


async def test_a_refresh_that_has_just_begun_is_followed() -> None:
    """The reader may not have got there yet."""
    service, _ = counted(next_s=0.05)
    await service.tell(*told(1, Phase.WHOLE))
    newest = service.follow_newest()
    await taken(newest, 1)
    moments = told(2, Phase.RUNNING, Phase.WHOLE)
    await service.tell(moments[0])
    following = service.follow(moments[0].refresh)
    assert await taken(following, 1) == moments[:1]
    telling = asyncio.create_task(service.tell(moments[1]))

    assert await all_of(following) == moments[1:]
    assert await taken(newest, 2) == moments
    await telling


async def test_a_number_that_was_never_told_is_waited_out() -> None:
    """A client may name any; it gets the end of the stream, or the next refresh."""
    service, _ = counted()
    one, two = told(1, Phase.RUNNING, Phase.WHOLE), told(2, Phase.RUNNING)
    await service.tell(one[0])
    follow = service.follow(one[0].refresh, after=99)
    ending = asyncio.create_task(all_of(follow))
    following = service.follow_newest(refresh=one[0].refresh, after=99)
    next_one = asyncio.create_task(taken(following, 1))
    await asyncio.sleep(0.01)
    await service.tell(one[1], *two)

    assert await ending == []
    assert await next_one == two


async def test_who_hears_nothing_new_hears_so() -> None:
    """Silence would look like a connection that is lost."""
    service, _ = counted(quiet_s=0.001)
    following = service.followers.follow_newest()
    async with asyncio.timeout(30):
        assert await anext(following) == b""
        assert await anext(following) == b""
    await following.aclose()
