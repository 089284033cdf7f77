"""The ways on one thread that `make compare` compares, to be read side by side.

Each collects every state with its cities and their districts: one request for the states, one for
the cities of each state, one for the districts of each city (in the state plan, of each state).
They differ in how many of these are under way at once, and over how many connections. The way with
many threads is in `threads.py`.
`python -m compare.ways WAY BASE_URL` runs one.
"""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import aiohttp

from compare.asking import Upstream
from compare.one_run import Stopwatch
from compare.rows import Row, place


async def one_after_another(upstream: Upstream, *, every: int = 1) -> list[Row]:
    """Each request waits for the answer to the one before; one connection is enough.

    A sample asks only about one in `every` cities of a state.
    """
    states = []
    async with aiohttp.ClientSession() as session:
        for state in await upstream.states(session):
            cities = []
            for city in (await upstream.cities(session, state))[::every]:
                districts = await upstream.districts(session, city)
                cities.append(place(city, distritos=districts))
            states.append(place(state, cidades=cities))
    return states


async def unbounded(upstream: Upstream) -> list[Row]:
    """All requests at once: each is made as soon as its city is known."""
    connector = aiohttp.TCPConnector(limit=0)  # aiohttp's own limit would be 100 connections
    async with aiohttp.ClientSession(connector=connector) as session:

        async def with_districts(city: Row) -> Row:
            return place(city, distritos=await upstream.districts(session, city))

        async def with_cities(state: Row) -> Row:
            cities = await upstream.cities(session, state)
            return place(state, cidades=await asyncio.gather(*map(with_districts, cities)))

        states = await upstream.states(session)
        return await asyncio.gather(*map(with_cities, states))


async def semaphores(
    upstream: Upstream, *, states_at_once: int = 26, cities_at_once: int = 500
) -> list[Row]:
    """The same, but with a permit for each state and for each city's request.

    A request without a permit waits until another is done, and uses its connection.
    """
    states_limit = asyncio.Semaphore(states_at_once)
    cities_limit = asyncio.Semaphore(cities_at_once)
    connector = aiohttp.TCPConnector(limit=states_at_once + cities_at_once)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def with_districts(city: Row) -> Row:
            async with cities_limit:
                return place(city, distritos=await upstream.districts(session, city))

        async def with_cities(state: Row) -> Row:
            async with states_limit:
                cities = await upstream.cities(session, state)
                return place(state, cidades=await asyncio.gather(*map(with_districts, cities)))

        states = await upstream.states(session)
        return await asyncio.gather(*map(with_cities, states))


async def state_plan(upstream: Upstream, *, states_at_once: int = 26) -> list[Row]:
    """Two requests for each state, at once: one for its cities, one for all of its districts."""
    states_limit = asyncio.Semaphore(states_at_once)
    async with aiohttp.ClientSession() as session:

        async def with_cities(state: Row) -> Row:
            async with states_limit:
                cities, districts = await asyncio.gather(
                    upstream.cities(session, state), upstream.districts_by_city(session, state)
                )
            return place(
                state,
                cidades=[place(city, distritos=districts.get(city["id"], [])) for city in cities],
            )

        states = await upstream.states(session)
        return await asyncio.gather(*map(with_cities, states))


async def session_per_request(
    upstream: Upstream, *, states_at_once: int = 26, cities_at_once: int = 500
) -> list[Row]:
    """The semaphores again, but each request opens a connection and closes it afterwards."""
    states_limit = asyncio.Semaphore(states_at_once)
    cities_limit = asyncio.Semaphore(cities_at_once)

    async def with_districts(city: Row) -> Row:
        async with cities_limit, aiohttp.ClientSession() as session:
            return place(city, distritos=await upstream.districts(session, city))

    async def with_cities(state: Row) -> Row:
        async with states_limit:
            async with aiohttp.ClientSession() as session:
                cities = await upstream.cities(session, state)
            return place(state, cidades=await asyncio.gather(*map(with_districts, cities)))

    async with aiohttp.ClientSession() as session:
        states = await upstream.states(session)
    return await asyncio.gather(*map(with_cities, states))


ONE_AFTER_ANOTHER = "one after another"
UNBOUNDED = "gather, unbounded"
SEMAPHORES = "gather with semaphores"
STATE_PLAN = "the state plan"
SESSION_PER_REQUEST = "a session per request"

# The semaphores with other limits than the service's.
ONE_STATE = "one state at once"
CITIES_100, CITIES_1000, CITIES_2000 = (f"{most:,} cities at once" for most in (100, 1000, 2000))

WAYS: dict[str, Callable[[Upstream], Coroutine[Any, Any, list[Row]]]] = {
    # The whole would take minutes.
    ONE_AFTER_ANOTHER: partial(one_after_another, every=55),
    UNBOUNDED: unbounded,
    SEMAPHORES: semaphores,
    STATE_PLAN: state_plan,
    SESSION_PER_REQUEST: session_per_request,
    ONE_STATE: partial(semaphores, states_at_once=1),
    CITIES_100: partial(semaphores, cities_at_once=100),
    CITIES_1000: partial(semaphores, cities_at_once=1000),
    CITIES_2000: partial(semaphores, cities_at_once=2000),
}


def main() -> None:
    """Collects once in the given way, and prints the run as JSON."""
    way, upstream = WAYS[sys.argv[1]], Upstream(sys.argv[2])
    stopwatch = Stopwatch()
    with asyncio.Runner(loop_factory=stopwatch.event_loop) as runner:
        states = runner.run(way(upstream))
    print(stopwatch.run(states, upstream.most_under_way, upstream.failures).as_json())


if __name__ == "__main__":
    main()
