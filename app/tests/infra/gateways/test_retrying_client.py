"""What the client adds to one exchange: useful retries, and manners towards the upstream."""

import asyncio
import gzip
import time
import tracemalloc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from src.application.ports.upstream_errors import (
    UpstreamConnectionError,
    UpstreamError,
    UpstreamMalformedError,
    UpstreamRestsError,
    UpstreamStatusError,
    UpstreamTimeoutError,
    UpstreamTlsError,
    UpstreamUnavailableError,
    UpstreamUnreachableError,
)
from src.infra.gateways.aiohttp_exchange import MAX_BODY_BYTES, AiohttpExchange
from src.infra.gateways.retrying_client import RetryingClient
from stand_in.faults import Behaviour, Fault, Kind
from tests.helpers.answering import answering_all
from tests.helpers.cars import CarTable, read_brands
from tests.helpers.clients import Manners, client_over, exchange_with

LEVEL = 0  # that of the brands


class Upstream(CarTable):
    """A stand-in that answers the first requests with these faults, one each, then recovers.

    `asked` has the paths in the order of the responses.
    """

    def __init__(self, *faults: Fault, latency_s: float = 0) -> None:
        super().__init__(behaviour=Behaviour(latency_s=latency_s))
        self._faults_to_come = list(faults)
        self.asked: list[str] = []

    def fault_for(self, path: str) -> Fault | None:
        self.asked.append(path)
        return self._faults_to_come.pop(0) if self._faults_to_come else None


class ScriptedExchange(AiohttpExchange):
    """Gives these answers and errors in turn, without any upstream."""

    def __init__(self, *outcomes: bytes | UpstreamError) -> None:
        self._outcomes = list(outcomes)
        self.asked: list[str] = []

    async def body(self, path: str, *, timeout_s: float, max_bytes: int = MAX_BODY_BYTES) -> bytes:
        assert timeout_s > 0
        assert max_bytes > 0
        self.asked.append(path)
        outcome = self._outcomes.pop(0)
        if isinstance(outcome, bytes):
            return outcome
        raise outcome


@asynccontextmanager
async def client_of(
    upstream: CarTable,
    manners: Manners | None = None,
    **options: Any,
) -> AsyncIterator[RetryingClient]:
    """A client of this upstream, with the options of `client_over`."""
    async with exchange_with(upstream.base_url) as exchange:
        yield client_over(exchange, manners, **options)


def status(code: int, retry_after: int | None = None) -> Fault:
    """A response with this status."""
    return Fault(kind=Kind.STATUS, status=code, retry_after=retry_after)


def name_of(value: object) -> str | None:
    """The name of a fault in the id of a test."""
    if not isinstance(value, Fault):
        return None
    return str(value.status) if value.kind is Kind.STATUS else value.kind


def paths(count: int) -> list[str]:
    """This many different paths, for each of which the upstream returns an empty list."""
    return [f"/brands/{1_000 + number}/models" for number in range(count)]


@pytest.mark.parametrize("coding", ["gzip", None])
async def test_errors_that_are_kept_hold_nothing_of_what_was_read(coding: str | None) -> None:
    """A collection keeps an error for each of thousands of parts, and each had half a megabyte."""

    def refuse(body: bytes) -> None:
        raise ValueError(f"{len(body)} bytes that are no rows")

    text = b" " * 500_000
    coded = gzip.compress(text) if coding else text
    async with answering_all(coded, coding) as base_url, exchange_with(base_url) as exchange:
        client = client_over(exchange)
        kept: list[BaseException | None] = []
        await gather_errors(client, refuse, 20, kept)  # warms up what is made once
        kept.clear()
        tracemalloc.start()
        await gather_errors(client, refuse, 40, kept, max_bytes=600_000)
        await gather_errors(client, refuse, 40, kept, max_bytes=400_000)
        held, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert [type(error) for error in kept] == [UpstreamMalformedError] * 80
    assert held < 2 * len(text)


async def gather_errors(
    client: RetryingClient,
    read: Callable[[bytes], None],
    count: int,
    kept: list[BaseException | None],
    max_bytes: int = MAX_BODY_BYTES,
) -> None:
    """Asks this often at once, and keeps the errors."""
    asked = (client.get("/brands", read, level=LEVEL, max_bytes=max_bytes) for _ in range(count))
    kept += await asyncio.gather(*asked, return_exceptions=True)


# What is retried, and what is not.


