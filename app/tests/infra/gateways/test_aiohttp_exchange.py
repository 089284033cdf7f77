"""One exchange with the upstream, over real sockets: an answer, or one of our errors."""

import asyncio
import gzip
import inspect
import socket
import time
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import aiohttp
import brotli
import msgspec
import pytest

from src.application.ports.upstream_errors import (
    UpstreamConnectionError,
    UpstreamError,
    UpstreamMalformedError,
    UpstreamStatusError,
    UpstreamTimeoutError,
    UpstreamTlsError,
    UpstreamTooMuchError,
    UpstreamUnreachableError,
)
from src.infra.gateways import aiohttp_exchange
from src.infra.gateways.aiohttp_exchange import USER_AGENT
from stand_in.faults import Behaviour, Fault, Kind
from tests.helpers.answering import answering_all
from tests.helpers.cars import BRANDS, CarTable
from tests.helpers.clients import exchange_with


@asynccontextmanager
async def answering(answer: bytes) -> AsyncIterator[str]:
    """The address of a server that sends only these bytes, and waits for the client to leave."""
    left = asyncio.Event()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()
        await reader.read()
        writer.close()
        await writer.wait_closed()
        left.set()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        await left.wait()


async def test_the_bytes_of_the_answer_are_returned_unchanged() -> None:
    """Interpreting them is up to the caller."""
    async with CarTable() as upstream, exchange_with(upstream.base_url) as exchange:
        body = await exchange.body("/brands", timeout_s=5)

    assert body == msgspec.json.encode(BRANDS)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(kind=Kind.STATUS, status=503), UpstreamStatusError),
        (Fault(kind=Kind.CUT), UpstreamConnectionError),
        (Fault(kind=Kind.RESET), UpstreamConnectionError),
        (Fault(kind=Kind.SILENCE), UpstreamTimeoutError),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else "",
)
async def test_each_fault_becomes_its_error(fault: Fault, error: type[UpstreamError]) -> None:
    """Network faults reach the application as errors of ours, with their cause."""
    behaviour = Behaviour(faults=(fault,))
    timeout_s = 0.3 if error is UpstreamTimeoutError else 30
    async with CarTable(behaviour=behaviour) as upstream:
        async with exchange_with(upstream.base_url) as exchange:
            with pytest.raises(error, match="/brands") as caught:
                await exchange.body("/brands", timeout_s=timeout_s)

    assert type(caught.value) is error
    assert error is UpstreamStatusError or caught.value.__cause__ is not None


async def test_nobody_listening_is_a_connection_error() -> None:
    """A refused connection is told apart from a slow answer."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        async with exchange_with(f"http://127.0.0.1:{nobody.getsockname()[1]}") as exchange:
            with pytest.raises(UpstreamConnectionError, match="sem conexão") as caught:
                await exchange.body("/brands", timeout_s=5)

    assert type(caught.value) is UpstreamConnectionError


async def test_a_first_connection_that_is_not_accepted_is_unreachable() -> None:
    """It is given up long before the answer would be; here, no server takes up the handshake."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"https://127.0.0.1:{mute.getsockname()[1]}"
        async with exchange_with(url, first_connection_s=0.2) as exchange:
            with pytest.raises(UpstreamUnreachableError, match="não foi aceita a tempo") as caught:
                await exchange.body("/brands", timeout_s=30)

    assert isinstance(caught.value.__cause__, aiohttp.ConnectionTimeoutError)


