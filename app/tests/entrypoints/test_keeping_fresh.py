"""The core keeps a feature's snapshots fresh, with data that ship with the code or without."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from src.application.ports.upstream_errors import UpstreamConnectionError
from src.application.telling.fan_out_counts import FanOutCounts
from src.domain.snapshot import Source
from src.entrypoints.keeping_fresh import keeping_fresh
from src.entrypoints.settings import ServiceSettings
from src.infra.editions.tree_formats import WHOLE_TREE
from tests.helpers.fakes import live
from tests.helpers.shelves import TWO_SHELVES
from tests.sample_feature.feature import WORDS
from tests.sample_feature.shelves import ShelvesSnapshot


async def test_bundled_data_is_answered_while_the_upstream_is_down() -> None:
    """It is known as such."""

    async def collect(_: Callable[[Any], None]) -> ShelvesSnapshot:
        raise UpstreamConnectionError("sem conexão")

    bundled = replace(live(TWO_SHELVES), source=Source.BUNDLED)
    async with keeping_fresh(
        ServiceSettings(),
        kind=ShelvesSnapshot,
        collect=collect,
        bundled=lambda: bundled,
        presentation=WHOLE_TREE,
        words=WORDS,
        fan_out=FanOutCounts(clock=time.monotonic),
    ) as kept:
        edition = await kept.freshness.edition()

    assert edition.snapshot == bundled