@pytest.mark.parametrize(
    "fault",
    [
        status(408),
        status(429),
        status(500),
        status(503),
        Fault(kind=Kind.RESET),
        Fault(kind=Kind.CUT),
        Fault(kind=Kind.GARBAGE),
        Fault(kind=Kind.EMPTY),
        Fault(kind=Kind.WRONG_TYPES),
    ],
    ids=name_of,
)
async def test_a_retry_overcomes_a_passing_fault(fault: Fault) -> None:
    """The second request is answered."""
    async with Upstream(fault) as upstream, client_of(upstream, attempts=2) as client:
        brands = await client.get("/brands", read_brands, level=LEVEL)

    assert [brand.name for brand in brands] == ["Ford", "Toyota"]
    assert upstream.figures.requests == 2


async def test_a_silent_try_is_given_up_for_another() -> None:
    """Its patience ends long before the time limit for all tries does."""
    async with Upstream(Fault(kind=Kind.SILENCE)) as upstream:
        async with client_of(upstream, Manners(first_s=0.5), attempts=5, timeout_s=30) as client:
            async with asyncio.timeout(10):
                brands = await client.get("/brands", read_brands, level=LEVEL)

    assert [brand.name for brand in brands] == ["Ford", "Toyota"]


@pytest.mark.parametrize("code", [204, 301, 400, 403, 404])
async def test_a_lasting_failure_is_not_retried(code: int) -> None:
    """A refusal in principle is the same the next time."""
    async with Upstream(status(code)) as upstream, client_of(upstream, attempts=5) as client:
        with pytest.raises(UpstreamStatusError) as caught:
            await client.get("/brands", read_brands, level=LEVEL)

    assert caught.value.status == code
    assert upstream.figures.requests == 1


async def test_a_bad_certificate_is_not_retried() -> None:
    """A server that cannot be trusted now cannot be trusted a second later."""
    exchange = ScriptedExchange(UpstreamTlsError("certificado vencido"), b"too late")

    with pytest.raises(UpstreamTlsError):
        await client_over(exchange, attempts=5).get("/brands", bytes, level=LEVEL)

    assert exchange.asked == ["/brands"]


async def test_there_are_no_more_tries_than_allowed() -> None:
    """The error is that of the last try, and all tries use one connection."""
    async with Upstream(status(500), status(503), status(502), status(504)) as upstream:
        async with client_of(upstream, attempts=3) as client:
            with pytest.raises(UpstreamStatusError) as caught:
                await client.get("/brands", read_brands, level=LEVEL)

    assert caught.value.status == 502
    assert upstream.figures.requests == 3
    assert upstream.figures.connections == 1


async def test_an_unreachable_upstream_is_tried_once() -> None:
    """A wrong address costs the first visitor one time limit, not one for each try."""
    exchange = ScriptedExchange(UpstreamUnreachableError("ninguém"), b"too late")

    with pytest.raises(UpstreamUnreachableError):
        await client_over(exchange, attempts=5).get("/brands", bytes, level=LEVEL)

    assert exchange.asked == ["/brands"]


async def test_json_nested_too_deep_is_malformed() -> None:
    """No parser follows it, so the response is not what it should be."""
    exchange = ScriptedExchange(b"[" * 100_000)

    with pytest.raises(UpstreamMalformedError):
        await client_over(exchange).get("/brands", read_brands, level=LEVEL)


async def test_a_refused_connection_is_tried_again() -> None:
    """The upstream may be starting up; it need not have answered before."""
    exchange = ScriptedExchange(UpstreamConnectionError("recusada"), b"there")

    assert await client_over(exchange, attempts=5).get("/brands", bytes, level=LEVEL) == b"there"


async def test_retries_are_within_the_budget() -> None:
    """If all fail, twenty requests get fourteen retries, whatever each is allowed."""
    faults = [status(500)] * 200
    async with Upstream(*faults) as upstream, client_of(upstream, attempts=10) as client:
        asking = (client.get(path, bytes, level=LEVEL) for path in paths(20))
        outcomes = await asyncio.gather(*asking, return_exceptions=True)

    assert {type(outcome) for outcome in outcomes} == {UpstreamStatusError}
    assert upstream.figures.requests == 20 + 14


# Waiting.


async def test_retry_after_is_respected() -> None:
    """The retry is sent no earlier than the upstream says."""
    async with Upstream(status(429, retry_after=1)) as upstream:
        async with client_of(upstream, attempts=2) as client:
            began = time.monotonic()
            await client.get("/brands", read_brands, level=LEVEL)

    assert time.monotonic() - began >= 1


