"""Traces of a whole service, in an exporter in memory."""

import asyncio
import json
import logging

import pytest
from opentelemetry import trace

from src.infra.process.log import JsonFormatter
from src.infra.traces.current_trace import advise_if_missing
from tests.helpers.clients import exchange_with
from tests.helpers.services import application, ask, ended, features_over, service
from tests.helpers.serving import served
from tests.helpers.shelves import TWO_SHELVES
from tests.helpers.traced import named, traced
from tests.sample_feature.feature import TREE, WORDS
from tests.sample_feature.upstream import FakeUpstream


async def test_answers_at_hand_have_their_spans() -> None:
    """They go through FastAPI while somebody wants to see them, and are the same."""
    async with service(FakeUpstream(TWO_SHELVES)) as session:
        await ended(session, f"{WORDS.path}/current")
        plain = await ask(session, TREE)
    with traced() as spans:
        async with service(FakeUpstream(TWO_SHELVES)) as session:
            await ended(session, f"{WORDS.path}/current")
            answers = [await ask(session, TREE) for _ in range(3)]

    found = named(spans, f"GET {TREE}")
    assert len(found) == 3
    assert {(span.attributes or {})["http.response.status_code"] for span in found} == {200}
    assert {answer.body for answer in answers} == {plain.body}


async def test_only_what_fastapi_has_set_up_is_ended_with_the_service(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It sends the rest then. A program around the service does that by itself for its own."""
    own, fastapis = object(), object()
    found = [own]
    ended_with_it: list[object] = []
    monkeypatch.setattr("src.entrypoints.api.providers", found.copy)
    monkeypatch.setattr("src.entrypoints.api.send_the_rest", ended_with_it.extend)

    app = application(features_over(FakeUpstream(TWO_SHELVES)))
    found.append(fastapis)
    async with served(app):
        assert ended_with_it == []

    assert ended_with_it == [fastapis]


async def test_a_refresh_is_one_trace() -> None:
    """It begins none below the request of whoever asked for it."""
    with traced() as spans:
        async with service(FakeUpstream(TWO_SHELVES)) as session:
            await ended(session, f"{WORDS.path}/current")

    refresh = named(spans, "refresh")[0]
    assert refresh.parent is None
    assert (refresh.attributes or {})["outcome"] == "whole"


async def test_lines_about_a_request_name_its_trace(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """So a line of the access log leads to the trace, and others within it, too."""
    # The handlers of the test's own would write that log.
    monkeypatch.setattr("src.entrypoints.api.configure_logging", lambda *_: True)
    with traced() as spans:
        async with service(FakeUpstream(TWO_SHELVES), log_format="json") as session:
            await ended(session, f"{WORDS.path}/current")
            await ask(session, TREE)
        with trace.get_tracer("t").start_as_current_span("outer"):
            record = logging.LogRecord("a", logging.INFO, "", 1, "Pronto", (), None)
            line = json.loads(JsonFormatter().format(record))

    lines = [json.loads(each) for each in capsys.readouterr().err.splitlines() if TREE in each]
    of_requests = {each["trace_id"] for each in lines if each.get("path") == TREE}
    (tree,), (outer,) = named(spans, f"GET {TREE}"), named(spans, "outer")
    assert of_requests == {trace.format_trace_id(tree.context.trace_id)}
    assert line["trace_id"] == trace.format_trace_id(outer.context.trace_id)


async def test_the_upstream_is_not_told_of_traces() -> None:
    """They are nobody else's business."""
    heads: list[str] = []

    async def note(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append((await reader.readuntil(b"\r\n\r\n")).decode().lower())
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]")
        writer.close()

    async with await asyncio.start_server(note, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with exchange_with(url) as exchange:
            with traced(), trace.get_tracer("t").start_as_current_span("refresh"):
                await exchange.body("/", timeout_s=5)

    (head,) = heads
    assert "host:" in head
    assert not any(name in head for name in ("traceparent", "tracestate", "baggage"))


def test_missing_packages_are_named(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only if the environment asks for traces that nobody makes."""
    advise_if_missing()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    with traced():
        advise_if_missing()
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    advise_if_missing()
    monkeypatch.delenv("OTEL_SDK_DISABLED")
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "none")  # metrics alone are wanted
    advise_if_missing()
    assert caplog.messages == []

    monkeypatch.delenv("OTEL_TRACES_EXPORTER")
    with monkeypatch.context() as without:
        without.setattr("src.infra.traces.current_trace.find_spec", lambda _: None)
        advise_if_missing()

    (message,) = caplog.messages
    assert "requirements-traces.txt" in message


@pytest.mark.parametrize(
    ("variable", "value"),
    [("OTEL_TRACES_EXPORTER", "console"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "grpc://127.0.0.1:9")],
)
def test_variables_that_lead_nowhere_are_named(
    variable: str, value: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The packages are there: what is supported is said."""
    monkeypatch.setenv(variable, value)

    advise_if_missing()

    (message,) = caplog.messages
    assert message.startswith(f"{variable} está definida")
    assert "http/protobuf" in message