async def test_after_a_failure_the_first_connection_has_twice_as_long() -> None:
    """Even a slow network is reached in the end."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"https://127.0.0.1:{mute.getsockname()[1]}"
        async with exchange_with(url, first_connection_s=0.1) as exchange:
            took_s = []
            for _ in range(3):
                began = time.monotonic()
                with pytest.raises(UpstreamUnreachableError):
                    await exchange.body("/brands", timeout_s=30)
                took_s.append(time.monotonic() - began)

    assert took_s[0] >= 0.1
    assert took_s[1] >= 0.2
    assert took_s[2] >= 0.4


async def test_later_connections_may_take_their_time() -> None:
    """After the first answer, only the limit of the whole exchange counts."""
    async with CarTable() as upstream, exchange_with(upstream.base_url) as exchange:
        await exchange.body("/brands", timeout_s=5)
        exchange._first_connection_s = 0.000_001

        await asyncio.gather(*(exchange.body("/brands", timeout_s=5) for _ in range(5)))

    assert upstream.figures.connections == 5


async def test_a_server_without_tls_is_refused() -> None:
    """If the address says https, an unencrypted answer is a TLS error."""
    async with answering(b"HTTP/1.1 400 Bad Request\r\n\r\n") as base_url:
        async with exchange_with(base_url.replace("http:", "https:")) as exchange:
            with pytest.raises(UpstreamTlsError, match="a conexão TLS falhou"):
                await exchange.body("/brands", timeout_s=5)


async def test_the_time_limit_covers_the_body() -> None:
    """An upstream that sends its headers at once but never its body is too slow."""
    async with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[") as base_url:
        async with exchange_with(base_url) as exchange:
            with pytest.raises(UpstreamTimeoutError):
                await exchange.body("/brands", timeout_s=0.2)


async def test_an_answer_that_is_not_http_is_malformed() -> None:
    """Noise from whatever listens there becomes one of our errors."""
    async with answering(b"\x00\x01\x02 noise\r\n\r\n") as base_url:
        async with exchange_with(base_url) as exchange:
            with pytest.raises(UpstreamMalformedError):
                await exchange.body("/brands", timeout_s=5)


LARGE = b"[" + b" " * 33_000_000 + b"]"


@pytest.mark.parametrize(("coding", "at_once"), [(None, 100), ("gzip", 500)])
async def test_a_body_larger_than_any_real_one_is_given_up(
    coding: str | None, at_once: int
) -> None:
    """Of hundreds at once, plain or compressed, only what may be there is in memory."""
    body = gzip.compress(LARGE, compresslevel=9) if coding else LARGE
    async with answering_all(body, coding) as base_url:
        async with exchange_with(base_url, connections=500, first_connection_s=60) as exchange:
            tracemalloc.start()
            asked = (exchange.body("/x", timeout_s=60, max_bytes=100_000) for _ in range(at_once))
            errors = await asyncio.gather(*asked, return_exceptions=True)
            _, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()

    assert {type(error) for error in errors} == {UpstreamMalformedError}
    assert all("grande demais" in str(error) for error in errors)
    assert most < at_once * 1_000_000  # with what the server holds; each is 33 MB


async def test_what_all_answers_have_together_is_bounded() -> None:
    """Those that find no room were too much at once, and fit when fewer are asked for."""
    answer = b" " * 300_000
    async with answering_all(answer) as base_url:
        async with exchange_with(base_url, max_bytes_at_once=1_000_000) as exchange:
            asked = (exchange.body("/x", timeout_s=60) for _ in range(20))
            outcomes = await asyncio.gather(*asked, return_exceptions=True)
            later = [await exchange.body("/x", timeout_s=60) for _ in range(20)]

    refused = [each for each in outcomes if isinstance(each, UpstreamTooMuchError)]
    assert refused
    assert all(each.is_refusal for each in refused)
    assert all(each == answer for each in outcomes if each not in refused)
    assert later == [answer] * 20


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "GZIP", "identity"])
async def test_a_coded_answer_is_decoded(coding: str) -> None:
    """Only gzip is asked for, since its length is known while it is decoded."""
    body = b"[]" if coding == "identity" else gzip.compress(b"[]")
    async with answering_all(body, coding) as base_url, exchange_with(base_url) as exchange:
        assert await exchange.body("/x", timeout_s=5, max_bytes=100) == b"[]"


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (brotli.compress(b"[]"), "br"),
        (gzip.compress(gzip.compress(b"[]")), "gzip, gzip"),
        (b"[]", "gzip"),
        (gzip.compress(b"[]")[:-1], "gzip"),
        (gzip.compress(b"[]") * 2, "gzip"),
        (b"", "gzip"),
    ],
    ids=["not asked for", "twice", "plain", "cut short", "two members", "empty"],
)
async def test_an_answer_that_cannot_be_decoded_is_malformed(body: bytes, coding: str) -> None:
    """That includes codings that were not asked for: nobody bounds them."""
    async with answering_all(body, coding) as base_url, exchange_with(base_url) as exchange:
        with pytest.raises(UpstreamMalformedError):
            await exchange.body("/x", timeout_s=5)


async def retry_after_s(header: bytes) -> float | None:
    """The seconds read from a 503 with this header."""
    answer = b"HTTP/1.1 503 Service Unavailable\r\n" + header + b"Content-Length: 0\r\n\r\n"
    async with answering(answer) as base_url, exchange_with(base_url) as exchange:
        with pytest.raises(UpstreamStatusError) as caught:
            await exchange.body("/brands", timeout_s=5)
    return caught.value.retry_after_s


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (b"", None),
        (b"Retry-After: 120\r\n", 120),
        (b"Retry-After: Sun, 01 Jun 2025 12:00:00 GMT\r\n", 0),
        (b"Retry-After: Sun, 01 Jun 2025 12:00:00 -0000\r\n", 0),
        (b"Retry-After: soon\r\n", None),
        (b"Retry-After: -5\r\n", None),
        (b"Retry-After: \xc2\xb2\r\n", None),
        (b"Retry-After: Sun, 01 Jun 99999999999999999999 12:00:00 GMT\r\n", None),
    ],
    ids=[
        "absent",
        "seconds",
        "past date",
        "date of no zone",
        "word",
        "negative",
        "other digits",
        "absurd date",
    ],
)
async def test_retry_after_is_read(header: bytes, seconds: float | None) -> None:
    """It may be seconds or a date; a past date asks for no wait, nonsense is ignored."""
    assert await retry_after_s(header) == seconds


@pytest.mark.parametrize(
    "date_format",
    ["%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y"],
)
async def test_retry_after_may_be_a_future_date(date_format: str) -> None:
    """It asks for the seconds until then, in each of HTTP's formats (RFC 9110, section 5.6.7)."""
    in_an_hour = (datetime.now(UTC) + timedelta(hours=1)).strftime(date_format)

    seconds = await retry_after_s(f"Retry-After: {in_an_hour}\r\n".encode())

    assert seconds is not None
    assert 3_540 < seconds <= 3_600


