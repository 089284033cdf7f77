"""One exchange with the upstream, once: ask and read; every failure becomes an UpstreamError."""

import zlib
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ssl import SSLContext

import aiohttp
from yarl import URL

from src import NAME, PURPOSE, VERSION
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
from src.infra.gateways.time_limit import Stalls, TimeLimit
from src.infra.gateways.tls import tls_advice

USER_AGENT = f"{NAME}/{VERSION} ({PURPOSE}; aiohttp)"

# The first connection of all is there within this time, in seconds, or will hardly come: a network
# that drops packets must not cost the first visitor the whole time limit. After each failure
# the next has twice as long, and once something was answered, connections may take their time.
FIRST_CONNECTION_S = 3.0

# The longest answer if nothing else is said, in bytes before and after decoding: some ten
# thousand rows.
MAX_BODY_BYTES = 8 * 1024 * 1024

# The longest that all answers under way may be together, in bytes as sent: 128 KiB for each of five
# hundred. They are decoded one at a time.
MAX_BYTES_AT_ONCE = 64 * 1024 * 1024

# How much of an answer a connection reads ahead, in bytes.
READ_AHEAD_BYTES = 64 * 1024

# The coding that is asked for, and its other name (RFC 9110, section 8.4.1.3).
_GZIP = {"gzip", "x-gzip"}

# First match wins. Tested against every error class of aiohttp.
_TRANSLATION: tuple[tuple[type[Exception], type[UpstreamError], str], ...] = (
    (aiohttp.ConnectionTimeoutError, UpstreamUnreachableError, "a conexão não foi aceita a tempo"),
    (TimeoutError, UpstreamTimeoutError, "não respondeu a tempo"),
    (aiohttp.ClientSSLError, UpstreamTlsError, "a conexão TLS falhou"),
    (aiohttp.ClientConnectionError, UpstreamConnectionError, "sem conexão"),
    (aiohttp.ContentTypeError, UpstreamMalformedError, "resposta malformada"),
    (aiohttp.ClientResponseError, UpstreamMalformedError, "resposta malformada"),
    (aiohttp.ClientPayloadError, UpstreamConnectionError, "a resposta foi interrompida"),
    (aiohttp.ClientError, UpstreamConnectionError, "falha na comunicação"),
    (OSError, UpstreamConnectionError, "sem conexão"),
)


def open_session(*, connections: int, tls: SSLContext) -> aiohttp.ClientSession:
    """The one session of the process, with at most `connections` open at a time.

    It keeps no cookies, decodes nothing and sets no total time limit of its own: the exchange does.
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=connections, ssl=tls),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={
            "User-Agent": USER_AGENT,
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
        },
        timeout=aiohttp.ClientTimeout(total=None),
        auto_decompress=False,
        read_bufsize=READ_AHEAD_BYTES,
    )


class AiohttpExchange:
    """Asks the upstream once.

    `base_url` ends before the first path segment. `settings` is what the names of the upstream's
    settings begin with, for advice in errors. The first connection is waited for
    `first_connection_s` seconds; all answers under way have `max_bytes_at_once` together.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        base_url: str,
        settings: str = "",
        first_connection_s: float = FIRST_CONNECTION_S,
        max_bytes_at_once: int = MAX_BYTES_AT_ONCE,
    ) -> None:
        self._session = session
        self._base_url = base_url.rstrip("/")
        self._settings = settings
        self._stalls = Stalls()
        self._has_answered = False
        self._first_connection_s = first_connection_s
        self._max_bytes_at_once = max_bytes_at_once
        self._bytes_at_once = 0

    async def body(self, path: str, *, timeout_s: float, max_bytes: int = MAX_BODY_BYTES) -> bytes:
        """The answer's decoded bytes to GET `path`, whatever content type it claims.

        It may have `max_bytes`, before decoding and after it.

        The time limit, in seconds, covers headers and body together; stalls of this process do not
        count. Redirects are not followed: the upstream is where the settings say, nowhere else.

        Raises UpstreamError, one kind for each row of the translation table.
        """
        sent = bytearray()
        try:
            async with TimeLimit(timeout_s, self._stalls), self._get(path) as response:
                self._has_answered = True
                await self._read(response, sent, path, max_bytes)
            # Nothing is waited for any more, so there is one decoded answer at a time.
            return _decoded(sent, response.headers.get("Content-Encoding"), path, max_bytes)
        except (aiohttp.ClientError, OSError) as exc:
            if isinstance(exc, aiohttp.ConnectionTimeoutError):
                self._first_connection_s *= 2
            raise _translated(exc, path, self._settings) from exc
        finally:
            self._bytes_at_once -= len(sent)

    async def _read(
        self, response: aiohttp.ClientResponse, sent: bytearray, path: str, max_bytes: int
    ) -> None:
        """Fill `sent` with the answer's bytes as they come."""
        if response.status != 200:
            raise UpstreamStatusError(
                f"{path}: status {response.status}",
                response.status,
                _seconds(response.headers.get("Retry-After")),
            )
        async for chunk in response.content.iter_any():
            sent += chunk
            self._bytes_at_once += len(chunk)
            if len(sent) > max_bytes:
                raise _too_large(path, max_bytes)
            if self._bytes_at_once > self._max_bytes_at_once:
                raise UpstreamTooMuchError(f"{path}: respostas demais ao mesmo tempo")

    def _get(self, path: str) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        # encoded=True: the paths are made of digits and letters here, so yarl need not look.
        url = URL(self._base_url + path, encoded=True)
        if self._has_answered:
            return self._session.get(url, allow_redirects=False)
        first = aiohttp.ClientTimeout(total=None, connect=self._first_connection_s)
        return self._session.get(url, allow_redirects=False, timeout=first)


def _decoded(sent: bytearray, coding: str | None, path: str, max_bytes: int) -> bytes:
    if coding is None or coding.lower() == "identity":
        return bytes(sent)
    if coding.lower() not in _GZIP:  # one that was not asked for, or several around each other
        raise UpstreamMalformedError(f"{path}: codificação não pedida ({coding})")
    gzip = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        body = gzip.decompress(sent, max_bytes + 1)
    except zlib.error as exc:
        raise UpstreamMalformedError(f"{path}: gzip malformado ({exc})") from exc
    if len(body) > max_bytes:
        raise _too_large(path, max_bytes)
    if not gzip.eof or gzip.unused_data:
        raise UpstreamMalformedError(f"{path}: gzip incompleto, ou com algo depois do fim")
    return body


def _too_large(path: str, max_bytes: int) -> UpstreamMalformedError:
    return UpstreamMalformedError(f"{path}: resposta grande demais (mais de {max_bytes} bytes)")


def _translated(exc: Exception, path: str, settings: str) -> UpstreamError:
    kind, what = next(
        (kind, what) for theirs, kind, what in _TRANSLATION if isinstance(exc, theirs)
    )
    reason = tls_advice(exc, settings=settings) or str(exc) or type(exc).__name__
    return kind(f"{path}: {what} ({reason})")


def _seconds(retry_after: str | None) -> float | None:
    """The seconds that a Retry-After asks for, as a number or a date (RFC 9110, section 10.2.3).

    None if there is none, or if it cannot be read.
    """
    if retry_after is None:
        return None
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after)
    try:
        until = parsedate_to_datetime(retry_after)
    except (ValueError, OverflowError):
        return None
    if until.tzinfo is None:  # as in the oldest format that recipients must accept, which is in UTC
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())
