"""The same fan-out in a bare aiohttp loop, to measure the service against.

It has one session, 500 district requests at once, and parses the JSON as it comes. It has no limits
for the process, no checks and no order, and answers no client. `python -m bench.bare_loop BASE_URL`
prints the seconds it took, without imports.
"""

import asyncio
import json
import sys
import time
from typing import Any

import aiohttp


async def collect(base_url: str) -> list[dict[str, Any]]:
    """Every state with its cities and their districts."""
    limit = asyncio.Semaphore(500)
    connector = aiohttp.TCPConnector(limit=526)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def get(path: str) -> Any:  # noqa: ANN401  # whatever the JSON holds
            async with session.get(base_url + path) as response:
                return await response.json()

        async def districts_of(city: dict[str, Any]) -> dict[str, Any]:
            async with limit:
                districts = await get(f"/municipios/{city['id']}/distritos")
            return {"id": city["id"], "nome": city["nome"], "distritos": districts}

        async def cities_of(state: dict[str, Any]) -> dict[str, Any]:
            cities = await get(f"/estados/{state['id']}/municipios")
            # The upstream answers a single row without a list around it.
            rows = cities if isinstance(cities, list) else [cities]
            return {**state, "cidades": await asyncio.gather(*map(districts_of, rows))}

        states = await get("/estados")
        return list(await asyncio.gather(*map(cities_of, states)))


def main() -> None:
    """Collects once and prints the seconds."""
    started = time.perf_counter()
    states = asyncio.run(collect(sys.argv[1]))
    seconds = time.perf_counter() - started
    assert sum(len(state["cidades"]) for state in states) > 5_500, "the tree is not whole"
    print(json.dumps({"seconds": seconds}))


if __name__ == "__main__":
    main()
