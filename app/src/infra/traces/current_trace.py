"""Whether traces are made, and the one that is going on."""

import logging
import os
from importlib.util import find_spec

from opentelemetry import trace

log = logging.getLogger(__name__)

# Where to send them (opentelemetry.io/docs/specs/otel/protocol/exporter).
_ADDRESSES = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_EXPORTER = "OTEL_TRACES_EXPORTER"

_INSTALL = "instale os pacotes com pip install -r requirements-traces.txt"
_CONFIGURE = (
    "são enviados só a um endereço em OTEL_EXPORTER_OTLP_ENDPOINT, por OTLP com http/protobuf; "
    "confira as outras variáveis OTEL_*"
)


def traces_are_on() -> bool:
    """Whether somebody has set a provider: FastAPI from the environment, or a program around this.

    FastAPI does it before the lifespan starts.
    """
    return not isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)


def advise_if_missing() -> None:
    """Logs what to do if the environment asks for traces but none are made."""
    wanted = [name for name in (*_ADDRESSES, _EXPORTER) if os.environ.get(name)]
    is_off = (
        os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true"
        or os.environ.get(_EXPORTER, "").strip().lower() == "none"
    )
    if wanted and not is_off and not traces_are_on():
        advice = _INSTALL if find_spec("opentelemetry.sdk") is None else _CONFIGURE
        log.warning("%s está definida, mas nenhum trace é enviado: %s", wanted[0], advice)


def trace_id() -> str | None:
    """The id of the trace in which this code runs, as W3C's Trace Context has it; None if none."""
    context = trace.get_current_span().get_span_context()
    return trace.format_trace_id(context.trace_id) if context.is_valid else None