async def test_a_retry_after_beyond_the_time_limit_is_not_waited_for() -> None:
    """It ends the request at once."""
    async with Upstream(status(503, retry_after=60)) as upstream:
        async with client_of(upstream, attempts=5, timeout_s=20) as client, asyncio.timeout(10):
            with pytest.raises(UpstreamStatusError):
                await client.get("/brands", read_brands, level=LEVEL)

    assert upstream.figures.requests == 1


@pytest.mark.parametrize(("first_s", "requests"), [(0.1, 2), (60, 1)], ids=["many", "one"])
async def test_all_tries_together_keep_the_time_limit(first_s: float, requests: int) -> None:
    """It does not matter how many tries fit into it, or how long each may take."""
    faults = [Fault(kind=Kind.SILENCE)] * 10
    async with Upstream(*faults) as upstream:
        async with client_of(
            upstream, Manners(first_s=first_s), attempts=10, timeout_s=0.8
        ) as client:
            async with asyncio.timeout(30):
                with pytest.raises(UpstreamTimeoutError):
                    await client.get("/brands", read_brands, level=LEVEL)

    assert upstream.figures.requests >= requests


async def test_waiting_for_a_turn_does_not_count() -> None:
    """The time limit starts when the request is sent, so a long queue makes none fail."""
    async with Upstream(latency_s=0.05) as upstream:
        async with client_of(upstream, Manners(at_once=1), timeout_s=1) as client:
            answers = await asyncio.gather(
                *(client.get(path, bytes, level=LEVEL) for path in paths(25))
            )

    assert answers == [b"[]"] * 25


async def test_waiting_for_a_turn_to_try_again_does_not_count_either() -> None:
    """A failed request waits with the others, and keeps all the time it had left."""
    async with Upstream(status(500), latency_s=0.05) as upstream:
        manners = Manners(at_once=1)
        async with client_of(upstream, manners, attempts=2, timeout_s=1) as client:
            answers = await asyncio.gather(
                *(client.get(path, bytes, level=LEVEL) for path in paths(25))
            )

    assert answers == [b"[]"] * 25


@pytest.mark.parametrize("code", [429, 503, 500])
async def test_a_rest_for_all_stops_whoever_waits_and_whoever_would_try_again(code: int) -> None:
    """One response asks for an hour; another request fails meanwhile, and has a try left."""
    faults = [status(code, retry_after=3600), status(500)]
    async with Upstream(*faults, latency_s=0.05) as upstream:
        manners = Manners(at_once=2, rests_for_all=True)
        async with client_of(upstream, manners, attempts=2) as client:
            asked = (client.get(path, bytes, level=LEVEL) for path in paths(20))
            outcomes = await asyncio.gather(*asked, return_exceptions=True)

    assert len(upstream.asked) == 2
    told = [each for each in outcomes if isinstance(each, UpstreamError)]
    assert len(told) == 20
    assert sum(isinstance(each, UpstreamRestsError) for each in told) >= 18
    assert all(each.retry_after_s and 3500 < each.retry_after_s <= 3600 for each in told)


async def test_after_a_rest_for_all_the_request_that_was_told_is_tried_again() -> None:
    """And others are sent again."""
    async with Upstream(status(503, retry_after=1)) as upstream:
        manners = Manners(rests_for_all=True)
        async with client_of(upstream, manners, attempts=2) as client:
            first, others = paths(2)[0], paths(2)[1]
            answers = [await client.get(path, bytes, level=LEVEL) for path in (first, others)]

    assert answers == [b"[]"] * 2
    assert upstream.asked == [first, first, others]


async def test_a_fan_out_has_an_end_of_its_own() -> None:
    """Requests that have waited for their turn for too long are given up without being sent."""
    async with Upstream(latency_s=0.3) as upstream:
        async with client_of(upstream, Manners(at_once=2), longest_wait_s=-100) as client:
            asked = (client.get(path, bytes, level=LEVEL) for path in paths(10))
            outcomes = await asyncio.gather(*asked, return_exceptions=True)

    assert {type(each) for each in outcomes} == {UpstreamUnavailableError}
    assert upstream.figures.requests == 0


async def test_a_slow_answer_arrives_in_the_end() -> None:
    """Each try may take twice as long as the one before."""
    manners = Manners(first_s=0.5)
    async with Upstream(latency_s=1.5) as upstream:
        async with client_of(upstream, manners, attempts=3) as client:
            assert await client.get("/brands/9999999/models", bytes, level=LEVEL) == b"[]"

    assert upstream.figures.requests == 3


