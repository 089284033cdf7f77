"""The limit on open files is found out before the first connection is opened."""

import json
import subprocess
import sys

import pytest

from src.entrypoints.settings import APP_DIR
from src.infra.process.open_connections import (
    connections_of_callers,
    possible_connections,
    streams_of_callers,
)

resource = pytest.importorskip("resource", reason="Windows has no bound on open files")

PROGRAM = """
import json, logging, resource
from src.infra.process.open_connections import possible_connections
logging.basicConfig()
resource.setrlimit(resource.RLIMIT_NOFILE, (256, 300))
possible = possible_connections(526, setting="CARS_YEARS_LIMIT")
print(json.dumps([possible, resource.getrlimit(resource.RLIMIT_NOFILE)[0]]))
"""

ON_WINDOWS = """
import asyncio, logging, sys
logging.basicConfig()
sys.platform = "win32"
from src.infra.process.open_connections import possible_connections

async def main():
    print(possible_connections(526, setting="CARS_YEARS_LIMIT"))

with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
    runner.run(main())
"""


@pytest.mark.parametrize(
    ("soft", "hard", "possible", "soft_after"),
    [(1024, 4096, 526, 1024), (256, 4096, 526, 590), (256, 300, 236, 300), (20, 40, 1, 40)],
)
def test_the_limit_on_open_files_is_raised_if_possible(
    *,
    soft: int,
    hard: int,
    possible: int,
    soft_after: int,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A sufficient limit is left alone; one that stays too low is logged, unless it will do."""
    bound = (soft, hard)

    def setrlimit(_: int, changed: tuple[int, int]) -> None:
        nonlocal bound
        bound = changed

    monkeypatch.setattr(resource, "getrlimit", lambda _: bound)
    monkeypatch.setattr(resource, "setrlimit", setrlimit)

    assert possible_connections(526, setting="CARS_YEARS_LIMIT", warns=False) == possible
    assert caplog.text == ""
    assert possible_connections(526, setting="CARS_YEARS_LIMIT") == possible
    assert bound == (soft_after, hard)
    assert ("ulimit -n" in caplog.text) is (possible < 526)


@pytest.mark.parametrize(
    ("soft", "hard", "possible", "soft_after"),
    [
        (4096, 4096, 2000, 4096),
        (256, 4096, 2000, 2558),
        (1024, 1024, 466, 1024),
        (256, 256, 32, 256),
        (64, 64, 31, 64),
        (20, 20, 1, 20),
    ],
)
async def test_callers_leave_room_for_a_collection(
    *, soft: int, hard: int, possible: int, soft_after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And for files; the limit is raised for them, too."""
    bound = (soft, hard)

    def setrlimit(_: int, changed: tuple[int, int]) -> None:
        nonlocal bound
        bound = changed

    monkeypatch.setattr(resource, "getrlimit", lambda _: bound)
    monkeypatch.setattr(resource, "setrlimit", setrlimit)
    monkeypatch.setattr("src.infra.process.open_connections._kept_free", {})

    possible_connections(526, setting="CARS_YEARS_LIMIT")
    assert connections_of_callers() == possible
    assert streams_of_callers() == max(1, possible // 2)
    assert bound == (soft_after, hard)


def test_the_limit_of_a_real_process_is_raised() -> None:
    """It is raised as far as the operating system allows."""
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=APP_DIR, capture_output=True, text=True, check=True
    )

    assert json.loads(ended.stdout) == [236, 300]
    assert "ulimit -n" in ended.stderr


def test_windows_has_no_ulimit() -> None:
    """The bound there is that of select(), which a process alone does without; the log says so."""
    ended = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", ON_WINDOWS],
        cwd=APP_DIR,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )

    assert ended.stdout.strip() == "448"
    assert "SERVER_WORKERS=1 e SERVER_RELOAD=false" in ended.stderr
    assert "CARS_YEARS_LIMIT" in ended.stderr
    assert "ulimit" not in ended.stderr
