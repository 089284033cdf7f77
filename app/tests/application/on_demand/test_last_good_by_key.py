"""Values by key: fresh, old, unknown, and while the upstream is ill."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from src.application.on_demand.last_good_by_key import (
    LastGoodByKey,
    NothingKnownError,
    UnknownKeyError,
)
from src.application.on_demand.shared_values import SharedValues
from src.application.ports.upstream_errors import (
    LONGEST_REST_S,
    UpstreamConnectionError,
    UpstreamError,
    UpstreamRestsError,
    UpstreamStatusError,
)
from src.application.ports.value_store import Kept, ValueStore, ValueStoreError
from src.infra.storage.values.memory_values import MemoryValues
from src.infra.storage.values.value_format import ValueFormat
from tests.helpers.fakes import NOON, Clock

TTL_S = 3600


class FakeValues(ValueStore[int]):
    """What processes share; `trouble` is raised by every call while it is set."""

    def __init__(self) -> None:
        self.values: dict[str, Kept[int]] = {}
        self.trouble: ValueStoreError | None = None
        self.reads = 0

    async def get(self, key: str) -> Kept[int] | None:
        self.reads += 1
        if self.trouble is not None:
            raise self.trouble
        return self.values.get(key)

    async def put(self, key: str, kept: Kept[int]) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.values[key] = kept


class Upstream:
    """Answers the numbers that a test sets, and fails if one is an error; `held` delays it."""

    def __init__(self, **values: int | UpstreamError | None) -> None:
        self.values = values
        self.asked: Counter[str] = Counter()
        self.held: asyncio.Event | None = None

    async def ask(self, key: str) -> int | None:
        """The number; None if there is none."""
        self.asked[key] += 1
        if self.held is not None:
            await self.held.wait()
        value = self.values.get(key)
        if isinstance(value, UpstreamError):
            raise value
        return value


@asynccontextmanager
async def cache(
    upstream: Upstream,
    *,
    clock: Clock | None = None,
    far: ValueStore[int] | None = None,
    wait_s: float = 5,
    pause_s: float = 30,
) -> AsyncIterator[LastGoodByKey[int]]:
    """The values of this upstream, in one process."""
    near = MemoryValues(ValueFormat(int))
    kept = LastGoodByKey(
        ask=upstream.ask,
        upstream="a fonte",
        near=near,
        shared=SharedValues(store=far, near=near, wait_s=wait_s),
        ttl_s=TTL_S,
        wait_s=wait_s,
        now=clock or Clock(),
        pause_s=pause_s,
    )
    try:
        yield kept
    finally:
        await kept.aclose()


async def settled(values: LastGoodByKey[int]) -> None:
    """Waits until nothing is being asked."""
    async with asyncio.timeout(10):
        while values._asking:
            await asyncio.sleep(0)


async def stored(values: LastGoodByKey[int]) -> None:
    """Waits until nothing is being stored."""
    async with asyncio.timeout(10):
        while values.shared._storing:
            await asyncio.sleep(0)


async def settled_but_held(upstream: Upstream) -> None:
    """Waits until the upstream has been asked."""
    async with asyncio.timeout(10):
        while not upstream.asked:
            await asyncio.sleep(0)


async def test_a_value_is_asked_for_once_and_kept() -> None:
    """The second caller gets it from memory, with the time of the asking."""
    upstream = Upstream(a=1)
    async with cache(upstream) as values:
        assert await values.get("a") == await values.get("a") == Kept(1, NOON)

    assert upstream.asked == {"a": 1}


async def test_callers_at_once_share_one_request() -> None:
    """Forty for one key."""
    upstream = Upstream(a=1)
    async with cache(upstream) as values:
        answers = await asyncio.gather(*(values.get("a") for _ in range(40)))

    assert {kept.value for kept in answers} == {1}
    assert upstream.asked == {"a": 1}


async def test_an_old_value_is_given_at_once_and_renewed_behind_it() -> None:
    """The caller does not wait for the upstream; the next one gets the new value."""
    upstream, clock = Upstream(a=1), Clock()
    async with cache(upstream, clock=clock) as values:
        await values.get("a")
        clock.advance(TTL_S)
        upstream.values["a"], upstream.held = 2, asyncio.Event()

        assert (await values.get("a")).value == 1
        upstream.held.set()
        await settled(values)
        assert await values.get("a") == Kept(2, clock())


async def test_while_the_upstream_fails_the_old_value_is_given(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It keeps its age; the upstream is left alone for a while, and the trouble is logged once."""
    upstream, clock = Upstream(a=1, b=2), Clock()
    async with cache(upstream, clock=clock) as values:
        await values.get("a")
        await values.get("b")
        clock.advance(TTL_S)
        upstream.values = {"a": UpstreamConnectionError("caiu"), "b": UpstreamConnectionError("")}

        for key in ("a", "b", "a", "b"):
            assert (await values.get(key)).asked_at == NOON
            await settled(values)

    assert upstream.asked == {"a": 2, "b": 2}
    assert len([each for each in caplog.messages if "falhou" in each]) == 1