async def test_waiting_for_the_rate_does_not_count() -> None:
    """However low the rate is, a request that was not sent yet cannot be late."""
    async with Upstream() as upstream:
        async with client_of(upstream, Manners(max_rps=20), timeout_s=1) as client:
            answers = await asyncio.gather(
                *(client.get(path, bytes, level=LEVEL) for path in paths(25))
            )

    assert answers == [b"[]"] * 25


# Rate and order.


async def test_the_rate_is_not_exceeded() -> None:
    """It holds for any number of requests at once, retries included."""
    async with Upstream(status(500), status(500)) as upstream:
        async with client_of(upstream, Manners(max_rps=50), attempts=3) as client:
            began = time.monotonic()
            await asyncio.gather(*(client.get(path, bytes, level=LEVEL) for path in paths(24)))
            took_s = time.monotonic() - began

    assert upstream.figures.requests == 26
    assert 25 / took_s < 50 * 1.1


async def test_the_first_request_waits_for_nothing() -> None:
    """It is sent at once, even if the next may follow no sooner than ten seconds later."""
    async with Upstream() as upstream, client_of(upstream, Manners(max_rps=0.1)) as client:
        async with asyncio.timeout(30):
            await client.get("/brands", read_brands, level=LEVEL)


async def test_a_first_request_jumps_the_queue() -> None:
    """The last to come is the next to be sent."""
    async with Upstream(latency_s=0.02) as upstream:
        async with client_of(upstream, Manners(at_once=1)) as client:
            waiting = [client.get(path, bytes, level=LEVEL) for path in paths(10)]
            await asyncio.gather(*waiting, client.get("/brands", bytes, level=LEVEL, first=True))

    assert upstream.asked[:2] == [paths(1)[0], "/brands"]


async def test_a_retry_jumps_the_queue() -> None:
    """One other request is sent during its pause, which is minimal here; then it is its turn."""
    async with Upstream(status(429), latency_s=0.05) as upstream:
        async with client_of(upstream, Manners(at_once=1), attempts=2, first_backoff_s=0) as client:
            await asyncio.gather(*(client.get(path, bytes, level=LEVEL) for path in paths(10)))

    refused, other, again = upstream.asked[:3]
    assert again == refused != other


# Learning from outcomes.


@pytest.mark.parametrize(
    ("fault", "is_too_much"),
    [
        (status(429), True),
        (status(503), True),
        (Fault(kind=Kind.SILENCE), True),
        (status(500), False),
        (Fault(kind=Kind.RESET), False),
        (Fault(kind=Kind.GARBAGE), False),
    ],
    ids=name_of,
)
async def test_failures_trip_the_circuit(fault: Fault, *, is_too_much: bool) -> None:
    """Every failure counts towards it; refusals and silence also lower the limit."""
    manners = Manners(at_once=100, first_s=0.5 if fault.kind is Kind.SILENCE else 30)
    faults = [fault] * 80
    async with Upstream(*faults) as upstream, client_of(upstream, manners, timeout_s=30) as client:
        asking = (client.get(path, read_brands, level=LEVEL) for path in paths(80))
        outcomes = await asyncio.gather(*asking, return_exceptions=True)

    assert all(isinstance(outcome, UpstreamError) for outcome in outcomes)
    assert not manners.breaker.is_closed
    assert (manners.limit.limit < 100) is is_too_much


async def test_answers_raise_the_limit_and_set_the_patience() -> None:
    """The limit was lowered before; an answer also sets how long the next one may take."""
    manners = Manners(at_once=100, first_s=30)
    faults = [status(429)] * 20
    async with Upstream(*faults) as upstream, client_of(upstream, manners) as client:
        asking = (client.get(path, bytes, level=LEVEL) for path in paths(20))
        await asyncio.gather(*asking, return_exceptions=True)
        lowered, at_first_s = manners.limit.limit, manners.patience.limit_s(1)
        for path in paths(5 * lowered):
            await client.get(path, bytes, level=LEVEL)

    assert manners.patience.limit_s(1) < at_first_s
    assert manners.limit.limit > lowered


async def test_a_long_retry_after_stops_all_requests() -> None:
    """Once nearly all requests are refused, Retry-After holds for every request."""
    faults = [status(503, retry_after=30)] * 80
    async with Upstream(*faults) as upstream, client_of(upstream, attempts=1) as client:
        asking = (client.get(path, bytes, level=LEVEL) for path in paths(80))
        await asyncio.gather(*asking, return_exceptions=True)

        with pytest.raises(UpstreamUnavailableError):
            await client.get("/brands", read_brands, level=LEVEL)

    assert upstream.figures.requests == 80
