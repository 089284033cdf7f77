"""One trace for each refresh."""

import time

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from src.application.ports.refresh_progress import Phase
from src.application.telling.fan_out_counts import FanOutCounts
from src.infra.traces.traced_fan_out import ONE_IN, TracedFanOut, fan_out_counts
from tests.helpers.traced import named, traced
from tests.sample_feature.shelves import Shelf

A, B = Shelf(1, "A", "Alta", ()), Shelf(2, "B", "Baixa", ())


def ended(*phases: Phase) -> InMemorySpanExporter:
    """The spans of refreshes that have ended so, with nothing in them."""
    with traced() as spans:
        counts = fan_out_counts("/api/v1/shelves", clock=time.monotonic)
        for phase in phases:
            counts.begin()
            counts.end(phase)
    return spans


def above(span: ReadableSpan) -> int | None:
    """The id of the span above this one."""
    return span.parent.span_id if span.parent is not None else None


def test_without_traces_nothing_but_counting_is_done() -> None:
    """It costs nothing then."""
    counts = fan_out_counts("/api/v1/shelves", clock=time.monotonic)

    assert type(counts) is FanOutCounts


def test_each_refresh_is_a_trace_of_its_own() -> None:
    """It says what became of it; what is counted stays what it was."""
    spans = ended(Phase.WHOLE, Phase.FAILED).get_finished_spans()

    whole, failed = spans
    assert {span.name for span in spans} == {"refresh"}
    assert whole.context.trace_id != failed.context.trace_id
    assert dict(whole.attributes or {}) == {"data": "/api/v1/shelves", "outcome": "whole"}
    assert whole.status.status_code is StatusCode.UNSET
    assert failed.status.status_code is StatusCode.ERROR


def test_roots_are_below_the_refresh_and_attempts_below_their_root() -> None:
    """Of the requests, one in some is shown, with each of its attempts."""
    with traced() as spans:
        counts = TracedFanOut("/api/v1/shelves", clock=time.monotonic)
        counts.begin()
        first = counts.asked(0, 0, root=0)
        counts.sent(first)
        counts.read(first)
        counts.roots_listed([A, B])
        counts.root_begun(A)
        for _ in range(ONE_IN):
            request = counts.asked(1, A.id, root=A.id)
            counts.sent(request)
            counts.failed(request, again=True)
            counts.sent(request)
            counts.read(request)
        counts.root_ended(A, is_whole=False)
        counts.root_begun(B)
        requests = counts.requests
        counts.end(Phase.PARTIAL)

    (refresh,), (a, b), attempts = (named(spans, name) for name in ("refresh", "root", "attempt"))
    assert requests.done == ONE_IN + 1
    assert (refresh.attributes or {})["roots"] == 2
    assert above(a) == above(b) == refresh.context.span_id
    assert dict(a.attributes or {}) == {"root.id": 1, "root.name": "Alta", "is_whole": False}
    ids = [refresh.context.span_id, a.context.span_id, a.context.span_id]
    assert [above(attempt) for attempt in attempts] == ids
    assert [each.status.status_code.name for each in attempts] == ["UNSET", "ERROR", "UNSET"]
    assert {span.context.trace_id for span in spans.get_finished_spans()} == {
        refresh.context.trace_id
    }


@pytest.mark.parametrize("root", [A.id, 7])
def test_what_was_under_way_at_the_end_ends_with_it(root: int) -> None:
    """No span stays open, also of a request for a root that is not in work."""
    with traced() as spans:
        counts = TracedFanOut("/api/v1/shelves", clock=time.monotonic)
        counts.begin()
        counts.roots_listed([A])
        counts.root_begun(A)
        counts.sent(counts.asked(1, root, root=root))
        counts.end(Phase.BROKEN_OFF)

    assert [span.name for span in spans.get_finished_spans()] == ["attempt", "root", "refresh"]
