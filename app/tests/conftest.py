"""Fixtures that every test may use."""

from __future__ import annotations

from typing import Any
from unittest.mock import Mock

import aiohttp
import aioresponses.core
import pytest

from src.domain.territory import State
from src.infra.snapshots.bundled_snapshot import bundled_snapshot
from stand_in.upstream_rows import with_new_city


class _ClientResponse(aiohttp.ClientResponse):
    """aiohttp 3.14 needs a `stream_writer`, which aioresponses 0.7.9 does not give yet."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"stream_writer": Mock(), **kwargs})


setattr(aioresponses.core, "ClientResponse", _ClientResponse)  # noqa: B010  # not exported


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable of the developer's own must not change what is tested."""
    for name in ("IBGE_BASE_URL", "SNAPSHOT_TTL_S", "SNAPSHOT_BUNDLED", "LOG_LEVEL", "LOG_FORMAT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def brazil() -> tuple[State, ...]:
    """The whole real territory, as the stand-in serves it."""
    return with_new_city(bundled_snapshot().states)
