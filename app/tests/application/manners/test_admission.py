"""The queue before the upstream gives out turns up to the limit, and loses none."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from src.application.manners.adaptive_limit import AdaptiveLimit
from src.application.manners.admission import Admission, Permit
from src.application.manners.circuit_breaker import CircuitBreaker
from src.application.ports.upstream_errors import (
    LONGEST_REST_S,
    UpstreamRestsError,
    UpstreamUnavailableError,
)
from tests.helpers.hand_clock import SecondsClock


class Desk:
    """An admission, with everything it consults."""

    def __init__(
        self,
        *,
        most: int = 100,
        pace: Callable[[], Awaitable[None]] | None = None,
        rests_for_all: bool = False,
    ) -> None:
        self.clock = SecondsClock()
        self.breaker = CircuitBreaker(clock=self.clock)
        limit = AdaptiveLimit(most, clock=self.clock)
        self.admission = Admission(
            limit, self.breaker, clock=self.clock, pace=pace, rests_for_all=rests_for_all
        )

    def open_circuit(self, *, retry_after_s: float | None = None) -> None:
        """Fails requests until the circuit opens."""
        while self.breaker.is_closed:
            self.breaker.failed(self.clock(), retry_after_s)


class Caller:
    """Asks for a permit, and holds it until the test decides the outcome of the request."""

    def __init__(self, desk: Desk, *, first: bool = False) -> None:
        self.permit: Permit | None = None
        self._over = asyncio.Event()
        self.task = asyncio.create_task(self._ask(desk.admission, first=first))

    async def _ask(self, admission: Admission, *, first: bool) -> None:
        async with admission.permit(first=first) as self.permit:
            await self._over.wait()

    @property
    def is_in(self) -> bool:
        """Whether its request is in flight."""
        return self.permit is not None and not self.task.done()

    async def leave(self, outcome: Callable[[Permit], None] = Permit.succeeded) -> None:
        """Ends its request with this outcome."""
        assert self.permit is not None
        outcome(self.permit)
        self._over.set()
        await everyone_moves()

    async def break_off(self) -> None:
        """Cancels it, whether it waits or is in."""
        self.task.cancel()
        await everyone_moves()


async def everyone_moves() -> None:
    """Lets all callers go as far as they can."""
    for _ in range(5):
        await asyncio.sleep(0)


async def callers(desk: Desk, number: int, *, first: bool = False) -> list[Caller]:
    """This many callers, which have all gone as far as they can."""
    made = [Caller(desk, first=first) for _ in range(number)]
    await everyone_moves()
    return made


async def one_by_one(desk: Desk, number: int, outcome: Callable[[Permit], None]) -> None:
    """This many requests, each of which is over before the next is made."""
    for _ in range(number):
        [caller] = await callers(desk, 1)
        await caller.leave(outcome)


def refused(permit: Permit) -> None:
    """The outcome of a request that the upstream has no time for."""
    permit.refused(None)


def are_in(those: list[Caller]) -> int:
    """How many of these have a request in flight."""
    return sum(each.is_in for each in those)


async def test_no_more_than_the_limit_are_let_in_at_once() -> None:
    """Of five callers, two are let in; each that leaves lets the next one in."""
    all_five = await callers(Desk(most=2), 5)

    in_flight = []
    while inside := [each for each in all_five if each.is_in]:
        in_flight.append(len(inside))
        await inside[0].leave()

    assert in_flight == [2, 2, 2, 2, 1]
    assert all(each.task.done() for each in all_five)


async def test_after_refusals_fewer_are_let_in() -> None:
    """Twelve in a row leave room for a quarter."""
    desk = Desk(most=16)

    await one_by_one(desk, 12, refused)

    assert are_in(await callers(desk, 16)) == 4


async def test_after_answers_more_are_let_in() -> None:
    """Four rounds of answers make room for one more."""
    desk = Desk(most=16)
    await one_by_one(desk, 12, refused)

    await one_by_one(desk, 20, Permit.succeeded)

    assert are_in(await callers(desk, 16)) == 5


async def test_first_callers_jump_the_queue() -> None:
    """They go in order of arrival, however many others wait already."""
    desk = Desk(most=1)
    [inside] = await callers(desk, 1)
    others = await callers(desk, 20)
    one, two = await callers(desk, 2, first=True)

    await inside.leave()
    assert one.is_in
    await one.leave()
    assert two.is_in
    await two.leave()
    assert are_in(others) == 1


async def test_other_callers_are_let_in_at_random() -> None:
    """Otherwise the requests of one branch would go together."""
    desk = Desk(most=1)

    async def served() -> list[int]:
        order: list[int] = []

        async def ask(number: int) -> None:
            async with desk.admission.permit():
                order.append(number)
                await asyncio.sleep(0)

        await asyncio.gather(*(ask(number) for number in range(100)))
        return order

    one, two = await served(), await served()

    assert one != two
    assert sorted(one) == sorted(two) == list(range(100))


async def test_a_caller_that_stopped_waiting_gets_no_turn() -> None:
    """If it is cancelled while it waits, the next one is let in."""
    desk = Desk(most=1)
    [inside] = await callers(desk, 1)
    impatient, patient = await callers(desk, 2, first=True)

    await impatient.break_off()
    await inside.leave()

    assert impatient.task.cancelled()
    assert patient.is_in


async def test_a_turn_that_comes_too_late_goes_to_the_next() -> None:
    """A caller that is cancelled just after getting a turn gives it back."""
    desk = Desk(most=1)
    [inside] = await callers(desk, 1)
    unlucky, lucky = await callers(desk, 2, first=True)

    inside.task.cancel()
    await asyncio.sleep(0)  # it has left; the next one has the turn and has not run yet
    await unlucky.break_off()

    assert unlucky.permit is None
    assert lucky.is_in


async def test_a_request_that_is_broken_off_gives_its_turn_back() -> None:
    """It says nothing about the upstream, so the circuit stays closed."""
    desk = Desk(most=1)
    broken_off, next_one = await callers(desk, 2, first=True)

    await broken_off.break_off()

    assert next_one.is_in
    assert desk.breaker.is_closed


async def test_an_open_circuit_lets_one_probe_through_after_the_pause() -> None:
    """None is sent before the pause is over, and no second one beside the probe."""
    desk = Desk()
    desk.open_circuit()
    desk.clock.advance(0.98)

    early = await callers(desk, 5)
    before = are_in(early)
    desk.clock.advance(0.02)
    while are_in(early) == 0:  # nobody asks meanwhile; the pause ends by itself
        await asyncio.sleep(0.001)
    late = await callers(desk, 5)

    assert before == 0
    assert are_in(early) == 1
    assert are_in(late) == 0


async def test_a_timer_that_fires_before_the_pause_is_over_is_set_again() -> None:
    """Timers and clocks differ a little; an early wake-up must not be the last."""
    desk = Desk()
    desk.open_circuit()
    desk.clock.advance(0.98)
    [waiting] = await callers(desk, 1)

    await asyncio.sleep(0.04)
    too_early = waiting.is_in
    desk.clock.advance(0.02)
    while not waiting.is_in:
        await asyncio.sleep(0.001)

    assert not too_early


async def test_a_first_caller_is_the_probe() -> None:
    """The turn of the probe is given like any other."""
    desk = Desk()
    desk.open_circuit()
    others = await callers(desk, 20)
    desk.clock.advance(1)

    [probe] = await callers(desk, 1, first=True)

    assert probe.is_in
    assert are_in(others) == 0


async def test_everybody_is_let_in_if_the_probe_succeeds() -> None:
    """The circuit is closed again."""
    desk = Desk()
    desk.open_circuit()
    desk.clock.advance(1)
    [probe] = await callers(desk, 1)
    waiting = await callers(desk, 20)
    before = are_in(waiting)

    await probe.leave(Permit.succeeded)

    assert before == 0
    assert are_in(waiting) == 20


@pytest.mark.parametrize("outcome", [Permit.failed, refused])
async def test_callers_go_on_waiting_if_the_probe_fails(
    outcome: Callable[[Permit], None],
) -> None:
    """After a longer pause, one of them is the next probe."""
    desk = Desk()
    desk.open_circuit()
    desk.clock.advance(1)
    [probe] = await callers(desk, 1)
    waiting = await callers(desk, 20)

    await probe.leave(outcome)
    after_failure = are_in(waiting)
    desk.clock.advance(2)
    waiting += await callers(desk, 1)

    assert after_failure == 0
    assert are_in(waiting) == 1


async def test_a_probe_that_is_broken_off_is_replaced_by_the_next() -> None:
    """It says nothing about the upstream, so no other pause is needed."""
    desk = Desk()
    desk.open_circuit()
    desk.clock.advance(1)
    [probe] = await callers(desk, 1)
    waiting = await callers(desk, 20)

    await probe.break_off()

    assert are_in(waiting) == 1


async def test_a_probe_that_is_broken_off_alone_is_replaced_by_the_next_to_come() -> None:
    """Nobody waits, so the next caller is the probe, at once."""
    desk = Desk()
    desk.open_circuit()
    desk.clock.advance(1)
    [probe] = await callers(desk, 1)

    await probe.break_off()

    assert are_in(await callers(desk, 5)) == 1


async def test_a_probe_that_is_cancelled_before_it_was_sent_is_replaced_too() -> None:
    """A caller that is cancelled just after becoming the probe passes that on with its turn."""
    desk = Desk()
    desk.open_circuit()
    desk.clock.advance(1)
    [probe] = await callers(desk, 1)
    unlucky, lucky = await callers(desk, 2, first=True)

    probe.task.cancel()
    await asyncio.sleep(0)  # it has left; the next one is the probe and has not run yet
    await unlucky.break_off()

    assert unlucky.permit is None
    assert lucky.is_in


async def test_all_waiting_callers_fail_when_it_is_hopeless() -> None:
    """Once the last probe within ten seconds has failed, nobody waits for the next, old or new."""
    desk = Desk()
    desk.open_circuit()
    desk.clock.advance(1)
    [probe] = await callers(desk, 1)
    waiting = await callers(desk, 20)

    await probe.leave(lambda permit: permit.refused(retry_after_s=30))
    waiting += await callers(desk, 1)

    outcomes = await asyncio.gather(*(each.task for each in waiting), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {UpstreamUnavailableError}


async def test_a_caller_cancelled_when_it_is_hopeless_takes_no_place() -> None:
    """It ends twice, which must not let more in than the limit when the upstream is back."""
    desk = Desk(most=1)
    desk.open_circuit()
    desk.clock.advance(1)
    [probe] = await callers(desk, 1)
    [unlucky] = await callers(desk, 1)
    assert probe.permit is not None

    probe.permit.failed(retry_after_s=30)
    probe.task.cancel()
    await asyncio.sleep(0)  # it has left; the other one has failed and has not run yet
    await unlucky.break_off()
    desk.clock.advance(30)
    [next_probe] = await callers(desk, 1)
    await next_probe.leave(Permit.succeeded)

    assert unlucky.task.cancelled()
    assert are_in(await callers(desk, 5)) == 1


async def test_a_turn_that_is_given_while_the_circuit_opens_is_not_taken() -> None:
    """Of many that fail at once, the first let others in before the last open the circuit."""
    desk = Desk(most=100)
    upstream_breaks = asyncio.Event()

    async def fail() -> None:
        async with desk.admission.permit() as permit:
            await upstream_breaks.wait()
            permit.failed()

    failing = [asyncio.create_task(fail()) for _ in range(100)]
    waiting = await callers(desk, 100)
    upstream_breaks.set()
    await asyncio.gather(*failing)
    await everyone_moves()

    assert not desk.breaker.is_closed
    assert are_in(waiting) == 0
    for caller in waiting:
        await caller.break_off()


async def test_a_caller_with_a_turn_waits_for_the_pace() -> None:
    """If the circuit opens meanwhile, the caller is not let in."""
    goes_on = asyncio.Event()

    async def pace() -> None:
        await goes_on.wait()

    desk = Desk(most=2, pace=pace)
    waiting = await callers(desk, 3)
    before = are_in(waiting)
    desk.open_circuit()
    goes_on.set()
    await everyone_moves()

    assert before == 0
    assert are_in(waiting) == 0
    for caller in waiting:
        await caller.break_off()


async def test_a_caller_cancelled_while_waiting_for_the_pace_gives_its_turn_back() -> None:
    """The next caller gets it."""
    goes_on = asyncio.Event()

    async def pace() -> None:
        await goes_on.wait()

    desk = Desk(most=1, pace=pace)
    hurried, patient = await callers(desk, 2)
    await hurried.break_off()
    goes_on.set()
    await everyone_moves()

    assert patient.is_in
    await patient.leave()


async def test_during_a_rest_for_all_nobody_waits_and_nothing_is_sent() -> None:
    """Who is in finishes; who waits, and who comes later, is told how long the rest takes."""
    desk = Desk(most=2, rests_for_all=True)
    inside = await callers(desk, 2)
    waiting = await callers(desk, 20)

    desk.admission.rest(60)
    desk.admission.rest(10)  # the longest counts
    desk.clock.advance(20)
    waiting += await callers(desk, 1)
    for caller in inside:
        await caller.leave()

    outcomes = await asyncio.gather(*(each.task for each in waiting), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {UpstreamRestsError}
    assert [each.retry_after_s for each in outcomes if isinstance(each, UpstreamRestsError)] == [
        *[60] * 20,
        40,
    ]
    assert all(each.permit is None for each in waiting)
    desk.clock.advance(40)
    assert [each.is_in for each in await callers(desk, 3)] == [True, True, False]


async def test_a_rest_ends_within_an_hour() -> None:
    """However long it was asked for."""
    desk = Desk(rests_for_all=True)
    desk.admission.rest(1e9)

    assert desk.admission.rests_s == LONGEST_REST_S


async def test_a_rest_of_one_request_stops_no_other() -> None:
    """A collection goes on."""
    desk = Desk(most=1)
    [inside] = await callers(desk, 1)
    [waiting] = await callers(desk, 1)
    desk.admission.rest(60)
    await inside.leave()

    assert waiting.is_in


async def test_a_turn_that_was_given_before_a_rest_is_not_taken_in_it() -> None:
    """It waits for its pace; the turn, and a probe that it was to be, go back."""
    go_on = asyncio.Event()

    async def pace() -> None:
        await go_on.wait()

    desk = Desk(most=1, pace=pace, rests_for_all=True)
    desk.open_circuit()
    desk.clock.advance(1)
    [probe] = await callers(desk, 1)
    desk.admission.rest(60)
    go_on.set()
    await everyone_moves()
    assert isinstance(probe.task.exception(), UpstreamRestsError)

    desk.clock.advance(60)
    [next_probe] = await callers(desk, 1)
    assert next_probe.is_in
