"""The time of a search by name, beside a search that normalises each name again."""

import time
from collections.abc import Callable, Iterator
from functools import partial

from bench.measuring import Row, medians
from src.application.localities.place_names import PlaceNames
from src.domain.localities.territory import State
from src.domain.searchable_names import searchable
from src.infra.storage.localities.bundled_snapshot import bundled_snapshot

# Letters, nonsense and what finds most.
HARD = [*"aeosz", "são", "são s", "s s", "d'oeste", "x" * 100, "ção " * 25, "🙂"]


def search_rows(runs: int) -> list[Row]:
    """The slowest and the median of some thousand queries over all cities and all districts."""
    states = bundled_snapshot().states
    cities = [city for state in states for city in state.cidades]
    districts = [district for city in cities for district in city.distritos or ()]
    queries = [*(query for state in states for query in _typed(state)), *HARD]
    names = [district.nome for district in districts]

    def plainly(query: str) -> list[str]:
        wanted = searchable(query)
        return [name for name in names if wanted in searchable(name)]

    rows = []
    for what, search in (
        ("cities", PlaceNames(cities, states).search),
        ("districts", PlaceNames(districts, states).search),
    ):
        seconds = medians(
            {
                "median": partial(_time_of, search, queries, 0.5),
                "slowest": partial(_time_of, search, queries, 1),
                "one by one": partial(_time_of, plainly, queries[:5], 1),
            },
            runs,
        )
        rows += [
            Row(
                f"search among {what}, {which} of {len(queries)}",
                "each name looked at anew",
                1000 * seconds[which],
                1000 * seconds["one by one"],
                "ms",
                ours_at_most=at_most,
            )
            for which, at_most in (("median", 1), ("slowest", 5))
        ]
    return rows


def _typed(state: State) -> Iterator[str]:
    """Names of its cities as people type them: in full, with the state, shortened, misspelled."""
    for city in state.cidades[::20]:
        name = city.nome
        yield from (name, f"{name} - {state.sigla}", f"{name}, {state.nome}".lower())
        yield from (name[:1] + name[2:], f"{name[:1]}. {name.partition(' ')[2]}", name[:4])


def _time_of(search: Callable[[str], object], queries: list[str], share: float) -> float:
    """The processor time in seconds that this share of the queries stays within.

    Each is asked three times, and the quickest counts.
    """
    seconds = sorted(min(_time(search, query) for _ in range(3)) for query in queries)
    return seconds[int(share * (len(seconds) - 1))]


def _time(search: Callable[[str], object], query: str) -> float:
    started = time.process_time()
    search(query)
    return time.process_time() - started