async def test_connections_are_reused_and_the_service_names_itself() -> None:
    """Ten requests in turn need one connection; thirty at once no more than the session allows."""
    async with CarTable() as upstream:
        async with exchange_with(upstream.base_url, connections=3) as exchange:
            for _ in range(10):
                await exchange.body("/brands", timeout_s=5)
            assert upstream.figures.connections == 1

            await asyncio.gather(*(exchange.body("/brands", timeout_s=5) for _ in range(30)))
            assert upstream.figures.connections <= 3
            assert upstream.figures.user_agents == {USER_AGENT}


def test_every_error_of_aiohttp_has_a_counterpart() -> None:
    """A new error class in aiohttp fails here rather than in production."""
    theirs = [
        kind
        for _, kind in inspect.getmembers(aiohttp, inspect.isclass)
        if issubclass(kind, aiohttp.ClientError)
    ]
    assert len(theirs) > 15

    for kind in theirs:
        table = aiohttp_exchange._TRANSLATION
        matches = [ours for their, ours, _ in table if issubclass(kind, their)]
        assert matches, kind
        if issubclass(kind, aiohttp.ConnectionTimeoutError):
            assert matches[0] is UpstreamUnreachableError, kind
        elif issubclass(kind, TimeoutError):
            assert matches[0] is UpstreamTimeoutError, kind
        elif issubclass(kind, aiohttp.ClientSSLError):
            assert matches[0] is UpstreamTlsError, kind
        else:
            assert matches[0] in {UpstreamConnectionError, UpstreamMalformedError}, kind
