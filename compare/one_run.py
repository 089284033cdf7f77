"""What one run of a way has collected, and what it took."""

from __future__ import annotations

import asyncio
import json
import platform
import selectors
import sys
import time
from dataclasses import dataclass

from bench.measuring import megabytes
from compare.rows import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run: its times in seconds, without imports, and its peak memory.

    `cpu_s` is processor time, of all threads. `idle_s` is how long the event loop's thread slept,
    because no answer had come; None if there is no event loop, or it cannot be known.
    """

    seconds: float
    cpu_s: float
    idle_s: float | None
    megabytes: float
    at_once: int
    failures: list[str]
    states: list[Row]
    python: str

    def as_json(self) -> str:
        """The run for the program that has started this one."""
        return json.dumps({name: getattr(self, name) for name in self.__slots__})


class Stopwatch:
    """Measures one run, from when this is made."""

    def __init__(self) -> None:
        self._idle: IdleSelector | None = None
        self._started = time.perf_counter()
        self._cpu_started_s = time.process_time()

    def event_loop(self) -> asyncio.AbstractEventLoop:
        """An event loop whose idle time is measured; on Windows, which has another kind, not."""
        if sys.platform == "win32":
            return asyncio.new_event_loop()
        self._idle = IdleSelector()
        return asyncio.SelectorEventLoop(self._idle)

    def run(self, states: list[Row], at_once: int, failures: list[str]) -> Run:
        """The run ends now, and has collected this."""
        return Run(
            seconds=time.perf_counter() - self._started,
            cpu_s=time.process_time() - self._cpu_started_s,
            idle_s=self._idle.idle_s if self._idle is not None else None,
            megabytes=megabytes("self", "VmHWM"),
            at_once=at_once,
            failures=failures,
            states=states,
            python=platform.python_version(),
        )


class IdleSelector(selectors.DefaultSelector):
    """Counts the seconds in which an event loop waits for its sockets, with nothing else to do."""

    def __init__(self) -> None:
        super().__init__()
        self.idle_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """As any selector's; the loop gives a timeout of 0 if something else is left to do."""
        began = time.perf_counter()
        events = super().select(timeout)
        if timeout is None or timeout > 0:
            self.idle_s += time.perf_counter() - began
        return events
