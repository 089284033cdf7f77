"""What becomes of the requests to an upstream, as the metrics have it."""

import time

import pytest

from src.application.manners.adaptive_limit import AdaptiveLimit
from src.application.manners.admission import Admission
from src.application.manners.circuit_breaker import CircuitBreaker
from src.application.ports.upstream_errors import (
    UpstreamError,
    UpstreamMalformedError,
    UpstreamStatusError,
    UpstreamTimeoutError,
    UpstreamTlsError,
)
from src.infra.metrics import catalogue
from src.infra.metrics.metrics import text_of
from src.infra.metrics.upstream_meter import UpstreamMeter


def admission() -> Admission:
    """The queue before an upstream that takes seven requests at once."""
    breaker = CircuitBreaker(clock=time.monotonic)
    return Admission(AdaptiveLimit(7, clock=time.monotonic), breaker, clock=time.monotonic)


def test_attempts_are_counted_by_their_outcome() -> None:
    """The upstream's name has no secrets; what is in flight ends with the attempt."""
    address = "https://user:secret@example.org:8443/api"
    errors: list[BaseException] = [
        UpstreamStatusError("429", 429),
        UpstreamStatusError("500", 500),
        UpstreamTimeoutError(),
        UpstreamTlsError(),
        UpstreamMalformedError(),
        KeyboardInterrupt(),
    ]

    with catalogue.shared() as numbers:
        meter = UpstreamMeter(address, admission())
        before = numbers.own.read()
        with meter.attempt():
            during = numbers.own.read()
        for error in errors:
            with pytest.raises((UpstreamError, KeyboardInterrupt)), meter.attempt():
                raise error
        meter.retried()
        text = text_of(catalogue.ALL, numbers.of_all())

    of = 'upstream="example.org:8443/api"'
    assert during[f"upstream_requests_in_flight{{{of}}}"] == [1]
    outcomes = ("answered", "cancelled", "connection", "error", "malformed", "refused", "timeout")
    for outcome in outcomes:
        attempts = f'upstream_attempts_total{{{of},outcome="{outcome}"}}'
        assert before[attempts] == [0]  # so that the first one is a change
        assert f"{attempts} 1\n" in text
    assert f"upstream_retries_total{{{of}}} 1\n" in text
    assert f"upstream_requests_in_flight{{{of}}} 0\n" in text
    assert f"upstream_requests_limit{{{of}}} 7\n" in text
    assert f"upstream_circuit_open{{{of}}} 0\n" in text
    assert "secret" not in text
