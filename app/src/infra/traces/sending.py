"""The end of sending to a collector, which may not answer."""

import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from opentelemetry import _logs, metrics, trace

# How long the end of the service waits for a collector, in seconds. FastAPI would wait for each
# batch of spans, for the metrics and for the logs in turn, some ten seconds for each.
LONGEST_S = 2.0

# How long a provider may take to learn that it is over: it notes that at once, and waits then.
_NOTED_S = 0.1


def providers() -> list[Any]:
    """Those of traces, metrics and logs: of the SDK, or the API's own, which send nothing."""
    return [trace.get_tracer_provider(), metrics.get_meter_provider(), _logs.get_logger_provider()]


def send_the_rest(by: Sequence[Any], *, longest_s: float = LONGEST_S) -> None:
    """Lets these providers of the SDK send what they have, for at most this many seconds together.

    One that is not done by then sends nothing any more, whoever asks it to.
    """
    flushing = [_in_background(provider.force_flush) for provider in by]
    over = time.monotonic() + longest_s
    for thread in flushing:
        thread.join(max(0, over - time.monotonic()))
    for provider, thread in zip(by, flushing, strict=True):
        if thread.is_alive():
            _in_background(_shutdown(provider)).join(_NOTED_S * 2)


def _shutdown(provider: Any) -> Callable[[], object]:  # noqa: ANN401  # they have no type in common
    if isinstance(provider, metrics.MeterProvider):  # waits, before it notes that it is over
        return partial(provider.shutdown, timeout_millis=_NOTED_S * 1000)  # type: ignore[attr-defined]  # the SDK's
    return provider.shutdown  # type: ignore[no-any-return]  # as above


def _in_background(act: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=act, daemon=True)
    thread.start()
    return thread
