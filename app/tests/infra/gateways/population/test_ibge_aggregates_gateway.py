"""An answer of the aggregates becomes a population, nothing, or one of our errors."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiohttp
import msgspec
import pytest
from aioresponses import aioresponses
from yarl import URL

from src.application.population.ports import Kind
from src.application.ports.upstream_errors import UpstreamMalformedError
from src.domain.population.population import Population
from src.infra.gateways.aiohttp_exchange import AiohttpExchange
from src.infra.gateways.population.ibge_aggregates_gateway import IbgeAggregatesGateway
from tests.helpers.clients import client_over

BASE = "http://ibge.test/agregados"
CITY = URL(f"{BASE}/6579/periodos/-1/variaveis/9324?localidades=N6%5B3550308%5D", encoded=True)
STATE = URL(f"{BASE}/6579/periodos/-1/variaveis/9324?localidades=N3%5B35%5D", encoded=True)


@pytest.fixture
async def gateway() -> AsyncIterator[IbgeAggregatesGateway]:
    """The gateway over aioresponses."""
    async with aiohttp.ClientSession() as session:
        yield IbgeAggregatesGateway(client_over(AiohttpExchange(session, base_url=BASE)))


@pytest.fixture
def upstream() -> Iterator[aioresponses]:
    """The mocked upstream."""
    with aioresponses() as mocked:
        yield mocked


def answer(*series: tuple[str, dict[str, str]]) -> bytes:
    """What the table has for these places, by year."""
    rows: list[dict[str, Any]] = [
        {"localidade": {"id": code, "nivel": {"id": "N6"}, "nome": "…"}, "serie": values}
        for code, values in series
    ]
    results = [{"classificacoes": [], "series": rows}]
    return msgspec.json.encode([{"id": "9324", "unidade": "Pessoas", "resultados": results}])


async def test_the_estimate_of_a_city(
    gateway: IbgeAggregatesGateway, upstream: aioresponses
) -> None:
    """The value is text, and the year is a key; the brackets of the address are encoded."""
    upstream.get(CITY, body=answer(("3550308", {"2025": "11904961"})))

    assert await gateway.of(Kind.CITY, 3550308) == Population(2025, 11_904_961)


async def test_the_estimate_of_a_state(
    gateway: IbgeAggregatesGateway, upstream: aioresponses
) -> None:
    """On a territorial level of its own."""
    upstream.get(STATE, body=answer(("35", {"2025": "46081801"})))

    assert await gateway.of(Kind.STATE, 35) == Population(2025, 46_081_801)


async def test_of_several_years_the_newest_counts(
    gateway: IbgeAggregatesGateway, upstream: aioresponses
) -> None:
    """If its value is there: a year without a number is passed over."""
    upstream.get(CITY, body=answer(("3550308", {"2024": "3", "2025": "...", "2023": "2"})))

    assert await gateway.of(Kind.CITY, 3550308) == Population(2024, 3)


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        answer(),
        b'[{"resultados":[]}]',
        *(answer(("3550308", {"2025": value})) for value in ("-", "..", "...", "X")),
    ],
)
async def test_what_is_not_available_is_nothing(
    gateway: IbgeAggregatesGateway, upstream: aioresponses, body: bytes
) -> None:
    """An unknown code has no series; a value that is not published has a sign in its place."""
    upstream.get(CITY, body=body)

    assert await gateway.of(Kind.CITY, 3550308) is None


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"{}",
        b'[{"resultados":1}]',
        answer(("3550308", {"2025": "muitos"})),
        answer(("3550308", {"2025": "-3"})),
        answer(("3550308", {"ontem": "3"})),
        answer(("3550308", {"1": "3"})),
        answer(("3304557", {"2025": "3"})),
    ],
    ids=["HTML", "object", "types", "text", "negative", "no year", "year 1", "another city"],
)
async def test_anything_else_is_malformed(
    gateway: IbgeAggregatesGateway, upstream: aioresponses, body: bytes
) -> None:
    """It is never taken for a population, nor for its absence."""
    upstream.get(CITY, body=body)

    with pytest.raises(UpstreamMalformedError):
        await gateway.of(Kind.CITY, 3550308)
