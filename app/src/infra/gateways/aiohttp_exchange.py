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
    UpstreamProxyError,
    UpstreamStatusError,
    UpstreamTimeoutError,
    UpstreamTlsError,
    UpstreamTooMuchError,
    UpstreamUnreachableError,
)
from src.infra.gateways.proxy import Proxy, through
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

# With a proxy, only the proxy is connected to, and only its name looked up.
_NO_PROXY = (aiohttp.ClientProxyConnectionError, aiohttp.ClientConnectorDNSError)


def open_session(
    *, connections: int, tls: SSLContext, proxy: Proxy | None
) -> aiohttp.ClientSession:
    """The one session of the process, with at most `connections` open at a time.

    It keeps no cookies, decodes nothing and sets no total time limit of its own: the exchange does.
    Nor does it look for proxies itself (`trust_env`): with each request, aiohttp would read the
    environment in a thread, and send the upstream a password that ~/.netrc has for its host.
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=connections, ssl=tls),
        cookie_jar=aiohttp.DummyCookieJar(),
        proxy=proxy.url if proxy else None,
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
        proxy: Proxy | None = None,
        first_connection_s: float = FIRST_CONNECTION_S,
        max_bytes_at_once: int = MAX_BYTES_AT_ONCE,
    ) -> None:
        self._session = session
        self._base_url = base_url.rstrip("/")
        self._settings = settings
        self._proxy = proxy
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
            raise self._translated(exc, path) from exc
        finally:
            self._bytes_at_once -= len(sent)

    async def _read(
        self, response: aiohttp.ClientResponse, sent: bytearray, path: str, max_bytes: int
    ) -> None:
        """Fill `sent` with the answer's bytes as they come."""
        if response.status != 200:
            # A proxy that forwards requests, instead of opening tunnels, may have answered itself.
            proxy = self._proxy if response.url.scheme == "http" else None
            if proxy and response.status == 407:
                raise _refusal(proxy, path, 407)
            raise UpstreamStatusError(
                f"{path}: status {response.status}{through(proxy)}",
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

    def _translated(self, exc: Exception, path: str) -> UpstreamError:
        if self._proxy and isinstance(exc, aiohttp.ClientHttpProxyError):
            return _refusal(self._proxy, path, exc.status)
        if self._proxy and isinstance(exc, _NO_PROXY):
            return UpstreamProxyError(
                f"{path}: sem conexão com o proxy {self._proxy} ({exc}): "
                f"confira {self._proxy.setting} e NO_PROXY"
            )
        kind, what = next(
            (kind, what) for theirs, kind, what in _TRANSLATION if isinstance(exc, theirs)
        )
        reason = tls_advice(exc, settings=self._settings) or _reason(exc)
        return kind(f"{path}: {what} ({reason}){through(self._proxy)}")

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


def _refusal(proxy: Proxy, path: str, status: int) -> UpstreamProxyError:
    """The error for an answer that is the proxy's own, with what to do."""
    if status != 407:
        what = f"respondeu {status}: confira se ele alcança a fonte e permite conexões com ela"
    elif proxy.user is None:
        what = (
            f"pede usuário e senha (407): inclua-os em {proxy.setting}, como em "
            "http://usuario:senha@proxy:3128"
        )
    else:
        what = f"não aceitou o usuário e a senha (407): confira {proxy.setting}"
    may_pass = status >= 500 or status in {408, 429}
    return UpstreamProxyError(f"{path}: o proxy {proxy} {what}", may_pass=may_pass)


def _reason(exc: Exception) -> str:
    """What aiohttp says, but for the address in its text: a proxy's has a password."""
    said = exc.message if isinstance(exc, aiohttp.ClientResponseError) else str(exc)
    return said or type(exc).__name__


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
