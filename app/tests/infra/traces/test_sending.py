"""The end of sending to a collector."""

import threading
from collections.abc import Iterator, Sequence

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import (
    MetricExporter,
    MetricExportResult,
    MetricsData,
    PeriodicExportingMetricReader,
)
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from src.infra.traces.sending import send_the_rest


class Silent(SpanExporter):
    """Sends to a collector that does not answer before the end of the test."""

    def __init__(self, answers: threading.Event) -> None:
        self.answers = answers

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Waits for the answer."""
        self.answers.wait()
        return SpanExportResult.SUCCESS


class SilentOfMetrics(MetricExporter):
    """Likewise, until it is shut down, as OpenTelemetry's own does it."""

    def __init__(self, answers: threading.Event) -> None:
        super().__init__()
        self.is_over = answers

    def export(
        self, metrics_data: MetricsData, timeout_millis: float = 0, **_: object
    ) -> MetricExportResult:
        """Waits for the answer."""
        self.is_over.wait()
        return MetricExportResult.FAILURE

    def force_flush(self, timeout_millis: float = 0) -> bool:
        """Has nothing of its own."""
        return True

    def shutdown(self, timeout_millis: float = 0, **_: object) -> None:
        """Waits no longer."""
        self.is_over.set()


@pytest.fixture
def answers() -> Iterator[threading.Event]:
    """The collector answers, at the end of the test at the latest."""
    event = threading.Event()
    yield event
    event.set()


def traces_to(exporter: SpanExporter) -> TracerProvider:
    """A provider with a span that is not sent yet."""
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=3_600_000))
    provider.get_tracer("t").start_span("last").end()
    return provider


def test_what_is_left_is_sent() -> None:
    """A collector that answers gets it, and further spans, too."""
    exporter = InMemorySpanExporter()
    provider = traces_to(exporter)

    send_the_rest([provider])
    assert [span.name for span in exporter.get_finished_spans()] == ["last"]

    provider.get_tracer("t").start_span("later").end()
    provider.force_flush()
    assert [span.name for span in exporter.get_finished_spans()] == ["last", "later"]
    provider.shutdown()


def test_a_silent_collector_is_not_waited_for(answers: threading.Event) -> None:
    """Nor is it later: neither FastAPI, which asks for the rest, nor the process's end waits."""
    spans = traces_to(Silent(answers))
    of_metrics = SilentOfMetrics(threading.Event())
    reader = PeriodicExportingMetricReader(of_metrics, export_interval_millis=3_600_000)
    numbers = MeterProvider([reader], shutdown_on_exit=False)
    numbers.get_meter("t").create_counter("asked").add(1)

    send_the_rest([spans, numbers], longest_s=0)

    assert not answers.is_set()
    assert of_metrics.is_over.wait(20)
    assert not spans.force_flush()
    spans.shutdown()
