"""Reads the estimates of population, which are a table of IBGE's aggregates."""

from typing import Any
from urllib.parse import quote

import msgspec

from src.application.population.ports import Kind, PopulationGateway
from src.domain.population.population import Population
from src.infra.gateways.retrying_client import RetryingClient

# Table 6579, "Estimativas da população"; variable 9324, "População residente estimada"; the last
# period there is.
PATH = "/6579/periodos/-1/variaveis/9324?localidades="

# IBGE's territorial levels.
LEVELS = {Kind.STATE: "N3", Kind.CITY: "N6"}

# In place of a number: nothing, too small, not available, or kept secret (IBGE's convention).
NOT_AVAILABLE = {"-", "..", "...", "X"}

# The longest answer, in bytes: one place's takes some hundreds.
MAX_BYTES = 64 * 1024


class Locality(msgspec.Struct):
    """The place of a series."""

    id: str


class Series(msgspec.Struct):
    """A place, and its values by year; the values are text."""

    localidade: Locality
    serie: dict[str, str]


class Result(msgspec.Struct):
    """What the table has for some places."""

    series: list[Series]


class Variable(msgspec.Struct):
    """A variable of the table."""

    resultados: list[Result]


_DECODER = msgspec.json.Decoder(list[Variable])


class IbgeAggregatesGateway(PopulationGateway):
    """`/6579/periodos/-1/variaveis/9324?localidades=N6[code]`: one series, if there is one."""

    def __init__(self, client: RetryingClient) -> None:
        self._client = client

    async def of(self, kind: Kind, place_id: int) -> Population | None:
        def read(body: bytes) -> Population | None:
            return newest(body, str(place_id))

        localities = quote(f"{LEVELS[kind]}[{place_id}]")
        return await self._client.get(PATH + localities, read, level=0, max_bytes=MAX_BYTES)


def newest(body: bytes, place_id: str) -> Population | None:
    """The newest population of this place in an answer; None if it has none.

    Raises ValueError if the answer is anything else.
    """
    values: dict[str, Any] = {}
    for variable in _DECODER.decode(body):
        for result in variable.resultados:
            for series in result.series:
                if series.localidade.id != place_id:
                    raise ValueError(f"a resposta é de outro lugar: {series.localidade.id}")
                values |= series.serie
    known = {int(year): value for year, value in values.items() if value not in NOT_AVAILABLE}
    if not known:
        return None
    year = max(known)
    return Population(year, int(known[year]))
