"""Calculates what a number of instances cost and bear: the table of docs/scaling.md.

What was measured is above the model, and changes with machine and release; what follows from it is
below. `python scripts/scaling.py` prints the table.
"""

from dataclasses import dataclass

# Measured (docs/scaling.md says how) on a core of a shared machine, with all programs on loopback.
ANSWERS = 16_000  # whole trees in gzip, in a second, by one worker
UNMODIFIED = 29_000  # 304s in a second, by one worker
LOOK_UPS = 2_700  # cities by their code in a second, by one worker
SEARCHES = 700  # searches by name in a second, by one worker
FOLLOWERS = 1_000  # of one worker, which is its bound
MEMORY_MB = 98  # of one worker
IDLE_CORES = 0.003  # of an idle worker
STORE_ASKED = 2.0  # times in a second, by each worker
STORE_CORES = 0.00004  # of Redis, for being asked once in a second
STORED_KB = 174  # the snapshot in the store

# Given by the service and its data.
TREE_KB = 139  # in gzip
COLLECTION = 5_599  # requests to the upstream, once in SNAPSHOT_TTL_S for all
FRESH_S = 300  # for which a cache need not ask

# A common network card.
GIGABIT_KB = 125_000


@dataclass(frozen=True, slots=True)
class Deployment:
    """A number of machines, each with this many workers, on one store."""

    name: str
    machines: int
    workers_each: int

    @property
    def workers(self) -> int:
        """Those of all machines."""
        return self.machines * self.workers_each


DEPLOYMENTS = (
    Deployment("one worker", 1, 1),
    Deployment("one machine", 1, 4),
    Deployment("ten machines", 10, 4),
    Deployment("a thousand machines", 1_000, 4),
)


def rows(of: Deployment) -> dict[str, str]:
    """What this deployment costs and bears, by the name of the row."""
    asked = of.workers * STORE_ASKED
    has_store = of.workers > 1
    return {
        "memory": _kilo(of.workers * MEMORY_MB, "MB", "GB"),
        "cores while idle": f"{of.workers * IDLE_CORES:.2g}",
        "whole trees a second, by its cores": _number(of.workers * ANSWERS),
        "whole trees a second, by a gigabit for each machine": _number(
            of.machines * GIGABIT_KB / TREE_KB
        ),
        "304s a second": _number(of.workers * UNMODIFIED),
        "look-ups by code a second": _number(of.workers * LOOK_UPS),
        "searches by name a second": _number(of.workers * SEARCHES),
        "followers of a collection": _number(of.workers * FOLLOWERS),
        "questions to the store a second": _number(asked) if has_store else "0",
        "cores of Redis for them": f"{asked * STORE_CORES:.2g}" if has_store else "0",
        "read from the store for each collection": _kilo(of.workers * STORED_KB, "kB", "MB"),
        "seconds of a gigabit for that": f"{of.workers * STORED_KB / GIGABIT_KB:.2g}",
        "requests to the upstream for each collection": _number(COLLECTION),
    }


def table() -> str:
    """The table, in Markdown."""
    columns = [rows(each) for each in DEPLOYMENTS]
    head = ["", *(each.name for each in DEPLOYMENTS)]
    lines = [head, ["---", *["---:"] * len(columns)]]
    lines += [[name, *(column[name] for column in columns)] for name in columns[0]]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _number(value: float) -> str:
    """Two figures that count, since more was not measured; whole numbers as they are."""
    return f"{value:,.0f}" if value == COLLECTION else f"{float(f'{value:.2g}'):,.0f}"


def _kilo(value: float, unit: str, thousand: str) -> str:
    shown, name = (value, unit) if value < 1000 else (value / 1000, thousand)
    return f"{float(f'{shown:.2g}'):,.10g} {name}"


if __name__ == "__main__":
    print(table())
