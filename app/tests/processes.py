"""The service in processes of its own, as it runs for its users."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import aiohttp

from src.entrypoints.settings import APP_DIR
from tests.serving import free_port


class ServiceProcess:
    """`python main.py` with these settings, ended at the end of the block.

    `log_file` takes what it writes to standard error.
    """

    def __init__(self, log_file: Path, **settings: object) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/api/v1/states"
        self._log_file = log_file
        self._settings = {
            "server_host": "127.0.0.1",
            "server_port": self.port,
            "server_reload": False,
            **settings,
        }

    def __enter__(self) -> Self:
        settings = {name.upper(): str(value) for name, value in self._settings.items()}
        with self._log_file.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "main.py"],
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
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    @property
    def log(self) -> str:
        """What it has written so far."""
        return self._log_file.read_text(encoding="utf-8")

    @property
    def workers(self) -> list[int]:
        """The ids of the processes that have started to serve."""
        return [int(pid) for pid in re.findall(r"Started server process \[(\d+)\]", self.log)]

    def kill(self) -> None:
        """`kill -9`: it has no time for anything."""
        self._process.kill()
        self._process.wait()

    async def leave(self) -> tuple[int, float]:
        """SIGTERM; the exit status, and the seconds that it took to go."""
        began = time.monotonic()
        self._process.send_signal(signal.SIGTERM)
        status = await asyncio.to_thread(self._process.wait, 20)
        return status, time.monotonic() - began

    async def get(self, session: aiohttp.ClientSession) -> tuple[aiohttp.ClientResponse, bytes]:
        """The answer and its body, to a request that is made as soon as the process listens."""
        async with asyncio.timeout(30):
            while True:
                try:
                    async with session.get(self.url) as answer:
                        return answer, await answer.read()
                except aiohttp.ClientConnectionError:
                    await asyncio.sleep(0.05)
