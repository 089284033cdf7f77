"""Tells a stand-in for the upstream how to behave (see stand_in/server.py)."""

import asyncio
import json
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

from src.application.experimenting.experiment import Conditions, Fault
from src.application.ports.upstream_errors import UpstreamConnectionError
from src.infra.gateways.proxy import Proxy, through

# The share of answers that are errors, and the requests a second above which others are refused.
ERROR_SHARE = 0.02
MAX_RPS = 500

# A stand-in on this machine answers at once, or is not there; in seconds.
TIMEOUT_S = 5.0


class StandInControl:
    """The stand-in that is controlled at this address, over HTTP without TLS.

    `proxy` is the one on the way to it, if any.
    """

    def __init__(self, url: str, *, proxy: Proxy | None = None) -> None:
        self._url = url
        self._proxy = proxy

    async def behave(self, conditions: Conditions, answered_first: int) -> None:
        """Let the stand-in behave so from its next answer on.

        If it is to go down, it answers `answered_first` requests before.

        Raises UpstreamConnectionError if it does not take that.
        """
        body = json.dumps(_behaviour(conditions, answered_first)).encode()
        try:
            status = await asyncio.to_thread(self._put, body)
        except (OSError, HTTPException) as error:
            raise self._error(f"sem conexão ({error})") from error
        if status != 200:
            raise self._error(f"status {status}")

    def _error(self, what: str) -> UpstreamConnectionError:
        return UpstreamConnectionError(f"{self._url}: {what}{through(self._proxy)}")

    def _put(self, body: bytes) -> int:
        address = urlsplit(self._url)
        host, port, target = address.hostname or "", address.port, address.path
        headers: dict[str, str] = {}
        if self._proxy:  # it wants the whole address (RFC 9112, section 3.2.2)
            host, port, target = self._proxy.host, self._proxy.port, self._url
            headers = self._proxy.headers
        connection = HTTPConnection(host, port, timeout=TIMEOUT_S)
        try:
            connection.request("PUT", target, body, headers)
            return connection.getresponse().status
        finally:
            connection.close()


def _behaviour(conditions: Conditions, answered_first: int) -> dict[str, Any]:
    behaviour: dict[str, Any] = {"latency_s": conditions.latency_ms / 1000}
    if conditions.fault is Fault.ERRORS:
        behaviour["faults"] = [{"kind": "status", "status": 500, "share": ERROR_SHARE}]
    elif conditions.fault is Fault.RATE:
        behaviour["max_rps"] = MAX_RPS
    elif conditions.fault is Fault.DOWN:
        behaviour["faults"] = [{"kind": "reset", "spared": answered_first}]
    return behaviour
