"""Whether traces are made, and the one that is going on."""

import logging
import os

from opentelemetry import trace

log = logging.getLogger(__name__)

# Where to send them (opentelemetry.io/docs/specs/otel/protocol/exporter).
_ADDRESSES = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


def traces_are_on() -> bool:
    """Whether somebody has set a provider: FastAPI from the environment, or a program around this.

    FastAPI does it before the lifespan starts.
    """
    return not isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)


def advise_if_missing() -> None:
    """Says what to install if the environment asks for traces, and nobody makes any."""
    wanted = [name for name in _ADDRESSES if os.environ.get(name)]
    is_off = (
        os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true"
        or os.environ.get("OTEL_TRACES_EXPORTER", "").strip().lower() == "none"
    )
    if wanted and not is_off and not traces_are_on():
        log.warning(
            "%s está definida, mas nenhum trace é enviado: instale os pacotes com "
            "pip install -r requirements-traces.txt e confira as variáveis OTEL_*",
            wanted[0],
        )


def trace_id() -> str | None:
    """The id of the trace in which this code runs, as W3C's Trace Context has it; None if none."""
    context = trace.get_current_span().get_span_context()
    return trace.format_trace_id(context.trace_id) if context.is_valid else None
