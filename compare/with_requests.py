"""The way with threads over `requests`: `python -m compare.with_requests BASE_URL` runs it."""

import sys
from typing import Any

import requests

from compare.blocking import TIMEOUT_S
from compare.threads import run_once


class RequestsSession:
    """A session of `requests`, which keeps its connection."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy and no .netrc, as the other ways have it

    def get(self, path: str) -> Any:  # noqa: ANN401  # whatever JSON holds
        """The JSON at this path. Raises OSError."""
        response = self._session.get(self._base_url + path, timeout=TIMEOUT_S)
        response.raise_for_status()
        return response.json()

    def close(self) -> None:
        """Closes the connection."""
        self._session.close()


if __name__ == "__main__":
    run_once(lambda: RequestsSession(sys.argv[1]))
