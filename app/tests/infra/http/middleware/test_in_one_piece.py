"""A head waits for its body if the length is known."""

from collections.abc import Sequence

import pytest
from starlette.types import Message, Receive, Scope, Send

from src.infra.http.middleware.in_one_piece import InOnePiece
from src.infra.http.ready_response import AT_ONCE

Headers = Sequence[tuple[bytes, bytes]]

LENGTH = (b"content-length", b"3")
START = {"type": "http.response.start", "status": 200}
BODY = {"type": "http.response.body", "body": b"abc"}


async def sent(
    *messages: Message, headers: Headers = (LENGTH,), at_once: bool | None = True
) -> list[object]:
    """What a server gets for a response of these messages after its start, and in which way.

    `at_once` says whether it sends whole responses; None if it does not offer that.
    """
    got: list[object] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({**START, "headers": headers})
        got.append("start was given")
        for message in messages:
            await send(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        got.append(message["type"].removeprefix("http.response."))

    def whole(_: Send, status: int, head: bytes, body: bytes, file: object) -> bool:
        if at_once:
            got.append((status, head, body))
        return bool(at_once)

    extensions = {} if at_once is None else {AT_ONCE: whole}
    await InOnePiece(app)({"type": "http", "extensions": extensions}, receive, send)
    return got


async def test_a_whole_response_is_sent_at_once() -> None:
    """Nothing is sent before its body is there."""
    headers = [LENGTH, (b"etag", b'"a"')]

    got = await sent(BODY, headers=headers)

    head = b'content-length: 3\r\netag: "a"\r\n'
    assert got == ["start was given", (200, head, b"abc")]


@pytest.mark.parametrize("at_once", [False, None])
async def test_without_that_the_messages_follow_each_other(*, at_once: bool | None) -> None:
    """The server may not offer it, or somebody may look at the messages."""
    assert await sent(BODY, at_once=at_once) == ["start was given", "start", "body"]


@pytest.mark.parametrize(
    "header",
    [(b"connection", b"close"), (b"transfer-encoding", b"gzip"), (b"x", b"a\r\nb"), (b"x\n", b"a")],
)
async def test_what_the_server_has_to_see_is_sent_in_messages(header: tuple[bytes, bytes]) -> None:
    """It closes the connection, or refuses the header."""
    got = await sent(BODY, headers=[LENGTH, header])

    assert got == ["start was given", "start", "body"]


async def test_a_body_of_another_length_is_left_to_the_server() -> None:
    """It knows what to do about it."""
    assert await sent({**BODY, "body": b"ab"}) == ["start was given", "start", "body"]


async def test_a_body_in_parts_begins_with_its_first() -> None:
    """Its head waits for that only."""
    got = await sent({**BODY, "more_body": True}, {**BODY, "body": b""})

    assert got == ["start was given", "start", "body", "body"]


async def test_a_stream_begins_at_once() -> None:
    """Nobody knows how long its first part will take."""
    assert await sent(BODY, headers=[]) == ["start", "start was given", "body"]


async def test_what_is_no_request_is_passed_on() -> None:
    """Such as the lifespan."""
    seen = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append((scope["type"], receive, send))

    async def receive() -> Message:
        return {"type": "lifespan.startup"}

    async def send(message: Message) -> None:
        assert message

    await InOnePiece(app)({"type": "lifespan"}, receive, send)

    assert seen == [("lifespan", receive, send)]
