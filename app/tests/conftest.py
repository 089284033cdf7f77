"""Fixtures that every test may use."""

import gc
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import aiohttp
import aioresponses.core
import hypothesis
import pytest

from src.entrypoints.features import Settings
from tests.helpers.quick_codings import compress_large_bodies_quickly
from tests.helpers.redis_server import PROGRAM, RedisServer, redis_server


class _ClientResponse(aiohttp.ClientResponse):
    """aiohttp 3.14 needs a `stream_writer`, which aioresponses 0.7.9 does not pass yet."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"stream_writer": Mock(), **kwargs})


# The same examples in every run, and no deadline, however busy the machine is.
hypothesis.settings.register_profile(
    "steady", max_examples=50, deadline=None, derandomize=True, database=None
)
hypothesis.settings.load_profile("steady")

TESTS = Path(__file__).parent

# A feature's own fixtures.
pytest_plugins = [
    f"tests.helpers.{file.parent.name}.fixtures"
    for file in sorted(TESTS.glob("helpers/*/fixtures.py"))
]

compress_large_bodies_quickly()

setattr(aioresponses.core, "ClientResponse", _ClientResponse)  # noqa: B010  # not exported


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The developer's own variables and `.env` must not change what is tested."""
    for name in Settings.model_fields:
        for spelling in (name.upper(), name):  # those of a proxy are often in small letters
            monkeypatch.delenv(spelling, raising=False)
    monkeypatch.setitem(Settings.model_config, "env_file", None)
    monkeypatch.setenv("SNAPSHOT_STORE", "memory:")
    # However busy the machine is, the first answer is that of the first collection.
    monkeypatch.setenv("SNAPSHOT_WAIT_S", "300")


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    """A Redis server of the test's own."""
    with redis_server() as server:
        yield server


def left_out(reporter: pytest.TerminalReporter) -> list[str]:
    """What this machine could not test as CI does, and how to install it; a phrase per reason."""
    reasons = Counter(
        skipped.longrepr[2].removeprefix("Skipped: ")
        for skipped in reporter.getreports("skipped")
        if isinstance(skipped.longrepr, tuple)
    )
    phrases = [f"{count} tests ({reason})" for reason, count in reasons.items()]
    if PROGRAM is None:
        phrases.append("the real Redis, played by fakeredis (apt install redis-server)")
    return phrases


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that wait the most begin first, and those that only compute come last."""

    def turn(item: pytest.Item) -> int:
        folders = item.path.relative_to(TESTS).parts[:-1]
        layers = {"entrypoints": 1, "infra": 1, "application": 2, "domain": 2}
        return layers.get(folders[0], 0) if folders else 0

    items.sort(key=turn)


def pytest_collection_finish() -> None:
    """Collected items live to the end, so the garbage collector need not look at them."""
    gc.freeze()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """CI leaves nothing out: there, a skipped test counts as failed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and "CI" in os.environ and left_out(reporter):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line that says what was left out."""
    if phrases := left_out(terminalreporter):
        terminalreporter.write_line(f"Left out: {'; '.join(phrases)}", yellow=True)