async def test_if_nothing_is_known_the_failure_is_told() -> None:
    """At once to the next caller, too, with the seconds that are left of the pause."""
    upstream = Upstream(a=UpstreamConnectionError("caiu"))
    async with cache(upstream, pause_s=30) as values:
        for _ in range(2):
            with pytest.raises(NothingKnownError) as caught:
                await values.get("a")
            assert 29 <= caught.value.retry_after_s <= 30

    assert upstream.asked == {"a": 1}


def asking_for_a_rest(seconds: float) -> UpstreamError:
    """The upstream's 503 with this Retry-After."""
    return UpstreamStatusError("503", 503, retry_after_s=seconds)


@pytest.mark.parametrize(("asked_s", "rest_s"), [(1800, 1800), (1e9, LONGEST_REST_S)])
async def test_a_rest_that_the_upstream_asks_for_holds_for_every_key(
    asked_s: float, rest_s: float
) -> None:
    """Old values are given meanwhile; callers without one are told when to ask again."""
    upstream, clock = Upstream(old=1, a=asking_for_a_rest(asked_s), b=2), Clock()
    async with cache(upstream, clock=clock) as values:
        await values.get("old")
        clock.advance(TTL_S)
        for key in ("a", "b", "a"):
            with pytest.raises(NothingKnownError) as caught:
                await values.get(key)
            assert rest_s - 10 < caught.value.retry_after_s <= rest_s
        assert (await values.get("old")).value == 1
        await settled(values)

    assert upstream.asked == {"old": 1, "a": 1}


async def test_a_key_that_was_not_asked_for_needs_no_pause_of_its_own() -> None:
    """Its request waited for its turn when another one was told to rest."""
    upstream = Upstream(a=UpstreamRestsError("pediu uma pausa", retry_after_s=0.01))
    async with cache(upstream, pause_s=30) as values:
        with pytest.raises(NothingKnownError) as caught:
            await values.get("a")
        upstream.values["a"] = 1
        await asyncio.sleep(0.02)

        assert (await values.get("a")).value == 1
    assert caught.value.retry_after_s == 1


async def test_a_rest_that_begins_while_the_store_is_read_is_kept() -> None:
    """The upstream is not asked after it."""
    is_read_again, rest_has_begun = asyncio.Event(), asyncio.Event()

    class Slow(FakeValues):
        async def get(self, key: str) -> Kept[int] | None:
            if key == "slow" and self.reads:  # just before the upstream would be asked
                is_read_again.set()
                await rest_has_begun.wait()
            return await super().get(key)

    upstream = Upstream(a=asking_for_a_rest(60), slow=1)
    async with cache(upstream, far=Slow()) as values:
        slow = asyncio.create_task(values.get("slow"))
        await is_read_again.wait()
        with pytest.raises(NothingKnownError):
            await values.get("a")
        rest_has_begun.set()
        with pytest.raises(NothingKnownError):
            await slow

    assert upstream.asked == {"a": 1}


async def test_the_longest_rest_counts() -> None:
    """Two keys were asked for at once; the answer that came last asks for less."""
    upstream = Upstream(a=asking_for_a_rest(1800), b=asking_for_a_rest(1))
    upstream.held = asyncio.Event()
    async with cache(upstream) as values:
        both = [asyncio.create_task(values.get(key)) for key in ("a", "b")]
        while len(upstream.asked) < 2:
            await asyncio.sleep(0)
        upstream.held.set()
        await asyncio.gather(*both, return_exceptions=True)

        with pytest.raises(NothingKnownError) as caught:
            await values.get("c")

    assert upstream.asked == {"a": 1, "b": 1}
    assert caught.value.retry_after_s > 1700


async def test_after_the_rest_every_key_is_asked_for_again() -> None:
    """And what comes is kept."""
    upstream = Upstream(a=asking_for_a_rest(0.01), b=2)
    async with cache(upstream) as values:
        with pytest.raises(NothingKnownError):
            await values.get("a")
        await asyncio.sleep(0.02)

        assert (await values.get("b")).value == 2


async def test_after_the_pause_it_is_asked_again() -> None:
    """And what comes is kept."""
    upstream = Upstream(a=UpstreamConnectionError("caiu"))
    async with cache(upstream, pause_s=0.01) as values:
        with pytest.raises(NothingKnownError):
            await values.get("a")
        upstream.values["a"] = 1
        await asyncio.sleep(0.02)

        assert (await values.get("a")).value == 1


async def test_an_upstream_that_is_silent_is_waited_for_only_so_long() -> None:
    """The request goes on behind the caller, for the next one."""
    upstream = Upstream(a=1)
    upstream.held = asyncio.Event()
    async with cache(upstream, wait_s=0.01) as values:
        with pytest.raises(NothingKnownError):
            await values.get("a")
        upstream.held.set()
        await settled(values)

        assert (await values.get("a")).value == 1
    assert upstream.asked == {"a": 1}


