"""The gateway: the paths that it asks for, and the rows that it refuses."""

import pytest
from aioresponses import aioresponses

from src.application.ports.upstream_errors import UpstreamMalformedError
from src.domain.brands import Brand, Model, Year
from src.infra.gateways.brands import CarTableGateway
from tests.helpers.clients import client_over, exchange_with

BASE = "http://carros.test"
ALFA, ONE = Brand(1, "Alfa"), Model(7, "Um")


async def test_each_list_is_read_from_its_own_path() -> None:
    """Fields that the domain does not know are skipped."""
    with aioresponses() as upstream:
        upstream.get(f"{BASE}/marcas", payload=[{"id": 1, "nome": "Alfa", "pais": "IT"}])
        upstream.get(f"{BASE}/marcas/1/modelos", payload=[{"id": 7, "nome": "Um"}])
        upstream.get(f"{BASE}/marcas/1/modelos/7/anos", payload=[{"id": 1, "nome": "2026"}])
        async with exchange_with(BASE) as exchange:
            gateway = CarTableGateway(client_over(exchange))

            assert await gateway.brands() == [ALFA]
            assert await gateway.models_of(ALFA) == [ONE]
            assert await gateway.years_of(ALFA, ONE) == [Year(1, "2026")]


@pytest.mark.parametrize("body", ["<html>", "[{}]", '[{"id": "1", "nome": "Alfa"}]', "{}"])
async def test_anything_but_a_list_of_rows_is_malformed(body: str) -> None:
    """It is an error of the port, and never data."""
    with aioresponses() as upstream:
        upstream.get(f"{BASE}/marcas", body=body)
        async with exchange_with(BASE) as exchange:
            with pytest.raises(UpstreamMalformedError):
                await CarTableGateway(client_over(exchange)).brands()
