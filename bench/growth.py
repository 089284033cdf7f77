"""How the cold time, the memory and the answer grow with the country."""

import statistics

from bench.measuring import Row, tell
from bench.programs import run, stand_in

SIZES = (1, 2, 4, 8)


def growth_rows(runs: int) -> list[Row]:
    """Multiples of the cities and districts there are, beside those there are; by city."""
    figures: dict[int, list[dict[str, float]]] = {size: [] for size in SIZES}
    for round_ in range(1, runs + 1):
        for size in SIZES:
            with stand_in(latency_ms=100, times=size) as base_url:
                figure = run("first_answer", "main:create_app", IBGE_BASE_URL=base_url)
            tell(f"    {size} times the data: {figure['seconds']:.2f} s ({round_}/{runs})")
            figures[size].append(figure)
    names = {
        "seconds": ("cold time", "s"),
        "mb": ("memory at most", "MB"),
        "bytes": ("answer", "B"),
    }
    return [
        Row(
            f"{name}, {size} × the data",
            "1 ×",
            _median(figures[size], key),
            _median(figures[1], key),
            unit,
            at_most=float(size),
        )
        for key, (name, unit) in names.items()
        for size in SIZES[1:]
        if _median(figures[1], key) > 0
    ]


def _median(figures: list[dict[str, float]], key: str) -> float:
    return statistics.median(figure[key] for figure in figures)
