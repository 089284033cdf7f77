"""The service as it is often written first, for `make bench` to compare with.

It has a session for each request, one `gather` for all cities, and returns objects to FastAPI,
which checks and writes them again for each answer. No more than 500 requests run at once, or the
system would run out of open files. The base address of the upstream is in IBGE_BASE_URL.
"""

import asyncio
import os
from typing import Any

import aiohttp
from fastapi import FastAPI
from pydantic import BaseModel

BASE_URL = os.environ.get("IBGE_BASE_URL", "")


class District(BaseModel):
    """A district."""

    id: int
    nome: str


class City(BaseModel):
    """A city with its districts."""

    id: int
    nome: str
    distritos: list[District]


class State(BaseModel):
    """A state with its cities."""

    id: int
    sigla: str
    nome: str
    cidades: list[City]


app = FastAPI()


async def rows(path: str) -> list[dict[str, Any]]:
    """The rows at a path; the upstream answers a single one without a list around it."""
    async with (
        aiohttp.ClientSession() as session,
        session.get(BASE_URL + path) as response,
    ):
        found = await response.json()
        return found if isinstance(found, list) else [found]


@app.get("/api/v1/states")
async def states() -> list[State]:
    """The whole tree, collected for this request."""
    limit = asyncio.Semaphore(500)
    rows_of_states = await rows("/estados")
    rows_of_cities = await asyncio.gather(
        *(rows(f"/estados/{state['id']}/municipios") for state in rows_of_states)
    )

    async def with_districts(city: dict[str, Any]) -> City:
        async with limit:
            districts = await rows(f"/municipios/{city['id']}/distritos")
        return City(id=city["id"], nome=city["nome"], distritos=districts)

    cities = await asyncio.gather(*(with_districts(row) for rows in rows_of_cities for row in rows))
    by_id = {city.id: city for city in cities}
    return [
        State(**state, cidades=[by_id[row["id"]] for row in rows_of_state])
        for state, rows_of_state in zip(rows_of_states, rows_of_cities, strict=True)
    ]
