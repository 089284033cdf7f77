"""The service in its own processes, as it runs for its users."""

import asyncio
import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import aiohttp
import pytest

from src.entrypoints.settings import APP_DIR
from tests.helpers.serving import client, free_port

not_on_windows = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no SIGTERM that a process could hear"
)


async def until(condition: Callable[[], bool]) -> None:
    """Waits until the condition holds; fails if it never does."""
    async with asyncio.timeout(50):
        while not condition():
            await asyncio.sleep(0.01)


@asynccontextmanager
async def running(
    *command: str, is_ready: Callable[[], bool], **environment: str
) -> AsyncIterator[None]:
    """Runs another server, which is ready when the block begins and ends with it.

    Its errors, such as a bad configuration, are printed.
    """
    process = await asyncio.create_subprocess_exec(*command, env={**os.environ, **environment})
    try:
        await until(lambda: process.returncode is not None or is_ready())
        assert process.returncode is None
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


class ServiceProcess:
    """A program with these settings, ended at the end of the block; `python main.py` by default.

    What it prints goes to `log_file`.
    """

    def __init__(
        self, log_file: Path, *, program: Sequence[str] = ("main.py",), **settings: object
    ) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._log_file = log_file
        self._program = program
        self._settings = {
            "server_host": "127.0.0.1",
            "server_port": self.port,
            "server_reload": False,
            "uvicorn_port": self.port,  # for its own command
            **settings,
        }

    def __enter__(self) -> Self:
        settings = {name.upper(): str(value) for name, value in self._settings.items()}
        with self._log_file.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, *self._program],
                cwd=APP_DIR,
                env={**os.environ, **settings},
                stderr=log,
                stdout=log,
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._process.poll() is None:
            self._process.terminate()
            if sys.platform != "win32":
                self.wake()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    async def send(self, method: str, path: str) -> asyncio.Task[bytes]:
        """Sends a request as soon as the process listens; returns once the process works on it.

        The task has the answer, up to the close of the connection.
        """
        async with client() as session:
            await self.get(session, "/health/live")
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n"
            writer.write(f"{head}Connection: close\r\n\r\n".encode())
        # A process serves requests in turn: those answered now came after it.
        for _ in range(10):
            async with client() as session:
                await self.get(session, "/health/live")

        async def answer() -> bytes:
            with contextlib.closing(writer):
                return await reader.read()

        return asyncio.create_task(answer())

    @property
    def log(self) -> str:
        """What the process has printed so far."""
        return self._log_file.read_text(encoding="utf-8")

    @property
    def workers(self) -> list[int]:
        """The ids of the processes that have started to serve."""
        return [int(pid) for pid in re.findall(r"Started server process \[(\d+)\]", self.log)]

    def signal_all(self, number: int) -> None:
        """Sends a signal to all of its processes, as systemd does, and a terminal for Ctrl+C."""
        for pid in {self._process.pid, *self.workers}:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    async def ended(self) -> int:
        """The exit status, as soon as there is one."""
        return await asyncio.to_thread(self._process.wait)

    def kill(self) -> None:
        """`kill -9`: the process has no time for anything."""
        self._process.kill()
        self._process.wait()

    def reload(self) -> None:
        """Sends SIGHUP to the supervisor alone, as `systemctl reload` does.

        It replaces its workers one by one, each by a new one that already serves.
        """
        self._process.send_signal(signal.SIGHUP)

    def freeze(self) -> None:
        """The process stands still until it is woken, as on a machine that sleeps."""
        self._process.send_signal(signal.SIGSTOP)

    def wake(self) -> None:
        """It goes on."""
        self._process.send_signal(signal.SIGCONT)

    async def leave(self) -> int:
        """Sends SIGTERM and returns the exit status, however long that takes.

        The server gives its requests 3 s and then cancels them, with an error in the log: a log
        without errors shows that it left before.
        """
        self._process.send_signal(signal.SIGTERM)
        return await self.ended()

    async def get(
        self, session: aiohttp.ClientSession, path: str
    ) -> tuple[aiohttp.ClientResponse, bytes]:
        """The answer and its body, to a request that is made as soon as the process listens."""
        while True:
            try:
                async with session.get(self.address + path) as answer:
                    return answer, await answer.read()
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.05)
