"""The regions in a response with a state's cities, which has those of each city nested in its row.

They are read apart from the cities: whatever is wrong with a region, its cities are none the worse.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import suppress

import msgspec

from src.domain.localities.regional_divisions import (
    ImmediateRegion,
    Microregion,
    R,
    RegionalDivisions,
    WiderRegion,
)

_NONE = msgspec.Raw(b"null")


class _CityRow(msgspec.Struct):
    id: int
    microrregiao: msgspec.Raw = _NONE
    regiao_imediata: msgspec.Raw = msgspec.field(default=_NONE, name="regiao-imediata")


class _MicroregionRow(msgspec.Struct):
    id: int
    nome: str
    mesorregiao: WiderRegion


class _ImmediateRegionRow(msgspec.Struct):
    id: int
    nome: str
    regiao_intermediaria: WiderRegion = msgspec.field(name="regiao-intermediaria")


_CITIES = msgspec.json.Decoder(_CityRow | tuple[_CityRow, ...])
_MICROREGION = msgspec.json.Decoder(_MicroregionRow)
_IMMEDIATE_REGION = msgspec.json.Decoder(_ImmediateRegionRow)


def regional_divisions(body: bytes) -> RegionalDivisions:
    """The regions of the cities in the response, without those that are missing or unusable.

    Raises ValueError if the response holds anything else than rows of cities.
    """
    read = _CITIES.decode(body)
    rows = {row.id: row for row in (read if isinstance(read, tuple) else (read,))}
    return RegionalDivisions(
        _regions(((city, row.microrregiao) for city, row in rows.items()), _microregion),
        _regions(((city, row.regiao_imediata) for city, row in rows.items()), _immediate_region),
    )


def _regions(
    of_cities: Iterable[tuple[int, msgspec.Raw]], read: Callable[[bytes, tuple[int, ...]], R]
) -> tuple[R, ...]:
    # Each region stands in the row of each of its cities, in the same bytes: it is read once.
    cities: defaultdict[bytes, list[int]] = defaultdict(list)
    for city, row in of_cities:
        cities[bytes(row)].append(city)
    regions: dict[int, R] = {}
    for region_row, codes in cities.items():
        with suppress(ValueError):
            region = read(region_row, tuple(sorted(codes)))
            regions.setdefault(region.id, region)
    return tuple(sorted(regions.values(), key=lambda region: region.id))


def _microregion(row: bytes, cities: tuple[int, ...]) -> Microregion:
    region = _MICROREGION.decode(row)
    return Microregion(region.id, region.nome, region.mesorregiao, cities)


def _immediate_region(row: bytes, cities: tuple[int, ...]) -> ImmediateRegion:
    region = _IMMEDIATE_REGION.decode(row)
    return ImmediateRegion(region.id, region.nome, region.regiao_intermediaria, cities)
