"""Fixtures that every test may use."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any
from unittest.mock import Mock

import aiohttp
import aioresponses.core
import pytest

from src.domain.territory import State
from src.entrypoints.settings import Settings
from src.infra.snapshots.bundled_snapshot import bundled_snapshot
from stand_in.upstream_rows import with_new_city
from tests.redis_server import RedisServer, redis_program, redis_server


class _ClientResponse(aiohttp.ClientResponse):
    """aiohttp 3.14 needs a `stream_writer`, which aioresponses 0.7.9 does not give yet."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"stream_writer": Mock(), **kwargs})


setattr(aioresponses.core, "ClientResponse", _ClientResponse)  # noqa: B010  # not exported


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable or `.env` of the developer's own must not change what is tested."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setitem(Settings.model_config, "env_file", None)
    monkeypatch.setenv("SNAPSHOT_STORE", "memory:")


@pytest.fixture(scope="session")
def brazil() -> tuple[State, ...]:
    """The whole real territory, as the stand-in serves it."""
    return with_new_city(bundled_snapshot().states)


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    """A Redis server of the test's own; without the program the test is skipped, save in CI."""
    if redis_program() is None and "CI" not in os.environ:
        pytest.skip("redis-server is not installed")
    with redis_server() as server:
        yield server
