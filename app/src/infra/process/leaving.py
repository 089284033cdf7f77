"""Hears that the process is to end before the server starts to wait for its requests."""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

SIGNALS = [
    signal.SIGINT,
    signal.SIGTERM,
    *([signal.SIGBREAK] if hasattr(signal, "SIGBREAK") else []),
]


@contextmanager
def leaving(
    leave: Callable[[], object], *, last_work: asyncio.Future[Any] | None = None
) -> Iterator[None]:
    """Calls `leave` in the event loop when the first of the signals comes, then the handler before.

    A server that is stopped first waits for the requests in progress, and runs the end of
    the lifespan after that. Requests that wait for a collection would keep it for all that time.

    At a second signal, a server may end at once, without the end of the lifespan. The handler
    before hears of it only when `last_work` is done, which `leave` should bring to its end soon.

    Only handlers that a server has set are wrapped: without one, the signal's default
    ends the process, and is left to do so.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    wrapped = {number: signal.getsignal(number) for number in SIGNALS}
    is_leaving = False

    def handle(number: int, frame: FrameType | None) -> None:
        nonlocal is_leaving
        before = wrapped[signal.Signals(number)]
        assert callable(before)
        if not is_leaving:
            is_leaving = True
            loop.call_soon_threadsafe(leave)
        elif last_work is not None:
            loop.call_soon_threadsafe(last_work.add_done_callback, lambda _: before(number, None))
            return
        before(number, frame)

    wrapped = {number: before for number, before in wrapped.items() if callable(before)}
    for number in wrapped:
        signal.signal(number, handle)
    try:
        yield
    finally:
        for number, before in wrapped.items():
            if signal.getsignal(number) is handle:
                signal.signal(number, before)
