"""One trace for each refresh: it, its roots, and a few of its requests."""

from collections.abc import Callable, Sequence

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import INVALID_SPAN, Span, StatusCode, set_span_in_context

from src import NAME, VERSION
from src.application.ports.refresh_progress import Phase
from src.application.telling.fan_out_counts import FanOutCounts
from src.domain.tree import Leaf
from src.infra.traces.current_trace import traces_are_on

# One request in this many has spans: thousands would hide the others, and cost as much as the
# requests.
ONE_IN = 50


def fan_out_counts(data: str, *, clock: Callable[[], float]) -> FanOutCounts:
    """The counts of a feature's collections, which make traces if these are on.

    `data` is the address of what is collected.
    """
    return TracedFanOut(data, clock=clock) if traces_are_on() else FanOutCounts(clock=clock)


class TracedFanOut(FanOutCounts):
    """Makes a span of all that it counts; an attempt is a span below that of its root."""

    def __init__(self, data: str, *, clock: Callable[[], float]) -> None:
        super().__init__(clock=clock)
        self._data = data
        self._tracer = trace.get_tracer(NAME, VERSION)
        self._refresh: Span = INVALID_SPAN
        self._of_roots: dict[int, Span] = {}
        self._asked: dict[int, tuple[int, int, int]] = {}  # the requests that are shown
        self._of_attempts: dict[int, Span] = {}

    def begin(self) -> None:
        super().begin()
        # Not below the request that has asked for it, which is answered long before the end.
        self._refresh = self._tracer.start_span(
            "refresh", context=Context(), attributes={"data": self._data}
        )

    def end(self, phase: Phase) -> None:
        super().end(phase)
        for span in (*self._of_attempts.values(), *self._of_roots.values()):
            span.end()
        self._refresh.set_attribute("outcome", phase.value)
        if phase in {Phase.FAILED, Phase.BROKEN_OFF}:
            self._refresh.set_status(StatusCode.ERROR)
        self._refresh.end()
        for known in (self._of_attempts, self._of_roots, self._asked):
            known.clear()

    def roots_listed(self, roots: Sequence[Leaf]) -> None:
        super().roots_listed(roots)
        self._refresh.set_attribute("roots", len(roots))

    def root_begun(self, root: Leaf) -> None:
        super().root_begun(root)
        attributes: dict[str, str | int] = {"root.id": root.id, "root.name": root.nome}
        self._of_roots[root.id] = self._below(self._refresh, "root", attributes)

    def root_ended(self, root: Leaf, *, is_whole: bool) -> None:
        super().root_ended(root, is_whole=is_whole)
        span = self._of_roots.pop(root.id)
        span.set_attribute("is_whole", is_whole)
        span.end()

    def asked(self, level: int, parent: int, *, root: int) -> int:
        request = super().asked(level, parent, root=root)
        if request % ONE_IN == 0:
            self._asked[request] = level, parent, root
        return request

    def sent(self, request: int) -> None:
        super().sent(request)
        if request in self._asked:
            level, parent, root = self._asked[request]
            self._of_attempts[request] = self._below(
                self._of_roots.get(root, self._refresh),
                "attempt",
                {"level": level, "parent": parent},
            )

    def read(self, request: int) -> None:
        super().read(request)
        self._attempt_ended(request)

    def failed(self, request: int, *, again: bool) -> None:
        super().failed(request, again=again)
        self._attempt_ended(request, is_failed=True)

    def _attempt_ended(self, request: int, *, is_failed: bool = False) -> None:
        span = self._of_attempts.pop(request, None)
        if span is not None:
            if is_failed:
                span.set_status(StatusCode.ERROR)
            span.end()

    def _below(self, above: Span, name: str, attributes: dict[str, str | int]) -> Span:
        context = set_span_in_context(above, Context())
        return self._tracer.start_span(name, context=context, attributes=attributes)
