"""Counts what becomes of the requests to one upstream, for the metrics."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from src.application.manners.admission import Admission
from src.application.ports.upstream_errors import (
    UpstreamConnectionError,
    UpstreamError,
    UpstreamMalformedError,
    UpstreamTimeoutError,
)
from src.infra.metrics.catalogue import ATTEMPTS, CIRCUIT, IN_FLIGHT, LIMIT, RETRIES

_ANSWERED, _CANCELLED, _REFUSED, _OTHER = "answered", "cancelled", "refused", "error"
_OUTCOMES: dict[type[UpstreamError], str] = {
    UpstreamTimeoutError: "timeout",
    UpstreamConnectionError: "connection",
    UpstreamMalformedError: "malformed",
}


class UpstreamMeter:
    """Counts attempts, and notes what `admission` has learnt from each.

    In the metrics the upstream is called by its address without the scheme, or user and password.
    """

    def __init__(self, base_url: str, admission: Admission) -> None:
        parts = urlsplit(base_url)
        self._name = parts.netloc.rpartition("@")[2] + parts.path
        self._admission = admission
        for outcome in (_ANSWERED, _CANCELLED, _REFUSED, _OTHER, *_OUTCOMES.values()):
            ATTEMPTS.show(self._name, outcome)
        RETRIES.show(self._name)
        IN_FLIGHT.show(self._name)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """One attempt, which is the block."""
        outcome = _CANCELLED
        IN_FLIGHT.add(self._name, by=1)
        try:
            yield
            outcome = _ANSWERED
        except UpstreamError as error:
            outcome = _outcome(error)
            raise
        finally:
            IN_FLIGHT.add(self._name, by=-1)
            ATTEMPTS.add(self._name, outcome)
            LIMIT.set(self._name, to=self._admission.limit)
            CIRCUIT.set(self._name, to=self._admission.is_suspended)

    def retried(self) -> None:
        """The next attempt repeats this one."""
        RETRIES.add(self._name)


def _outcome(error: UpstreamError) -> str:
    if error.is_refusal:
        return _REFUSED
    kinds = (_OUTCOMES[kind] for kind in type(error).__mro__ if kind in _OUTCOMES)
    return next(kinds, _OTHER)
