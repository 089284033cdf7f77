"""The five regions of the country: a state's first digit is the id of its region.

Hence nothing about them has to be read or stored.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Region:
    """One of the five."""

    id: int
    sigla: str
    nome: str


REGIONS = {
    region.id: region
    for region in (
        Region(1, "N", "Norte"),
        Region(2, "NE", "Nordeste"),
        Region(3, "SE", "Sudeste"),
        Region(4, "S", "Sul"),
        Region(5, "CO", "Centro-Oeste"),
    )
}

_BY_CODE = {code: region for region in REGIONS.values() for code in (region.sigla, str(region.id))}


def region_of(code: str) -> Region:
    """The region with this sigla, in either case, or this id. Raises KeyError."""
    return _BY_CODE[code.upper()]
