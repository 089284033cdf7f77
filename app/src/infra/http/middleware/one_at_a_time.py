"""Handles requests that take much computing one at a time, and lets others pass in between."""

import asyncio
from collections.abc import Collection

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Many times what one takes to compute, in seconds.
LONGEST_S = 0.1


class OneAtATime:
    """Lets `app` handle one request to any of these paths at a time.

    Each takes the event loop for about a millisecond. If fifty come at once, the loop would serve
    nothing else for fifty; like this it sees to whatever has come between any two.

    A request's turn ends when its answer begins, however slowly the client reads; and after
    `longest_s` seconds, since one that waits for something computes nothing.
    """

    def __init__(
        self, app: ASGIApp, paths: Collection[str], *, longest_s: float = LONGEST_S
    ) -> None:
        self._app = app
        self._paths = frozenset(paths)
        self._longest_s = longest_s
        self._turn = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one request, as ASGI has it."""
        if scope["type"] != "http" or scope["path"] not in self._paths:
            await self._app(scope, receive, send)
            return
        await self._turn.acquire()
        has_turn = True

        def end_turn() -> None:
            nonlocal has_turn
            if has_turn:
                has_turn = False
                self._turn.release()

        async def answer(message: Message) -> None:
            end_turn()
            await send(message)

        timer = asyncio.get_running_loop().call_later(self._longest_s, end_turn)
        try:
            # Otherwise those that have come together would all be handled in one go: the turn of
            # each would be over before the next asks for it.
            await asyncio.sleep(0)
            await self._app(scope, receive, answer)
        finally:
            timer.cancel()
            end_turn()
