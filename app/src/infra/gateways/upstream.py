"""An upstream as a feature describes it, and the one way to a client that asks it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiolimiter import AsyncLimiter

from src.application.experimenting.experiment import Experiment
from src.application.manners.adaptive_limit import AdaptiveLimit
from src.application.manners.admission import Admission
from src.application.manners.circuit_breaker import RECENT_ANSWERS, CircuitBreaker
from src.application.manners.patience import Patience
from src.application.manners.retry_budget import RetryBudget
from src.application.ports.fan_out_watch import FanOutWatch
from src.application.ports.refresh_progress import Limits
from src.infra.gateways.aiohttp_exchange import AiohttpExchange, open_session
from src.infra.gateways.proxy import Proxies
from src.infra.gateways.retrying_client import RetryingClient
from src.infra.gateways.tls import tls_context
from src.infra.metrics.upstream_meter import UpstreamMeter


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """Where an upstream is, and how much it is asked."""

    base_url: str  # ends before the first path segment
    at_once: int  # how many requests may be in flight, at most
    name: str = "a fonte"  # as people know it, with its article in Portuguese; for errors
    connections: int | None = None  # how many may be open, at most; None for one a request
    max_rps: float = 0  # how many requests may be sent in a second; 0 for any number
    attempts: int = 4  # tries for one request, the first included
    timeout_s: float = 10  # seconds for all tries of one request together
    # Whether a rest that one response asks for (Retry-After) holds for all requests, also for those
    # that wait for their turn. A collection rather goes on, with fewer requests at once.
    rests_for_all: bool = False
    # How many of the last answers tell whether it is failing. None for as many as may be in flight,
    # within bounds: fifty if that is hundreds, a handful if it is a handful.
    recent_answers: int | None = None
    # What the names of its settings begin with, if `ca_file` and `legacy_tls` are among them; for
    # advice in errors.
    settings: str = ""
    ca_file: Path | None = None  # a PEM bundle trusted besides the system's
    legacy_tls: bool = False  # whether a server without secure renegotiation is accepted


def limits_in_force(upstream: Upstream, client: RetryingClient, *, roots: int) -> Limits:
    """The limits of a collection over this client, which has `roots` roots in work at once."""
    return Limits(
        roots=roots,
        requests=client.admission.limit,
        most_requests=client.admission.most,
        requests_per_second=upstream.max_rps,
        circuit_is_open=client.admission.is_suspended,
    )


@asynccontextmanager
async def open_client(
    upstream: Upstream,
    *,
    proxies: Proxies,
    watch: FanOutWatch,
    experiment: Experiment | None = None,
) -> AsyncIterator[RetryingClient]:
    """A client with a session, TLS and manners of its own, all closed at the end.

    `proxies` are those of the settings; one of them may be on the way to this upstream. `watch`
    hears what becomes of each request. `experiment` may change its limit.

    Raises OSError if `ca_file` cannot be read as PEM.
    """
    tls = await asyncio.to_thread(  # it reads some hundred certificates
        tls_context, ca_file=upstream.ca_file, legacy_tls=upstream.legacy_tls
    )
    limit = AdaptiveLimit(upstream.at_once, clock=time.monotonic)
    recent_answers = upstream.recent_answers or max(4, min(RECENT_ANSWERS, upstream.at_once))
    breaker = CircuitBreaker(clock=time.monotonic, recent_answers=recent_answers)
    connections = upstream.connections or upstream.at_once
    if experiment is not None:
        connections = max(connections, experiment.most)
    # One in each interval, no bursts: a strict upstream counts them.
    pace = AsyncLimiter(1, 1 / upstream.max_rps).acquire if upstream.max_rps else None
    admission = Admission(
        limit,
        breaker,
        clock=time.monotonic,
        pace=pace,
        upstream=upstream.name,
        rests_for_all=upstream.rests_for_all,
    )
    proxy = proxies.on_the_way_to(upstream.base_url)
    async with open_session(connections=connections, tls=tls, proxy=proxy) as session:
        client = RetryingClient(
            AiohttpExchange(
                session, base_url=upstream.base_url, settings=upstream.settings, proxy=proxy
            ),
            admission=admission,
            meter=UpstreamMeter(upstream.base_url, admission),
            # A first try without peers to compare with leaves time for the others.
            patience=Patience(first_s=upstream.timeout_s / upstream.attempts),
            budget=RetryBudget(),
            attempts=upstream.attempts,
            timeout_s=upstream.timeout_s,
            watch=watch,
            pace_s=1 / upstream.max_rps if upstream.max_rps else 0,
        )
        if experiment is not None:
            experiment.bounds(client.begin_anew)
        yield client
