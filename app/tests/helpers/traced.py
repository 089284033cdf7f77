"""Traces that a test can look at."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter


@contextmanager
def traced() -> Iterator[InMemorySpanExporter]:
    """In the block traces are on; the exporter has the spans that have ended."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    # The library lets nobody set another provider once there is one.
    with patch.object(trace, "get_tracer_provider", lambda: provider):
        yield exporter


def named(spans: InMemorySpanExporter, name: str) -> list[ReadableSpan]:
    """Those with this name, in the order of their end."""
    return [span for span in spans.get_finished_spans() if span.name == name]
