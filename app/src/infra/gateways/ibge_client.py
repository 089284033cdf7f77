"""One exchange with the upstream: ask, read, check; every failure becomes an UpstreamError."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from ssl import SSLContext
from typing import TypeVar

import aiohttp
from yarl import URL

from src import VERSION
from src.application.ports.upstream import (
    UpstreamConnectionError,
    UpstreamError,
    UpstreamMalformedError,
    UpstreamStatusError,
    UpstreamTimeoutError,
)
from src.infra.gateways.tls import tls_advice

T = TypeVar("T")

USER_AGENT = f"estados-e-cidades/{VERSION} (API de localidades do Brasil; aiohttp)"

# A connection that is not there within this time will hardly come: an upstream that drops
# packets must not cost the first visitor the whole of IBGE_TIMEOUT_S.
CONNECT_TIMEOUT_S = 4.0

# The largest answer in use, all districts of a state, has about 1.5 MB.
MAX_BODY_BYTES = 32 * 1024 * 1024

# First match wins. Tested against every error class of aiohttp.
_TRANSLATION: tuple[tuple[type[Exception], type[UpstreamError], str], ...] = (
    (TimeoutError, UpstreamTimeoutError, "não respondeu a tempo"),
    (aiohttp.ClientConnectionError, UpstreamConnectionError, "sem conexão"),
    (aiohttp.ContentTypeError, UpstreamMalformedError, "resposta malformada"),
    (aiohttp.ClientResponseError, UpstreamMalformedError, "resposta malformada"),
    (aiohttp.ClientPayloadError, UpstreamConnectionError, "a resposta foi interrompida"),
    (aiohttp.ClientError, UpstreamConnectionError, "falha na troca"),
    (OSError, UpstreamConnectionError, "sem conexão"),
)


@asynccontextmanager
async def open_session(
    *, connections: int, tls: SSLContext
) -> AsyncIterator[aiohttp.ClientSession]:
    """The one session of the process, with at most `connections` open at a time.

    It keeps no cookies and sets no total time limit of its own: the client bounds the exchange.
    """
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=connections, ssl=tls),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": USER_AGENT, "Accept": "application/json"},
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT_S),
    ) as session:
        yield session


class IbgeClient:
    """Asks the upstream and hands the answer's bytes to a reader.

    `base_url` ends before the first path segment, `timeout_s` bounds one exchange in seconds,
    headers and body together.
    """

    def __init__(self, session: aiohttp.ClientSession, *, base_url: str, timeout_s: float) -> None:
        self._session = session
        self._base_url = base_url.rstrip("/")
        self._timeout_s = timeout_s

    async def get(self, path: str, read: Callable[[bytes], T]) -> T:
        """What `read` makes of the answer to GET `path`, whatever content type it claims.

        `read` raises ValueError for bytes that are not what they should be. Redirects are not
        followed: the upstream is where the settings say, nowhere else.

        Raises UpstreamError, one kind for each row of the translation table.
        """
        try:
            async with asyncio.timeout(self._timeout_s):
                body = await self._body(path)
        except (aiohttp.ClientError, OSError) as exc:
            raise _translated(exc, path) from exc
        try:
            return read(body)
        except ValueError as exc:
            raise UpstreamMalformedError(f"{path}: resposta malformada ({exc})") from exc

    async def _body(self, path: str) -> bytes:
        # encoded=True: the paths are made of digits and letters here, so yarl need not look.
        url = URL(self._base_url + path, encoded=True)
        async with self._session.get(url, allow_redirects=False) as response:
            if response.status != 200:
                raise UpstreamStatusError(f"{path}: status {response.status}", response.status)
            body = bytearray()
            async for chunk in response.content.iter_any():
                body += chunk
                if len(body) > MAX_BODY_BYTES:
                    raise UpstreamMalformedError(f"{path}: resposta grande demais")
            return bytes(body)


def _translated(exc: Exception, path: str) -> UpstreamError:
    kind, what = next(
        (kind, what) for theirs, kind, what in _TRANSLATION if isinstance(exc, theirs)
    )
    reason = tls_advice(exc) or str(exc) or type(exc).__name__
    return kind(f"{path}: {what} ({reason})")
