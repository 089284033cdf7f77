"""Every metric of the service. There is one of each in a process, whatever it serves.

No label holds what a caller has sent, so their number is bounded.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from src.infra.metrics.metrics import (
    APART,
    Counter,
    Histogram,
    LatestGauge,
    Metric,
    SumGauge,
    text_of,
)
from src.infra.metrics.shared_numbers import SharedNumbers, shared_numbers

REQUESTS = Histogram(
    "http_request_duration_seconds",
    "Tempo até o fim de cada resposta, por rota e status",
    ("route", "status"),
)
FOLLOWERS = SumGauge("followers", "Quem acompanha coletas ao vivo agora", ("data",))

ATTEMPTS = Counter(
    "upstream_attempts_total",
    "Tentativas na fonte que terminaram, por resultado",
    ("upstream", "outcome"),
)
RETRIES = Counter(
    "upstream_retries_total", "Tentativas que repetem outra, sem sucesso", ("upstream",)
)
IN_FLIGHT = SumGauge(
    "upstream_requests_in_flight", "Requisições à fonte em andamento", ("upstream",)
)
LIMIT = LatestGauge(
    "upstream_requests_limit", "Quantas requisições a fonte suporta ao mesmo tempo", ("upstream",)
)
CIRCUIT = LatestGauge(
    "upstream_circuit_open", "1 enquanto as requisições à fonte estão suspensas", ("upstream",)
)

REFRESHES = Counter("refreshes_total", "Coletas terminadas, por resultado", ("data", "outcome"))
REFRESH_SECONDS = LatestGauge(
    "refresh_last_duration_seconds", "Quanto durou a última coleta", ("data",)
)
AGE = LatestGauge(
    "snapshot_age_seconds",
    "Idade dos dados servidos",
    ("data",),
    shown=lambda collected_at: time.time() - collected_at,
)
MISSING = LatestGauge("snapshot_missing_parts", "Partes sem dados no que é servido", ("data",))
FILLED = LatestGauge("snapshot_filled_parts", "Partes mantidas de uma coleta anterior", ("data",))

ALL: tuple[Metric, ...] = (
    *(REQUESTS, FOLLOWERS),
    *(ATTEMPTS, RETRIES, IN_FLIGHT, LIMIT, CIRCUIT),
    *(REFRESHES, REFRESH_SECONDS, AGE, MISSING, FILLED),
)


@contextmanager
def shared() -> Iterator[SharedNumbers]:
    """Until the end of the block, all of them are counted where the service's processes share."""
    with shared_numbers() as numbers:
        for metric in ALL:
            metric.keep_in(numbers.own)
        try:
            yield numbers
        finally:
            for metric in ALL:
                metric.keep_in(APART)


def exposition(numbers: SharedNumbers) -> str:
    """All of them in the text format."""
    return text_of(ALL, numbers.of_all())
