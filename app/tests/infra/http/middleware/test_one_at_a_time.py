"""Requests that compute take turns, and everything else passes in between."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from src.infra.http.middleware.one_at_a_time import OneAtATime

BEGUN = {"type": "http.response.start", "status": 200, "headers": []}


def request_to(path: str) -> dict[str, Any]:
    """What a server passes on of a request."""
    return {"type": "http", "path": path}


async def sent_nowhere(_: Any) -> None:
    """A client that takes everything."""


class Application:
    """Says which requests it handles, and answers when the test lets it."""

    def __init__(self) -> None:
        self.handling: list[str] = []
        self.may_answer = asyncio.Event()
        self.ends: Callable[[], None] = lambda: None

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        self.handling.append(scope["path"])
        await self.may_answer.wait()
        self.ends()
        await send(BEGUN)


async def settled(tasks: int = 10) -> None:
    """Lets everything run that can."""
    for _ in range(tasks):
        await asyncio.sleep(0)


def asked(app: OneAtATime, path: str, send: Callable[..., Any] = sent_nowhere) -> asyncio.Task[Any]:
    """A request in the background."""
    return asyncio.create_task(app(request_to(path), Any, send))  # type: ignore[arg-type]  # a fake with what is used of it


@pytest.mark.asyncio
async def test_one_request_is_handled_at_a_time() -> None:
    """The next begins when the answer to the last does, whichever of the paths it asks for."""
    inner = Application()
    app = OneAtATime(inner, ["/search", "/find"], longest_s=60)

    requests = [asked(app, path) for path in ("/search", "/find", "/search")]
    await settled()
    before = list(inner.handling)
    inner.may_answer.set()
    await asyncio.gather(*requests)

    assert before == ["/search"]
    assert inner.handling == ["/search", "/find", "/search"]


@pytest.mark.asyncio
async def test_other_requests_do_not_wait() -> None:
    """A health check is handled at once, and so is what is no request."""
    inner = Application()
    app = OneAtATime(inner, ["/search"])

    requests = [asked(app, path) for path in ("/search", "/search", "/health")]
    await settled()

    assert sorted(inner.handling) == ["/health", "/search"]
    inner.may_answer.set()
    await asyncio.gather(*requests)


@pytest.mark.asyncio
async def test_a_slow_reader_holds_up_nobody() -> None:
    """The turn ends before the answer is sent."""
    inner = Application()
    app = OneAtATime(inner, ["/search"])
    reads = asyncio.Event()

    async def sent_slowly(_: Any) -> None:
        await reads.wait()

    inner.may_answer.set()
    slow = asked(app, "/search", sent_slowly)
    await settled()
    await asked(app, "/search")

    assert not slow.done()
    reads.set()
    await slow


@pytest.mark.asyncio
async def test_a_request_that_fails_gives_its_turn_back() -> None:
    """So does one that is cancelled, at work or while it waits."""
    inner = Application()
    app = OneAtATime(inner, ["/search"])

    def fail() -> None:
        raise RuntimeError

    cancelled, waiting = asked(app, "/search"), asked(app, "/search")
    await settled()
    waiting.cancel()
    cancelled.cancel()
    await asyncio.gather(cancelled, waiting, return_exceptions=True)
    inner.may_answer.set()
    inner.ends = fail
    with pytest.raises(RuntimeError):
        await asked(app, "/search")
    inner.ends = lambda: None

    await asked(app, "/search")


@pytest.mark.asyncio
async def test_a_request_that_waits_keeps_no_turn() -> None:
    """It computes nothing; the next one is handled after a while."""
    inner = Application()
    app = OneAtATime(inner, ["/search"], longest_s=0.001)

    waiting = [asked(app, "/search"), asked(app, "/search")]
    while len(inner.handling) < 2:
        await asyncio.sleep(0.001)

    inner.may_answer.set()
    await asyncio.gather(*waiting)
