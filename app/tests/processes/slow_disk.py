"""The sample feature on a slow disk: `python -m tests.processes.slow_disk`.

A file takes a second. The settings are those of `python -m tests.sample_feature`.
"""

import os
import time
from typing import Any

from starlette.types import ASGIApp

import main
from tests.sample_feature import __main__ as program


def create_app() -> ASGIApp:
    """The application, in a process for which the disk is slow."""
    fsync = os.fsync

    def slow_fsync(fd: Any) -> None:
        time.sleep(1)
        fsync(fd)

    os.fsync = slow_fsync
    return program.create_app()


if __name__ == "__main__":
    main.serve("tests.processes.slow_disk:create_app")
