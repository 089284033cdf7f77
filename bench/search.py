"""The time of a search by name, beside a search that normalises each name again."""

import time
from collections.abc import Callable

from bench.measuring import Row, medians
from src.application.finding.name_index import NameIndex
from src.domain.localities.territory import District
from src.domain.searchable_names import searchable
from src.infra.storage.localities.bundled_snapshot import bundled_snapshot


def search_rows(runs: int) -> list[Row]:
    """The slowest of some hundred queries over all districts: names, typos, letters, nonsense."""
    districts = [
        district
        for state in bundled_snapshot().states
        for city in state.cidades
        for district in city.distritos or ()
    ]
    index: NameIndex[District] = NameIndex(districts, root_of=lambda district: district.state_id)
    names = [district.nome for district in districts[::100]]
    queries = [
        *names,
        *(name[:1] + name[2:] for name in names),
        *"aeosz",
        "são",
        "d'oeste",
        "x" * 100,
        "ção " * 25,
        "🙂",
    ]

    def plainly(query: str) -> list[District]:
        wanted = searchable(query)
        return [district for district in districts if wanted in searchable(district.nome)]

    seconds = medians(
        {
            "index": lambda: _slowest(
                lambda query: index.search(query, limit=20, offset=0), queries
            ),
            "one by one": lambda: _slowest(plainly, queries[:5]),
        },
        runs,
    )
    return [
        Row(
            f"search by name, slowest of {len(queries)}",
            "each name looked at anew",
            1000 * seconds["index"],
            1000 * seconds["one by one"],
            "ms",
            ours_at_most=5,
        )
    ]


def _slowest(search: Callable[[str], object], queries: list[str]) -> float:
    slowest = 0.0
    for query in queries:
        started = time.perf_counter()
        search(query)
        slowest = max(slowest, time.perf_counter() - started)
    return slowest
