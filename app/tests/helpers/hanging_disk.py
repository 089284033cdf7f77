"""A disk that hangs, as a network drive does, and goes on later."""

import asyncio
import os
from collections.abc import Coroutine
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from src.infra.storage.whole_file import UNFINISHED
from tests.helpers.processes import until


async def given_up_while_the_disk_hangs(
    saving: Coroutine[Any, Any, object], directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cancels the saving while the disk hangs; returns once the disk has gone on."""
    hangs, goes_on = Event(), Event()

    def fsync(_: int) -> None:
        hangs.set()
        goes_on.wait(50)

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fsync)
        task = asyncio.create_task(saving)
        await until(hangs.is_set)
        task.cancel()
        await asyncio.wait({task})
    goes_on.set()
    await until(lambda: not list(directory.glob(UNFINISHED + "*")))
