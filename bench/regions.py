"""What the regions of cities cost: read, stored and kept, beside a snapshot without them."""

import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from bench.measuring import Row, medians
from src.domain.localities.regional_divisions import RegionalDivisions
from src.domain.localities.territory_snapshot import TerritorySnapshot
from src.infra.gateways.localities.region_rows import regional_divisions
from src.infra.gateways.localities.rows import CITIES
from src.infra.storage.localities.bundled_snapshot import bundled_snapshot
from src.infra.storage.snapshots.snapshot_format import SnapshotFormat
from stand_in.localities.content import LocalitiesContent
from stand_in.localities.upstream_rows import with_new_city

FORMAT = SnapshotFormat(TerritorySnapshot)

WITHOUT = "without regions"


def region_rows(runs: int) -> list[Row]:
    """The lists of all cities read, and a snapshot written, read, stored and held in memory."""
    states = with_new_city(bundled_snapshot().states)
    content = LocalitiesContent(states)
    lists = [content.body(f"/estados/{state.id}/municipios") or b"" for state in states]
    divisions = RegionalDivisions.of_country(map(regional_divisions, lists))
    bare = replace(bundled_snapshot(), states=states)
    whole = replace(bare, divisions=divisions)
    bare_file, whole_file = FORMAT.to_bytes(bare), FORMAT.to_bytes(whole)

    def read_cities(*, with_regions: bool) -> None:
        for body in lists:
            CITIES.read(body)
            if with_regions:
                regional_divisions(body)

    steps: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "lists of cities read, with regions": (
            partial(read_cities, with_regions=True),
            partial(read_cities, with_regions=False),
        ),
        "snapshot written, with regions": (
            partial(FORMAT.to_bytes, whole),
            partial(FORMAT.to_bytes, bare),
        ),
        "snapshot read, with regions": (
            partial(FORMAT.from_bytes, whole_file),
            partial(FORMAT.from_bytes, bare_file),
        ),
    }
    programs = {
        f"{step} {name}": partial(_milliseconds, program)
        for step, pair in steps.items()
        for name, program in zip(("with", "without"), pair, strict=True)
    }
    each = medians(programs, runs)
    sizes = len(whole_file) / 1000, len(bare_file) / 1000
    held = _kilobytes_held(whole_file), _kilobytes_held(bare_file)
    return [
        *(
            Row(step, WITHOUT, each[f"{step} with"], each[f"{step} without"], "ms")
            for step in steps
        ),
        Row("snapshot stored, with regions", WITHOUT, *sizes, "kB", at_most=1.5),
        Row("snapshot in memory, with regions", WITHOUT, *held, "kB", at_most=1.5),
    ]


def _milliseconds(program: Callable[[], object]) -> float:
    started = time.perf_counter()
    program()
    return 1000 * (time.perf_counter() - started)


def _kilobytes_held(file: bytes) -> float:
    tracemalloc.start()
    snapshot = FORMAT.from_bytes(file)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del snapshot
    return held / 1000
