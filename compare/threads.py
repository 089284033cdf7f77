"""One more way: a pool of threads, as one does it without asyncio.

`python -m compare.threads BASE_URL` runs it over the standard library. That needs nothing
installed, so a Python with free threading can run it, too. `with_requests.py` runs it over
`requests`.
"""

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from compare.blocking import BlockingUpstream, HttpClientSession, Session
from compare.one_run import Stopwatch
from compare.rows import Row, place


def threads(upstream: BlockingUpstream, *, at_once: int = 500) -> list[Row]:
    """A thread for each request under way: it asks, waits, and takes the next request."""
    with ThreadPoolExecutor(at_once) as pool:
        states = upstream.states()
        # Districts are asked for as soon as the cities of their state are known.
        asked = [
            [(city, pool.submit(upstream.districts, city)) for city in cities]
            for cities in pool.map(upstream.cities, states)
        ]
        return [
            place(state, cidades=[place(city, distritos=each.result()) for city, each in cities])
            for state, cities in zip(states, asked, strict=True)
        ]


THREADS_REQUESTS = "threads, requests"
THREADS = "threads, http.client"
FREE_THREADED = "threads, no GIL"


def run_once(open_session: Callable[[], Session]) -> None:
    """Collects once over such sessions, and prints the run as JSON."""
    with closing(BlockingUpstream(open_session)) as upstream:
        stopwatch = Stopwatch()
        states = threads(upstream)
        print(stopwatch.run(states, upstream.most_under_way, upstream.failures).as_json())


if __name__ == "__main__":
    run_once(lambda: HttpClientSession(sys.argv[1]))
