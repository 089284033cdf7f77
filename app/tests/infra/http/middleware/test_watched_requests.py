"""Each request is reported once it is answered."""

from contextlib import suppress

import pytest
from starlette.types import Message, Receive, Scope, Send

from src.infra.http.middleware.watched_requests import CLIENT_LEFT, WatchedRequests

Heard = list[tuple[str, str, int]]


async def handled(app: WatchedRequests, scope: Scope) -> None:
    """Lets the application handle this, for a client that takes everything."""

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        assert message

    await app(scope, receive, send)


def watched(app: "App", heard: Heard) -> WatchedRequests:
    """The application; its requests go to `heard`."""

    def report(scope: Scope, route: str, status: int, seconds: float) -> None:
        assert seconds >= 0
        heard.append((scope["path"], route, status))

    return WatchedRequests(app, report)


class App:
    """Answers with this status, if there is one; then fails with this error, if there is one."""

    def __init__(self, status: int | None = None, error: BaseException | None = None) -> None:
        self._status = status
        self._error = error

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._status is not None:
            await send({"type": "http.response.start", "status": self._status})
            await send({"type": "http.response.body"})
        if self._error is not None:
            raise self._error


async def test_what_is_answered_is_told_with_its_status() -> None:
    """The route is that which the framework has found."""

    class Route:
        path_format = "/{id}"

    heard: Heard = []
    app = watched(App(204), heard)

    await handled(app, {"type": "http", "path": "/1", "route": Route()})
    await handled(app, {"type": "http", "path": "/no/such"})
    await handled(app, {"type": "lifespan"})

    assert heard == [("/1", "/{id}", 204), ("/no/such", "", 204)]


@pytest.mark.parametrize(
    ("app", "status"),
    [
        (App(), CLIENT_LEFT),
        (App(error=ValueError()), 500),
        (App(200, error=ValueError()), 200),
        (App(error=KeyboardInterrupt()), CLIENT_LEFT),
    ],
)
async def test_what_ends_in_another_way_is_told_too(app: App, status: int) -> None:
    """Nothing was sent, or not by the application."""
    heard: Heard = []

    with suppress(ValueError, KeyboardInterrupt):
        await handled(watched(app, heard), {"type": "http", "path": "/"})

    assert heard == [("/", "", status)]