async def test_a_caller_that_hangs_up_spoils_nothing() -> None:
    """The other one gets the value of the same request."""
    upstream = Upstream(a=1)
    upstream.held = asyncio.Event()
    async with cache(upstream) as values:
        hasty, patient = (asyncio.create_task(values.get("a")) for _ in range(2))
        await settled_but_held(upstream)
        hasty.cancel()
        upstream.held.set()

        assert (await patient).value == 1
    assert upstream.asked == {"a": 1}


async def test_a_key_of_which_the_upstream_knows_nothing_is_unknown() -> None:
    """It is not asked again and again."""
    upstream = Upstream()
    async with cache(upstream) as values:
        for _ in range(3):
            with pytest.raises(UnknownKeyError):
                await values.get("a")

    assert upstream.asked == {"a": 1}


async def test_an_upstream_that_knows_nothing_any_more_does_not_take_a_value_away() -> None:
    """A table that is empty for an hour is no news."""
    upstream, clock = Upstream(a=1), Clock()
    async with cache(upstream, clock=clock) as values:
        await values.get("a")
        clock.advance(TTL_S)
        upstream.values.clear()

        for _ in range(2):
            assert (await values.get("a")).value == 1
            await settled(values)


async def test_what_another_process_has_asked_is_not_asked_again() -> None:
    """Neither at the first request, nor when it is old here and fresh there."""
    upstream, clock, far = Upstream(a=1), Clock(), FakeValues()
    async with (
        cache(upstream, clock=clock, far=far) as one,
        cache(upstream, clock=clock, far=far) as other,
    ):
        await one.get("a")
        assert await other.get("a") == Kept(1, NOON)

        clock.advance(TTL_S)
        upstream.values["a"] = 2
        await one.get("a")
        await settled(one)
        await other.get("a")
        await settled(other)
        assert (await other.get("a")).value == 2

    assert upstream.asked == {"a": 2}


async def test_without_the_store_it_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    """Memory keeps the value; the trouble is logged once, and what was missed is stored later."""
    upstream, far = Upstream(a=1, b=2), FakeValues()
    far.trouble = ValueStoreError("cheio")
    async with cache(upstream, far=far) as values:
        values.shared.pause_s = 0
        assert (await values.get("a")).value == (await values.get("a")).value == 1
        await stored(values)
        far.trouble = None
        await values.get("b")
        await stored(values)

    assert caplog.text.count("cheio") == 1
    assert sorted(far.values) == ["a", "b"]


async def test_a_fault_of_ours_is_logged_and_costs_no_value(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The old value is returned, nothing known is an error, and it is not tried at each request."""
    upstream, clock = Upstream(a=1), Clock()
    async with cache(upstream, clock=clock) as values:
        await values.get("a")
        clock.advance(TTL_S)
        upstream.held = "no event"  # type: ignore[assignment]  # an error of ours

        for _ in range(3):
            assert (await values.get("a")).value == 1
            await settled(values)
        for _ in range(2):
            with pytest.raises(NothingKnownError):
                await values.get("b")

    assert upstream.asked == {"a": 2, "b": 1}
    assert caplog.text.count("erro interno") == 2


async def test_an_older_value_in_the_store_does_not_replace_a_newer_one() -> None:
    """What could not be stored is newer than what is there."""
    upstream, clock, far = Upstream(a=1), Clock(), FakeValues()
    async with cache(upstream, clock=clock, far=far) as values:
        await values.get("a")
        await stored(values)
        clock.advance(TTL_S)
        upstream.values["a"], far.trouble = 2, ValueStoreError("cheio")
        await values.get("a")
        await settled(values)
        clock.advance(TTL_S)
        upstream.values["a"], far.trouble = UpstreamConnectionError("caiu"), None
        await values.get("a")
        await settled(values)

        assert (await values.get("a")).value == 2


async def test_a_store_that_hangs_costs_no_caller_more_than_its_wait() -> None:
    """And it is left alone for a while."""

    class Hanging(FakeValues):
        async def get(self, key: str) -> Kept[int] | None:
            self.reads += 1
            await asyncio.Event().wait()
            return None

    upstream, far = Upstream(a=1, b=2), Hanging()
    async with cache(upstream, far=far, wait_s=0.05) as values, asyncio.timeout(5):
        assert (await values.get("a")).value == 1
        assert (await values.get("b")).value == 2

    assert far.reads == 1


async def test_at_the_end_callers_are_let_go() -> None:
    """They get an error that says when to come again, and nothing more is asked."""
    upstream = Upstream(a=1)
    upstream.held = asyncio.Event()
    async with cache(upstream) as values:
        waiting = asyncio.create_task(values.get("a"))
        await settled_but_held(upstream)
        values.end()

        with pytest.raises(NothingKnownError):
            await waiting
        with pytest.raises(NothingKnownError):
            await values.get("b")

    assert upstream.asked == {"a": 1}


async def test_pauses_are_bounded() -> None:
    """However many keys are unknown, few of them are remembered."""
    async with cache(Upstream()) as values:
        values.most_pauses = 3
        for key in "abcdef":
            with pytest.raises(UnknownKeyError):
                await values.get(key)

        assert list(values._pauses) == ["d", "e", "f"]
