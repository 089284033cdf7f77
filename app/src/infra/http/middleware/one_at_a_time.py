"""Handles requests that take much computing one at a time, and lets others pass in between."""

import asyncio
from collections.abc import Collection

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class OneAtATime:
    """Lets `app` handle one request to any of these paths at a time.

    Each takes the event loop for about a millisecond. If fifty come at once, the loop would serve
    nothing else for fifty; like this it sees to whatever has come between any two.

    A request's turn ends when its answer begins, however slowly the client reads.
    """

    def __init__(self, app: ASGIApp, paths: Collection[str]) -> None:
        self._app = app
        self._paths = frozenset(paths)
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

        try:
            # Otherwise those that have come together would all be handled in one go: the turn of
            # each would be over before the next asks for it.
            await asyncio.sleep(0)
            await self._app(scope, receive, answer)
        finally:
            end_turn()
