"""Asks the upstream as `asking.py` does, but each call blocks its thread until the answer."""

import json
import threading
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from typing import Any, Protocol
from urllib.parse import urlsplit

from compare.rows import Row, place

# How long one answer may take, in seconds: as long as with aiohttp, if nothing else is said.
TIMEOUT_S = 300


class Session(Protocol):
    """What one thread asks with, over one connection."""

    def get(self, path: str) -> Any:  # noqa: ANN401  # whatever JSON holds
        """The JSON at this path. Raises HTTPException or OSError."""

    def close(self) -> None:
        """Closes the connection."""


class HttpClientSession:
    """A session of the standard library: needs nothing installed."""

    def __init__(self, base_url: str) -> None:
        base = urlsplit(base_url)
        self._base_path = base.path
        self._connection = HTTPConnection(base.hostname or "", base.port, timeout=TIMEOUT_S)

    def get(self, path: str) -> Any:  # noqa: ANN401  # as above
        """The JSON at this path."""
        try:
            self._connection.request("GET", self._base_path + path)
            with self._connection.getresponse() as response:
                body = response.read()
                if response.status != 200:
                    raise HTTPException(f"{response.status} {response.reason}")
        except (HTTPException, OSError):
            self._connection.close()  # the next request opens it again
            raise
        return json.loads(body)

    def close(self) -> None:
        """Closes the connection."""
        self._connection.close()


class BlockingUpstream:
    """Asks for places from any thread; counts the requests that are under way and that fail.

    Each thread opens a session of its own, since none promises that it may be shared. `close`
    closes them all.
    """

    def __init__(self, open_session: Callable[[], Session]) -> None:
        self._open_session = open_session
        self._here = threading.local()
        self._sessions: list[Session] = []
        # What all threads change needs a lock; on one thread it needs none.
        self._lock = threading.Lock()
        self._under_way = 0
        self.most_under_way = 0
        self.failures: list[str] = []

    def states(self) -> list[Row]:
        """All states."""
        return [place(row) for row in self._rows("/estados")]

    def cities(self, state: Row) -> list[Row]:
        """The cities of a state."""
        return [place(row) for row in self._rows(f"/estados/{state['id']}/municipios")]

    def districts(self, city: Row) -> list[Row]:
        """The districts of a city."""
        return [place(row) for row in self._rows(f"/municipios/{city['id']}/distritos")]

    def close(self) -> None:
        """Closes all sessions; nothing may be under way."""
        for session in self._sessions:
            session.close()

    def _rows(self, path: str) -> list[Row]:
        """The rows at a path; none if the request fails."""
        with self._lock:
            self._under_way += 1
            self.most_under_way = max(self.most_under_way, self._under_way)
        try:
            found = self._session().get(path)
        except (HTTPException, OSError) as exc:
            with self._lock:
                self.failures.append(str(exc) or type(exc).__name__)
            return []
        finally:
            with self._lock:
                self._under_way -= 1
        # The upstream answers a single row without a list around it.
        return found if isinstance(found, list) else [found]

    def _session(self) -> Session:
        """The session of the thread that calls this."""
        session: Session | None = getattr(self._here, "session", None)
        if session is None:
            session = self._here.session = self._open_session()
            with self._lock:
                self._sessions.append(session)
        return session
