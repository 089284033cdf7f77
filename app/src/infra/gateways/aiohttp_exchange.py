"""One exchange with the upstream, once: ask and read; every failure becomes an UpstreamError."""

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
    UpstreamUnreachableError,
)
from src.infra.gateways.time_limit import Stalls, TimeLimit
from src.infra.gateways.tls import tls_advice

USER_AGENT = f"{NAME}/{VERSION} ({PURPOSE}; aiohttp)"

# The first connection of all is there within this time, in seconds, or will hardly come: a network
# that drops packets must not cost the first visitor the whole time limit. After each failure
# the next has twice as long, and once something was answered, connections may take their time.
FIRST_CONNECTION_S = 3.0

# An answer of some hundred thousand rows.
MAX_BODY_BYTES = 32 * 1024 * 1024

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

    It keeps no cookies and sets no total time limit of its own: the exchange has one.
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=connections, ssl=tls),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": USER_AGENT, "Accept": "application/json"},
        timeout=aiohttp.ClientTimeout(total=None),
    )


class AiohttpExchange:
    """Asks the upstream once.

    `base_url` ends before the first path segment. `settings` is what the names of the upstream's
    settings begin with, for advice in errors. The first connection is waited for
    `first_connection_s` seconds; an answer has `max_body_bytes` at most.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        base_url: str,
        settings: str = "",
        first_connection_s: float = FIRST_CONNECTION_S,
        max_body_bytes: int = MAX_BODY_BYTES,
    ) -> None:
        self._session = session
        self._base_url = base_url.rstrip("/")
        self._settings = settings
        self._stalls = Stalls()
        self._has_answered = False
        self._first_connection_s = first_connection_s
        self._max_body_bytes = max_body_bytes

    async def body(self, path: str, *, timeout_s: float) -> bytes:
        """The answer's bytes to GET `path`, whatever content type it claims.

        The time limit, in seconds, covers headers and body together; stalls of this process do not
        count. Redirects are not followed: the upstream is where the settings say, nowhere else.

        Raises UpstreamError, one kind for each row of the translation table.
        """
        try:
            async with TimeLimit(timeout_s, self._stalls), self._get(path) as response:
                self._has_answered = True
                return await _body(response, path, max_bytes=self._max_body_bytes)
        except (aiohttp.ClientError, OSError) as exc:
            if isinstance(exc, aiohttp.ConnectionTimeoutError):
                self._first_connection_s *= 2
            raise _translated(exc, path, self._settings) from exc

    def _get(self, path: str) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        # encoded=True: the paths are made of digits and letters here, so yarl need not look.
        url = URL(self._base_url + path, encoded=True)
        if self._has_answered:
            return self._session.get(url, allow_redirects=False)
        first = aiohttp.ClientTimeout(total=None, connect=self._first_connection_s)
        return self._session.get(url, allow_redirects=False, timeout=first)


async def _body(response: aiohttp.ClientResponse, path: str, *, max_bytes: int) -> bytes:
    if response.status != 200:
        raise UpstreamStatusError(
            f"{path}: status {response.status}",
            response.status,
            _seconds(response.headers.get("Retry-After")),
        )
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > max_bytes:
            raise UpstreamMalformedError(f"{path}: resposta grande demais")
    return bytes(body)


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
    if until.tzinfo is None:
        return None
    return max(0.0, (until - datetime.now(UTC)).total_seconds())
