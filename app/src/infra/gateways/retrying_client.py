"""Asks the upstream with manners: in turn, with patience, and again if that may help."""

from __future__ import annotations

import asyncio
import codecs
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import KW_ONLY, dataclass, field
from typing import TypeVar

from src.application.manners.admission import Admission, Permit
from src.application.manners.patience import Patience
from src.application.manners.retry_budget import RetryBudget
from src.application.ports.fan_out_watch import FanOutWatch
from src.application.ports.upstream_errors import (
    UpstreamError,
    UpstreamMalformedError,
    UpstreamTimeoutError,
    UpstreamUnavailableError,
)
from src.infra.gateways.aiohttp_exchange import MAX_BODY_BYTES, AiohttpExchange
from src.infra.metrics.upstream_meter import UpstreamMeter

T = TypeVar("T")

# The bounds of the pause before the first retry and before any, in seconds.
FIRST_BACKOFF_S = 0.1
LONGEST_BACKOFF_S = 5.0

# By how much a try's limit is longer, by chance: what was sent at once is not to be given up at
# once, or the circuit breaker would take it for an outage.
SPREAD = 0.25

# A fan-out ends, however little is answered: a request waits for its turn for so long at most, in
# seconds, and so much longer for each request of its fan-out. For five thousand that is 22 minutes.
LONGEST_WAIT_S = 60.0
LONGEST_WAIT_EACH_S = 0.25


@dataclass(frozen=True, slots=True)
class RetryingClient:
    """Gets what the gateways ask for, and hands the answer's bytes to their readers."""

    exchange: AiohttpExchange  # asks once
    _: KW_ONLY
    admission: Admission  # gives the turns; shared
    meter: UpstreamMeter  # counts the attempts, for the metrics
    patience: Patience  # says how long to wait for one try; shared
    budget: RetryBudget  # says whether one more retry may be made; shared
    attempts: int  # tries for one request, the first included
    # Seconds for all tries of one request together, and the pauses between them; the time in which
    # a request waits for its turn does not count.
    timeout_s: float
    watch: FanOutWatch = field(default_factory=FanOutWatch)  # hears what becomes of each request
    # The bound of the pause before the first retry, in seconds.
    first_backoff_s: float = FIRST_BACKOFF_S
    pace_s: float = 0  # seconds between two requests if their rate is fixed
    longest_wait_s: float = LONGEST_WAIT_S

    async def get(
        self,
        path: str,
        read: Callable[[bytes], T],
        *,
        level: int,
        parent: int = 0,
        root: int = 0,
        first: bool = False,
        max_bytes: int = MAX_BODY_BYTES,
    ) -> T:
        """What `read` makes of the answer to GET `path`.

        `read` raises ValueError for bytes that are not what they should be. `level`, `parent` and
        `root` are for the watch (FanOutWatch.asked). `first` jumps the queue. An answer longer than
        `max_bytes`, compressed or not, is given up.

        Raises UpstreamError: that of the last try, or UpstreamUnavailableError or
        UpstreamRestsError if none was made.
        """
        allowance = _Allowance(self.timeout_s)
        attempt = 1
        asked_at = time.monotonic()
        request = self.watch.asked(level, parent, root=root)
        with self.budget:
            while True:
                try:
                    async with self.admission.permit(first=first) as permit:
                        self._require_time_left(path, asked_at)
                        self.watch.sent(request)
                        with allowance:
                            timeout_s = min(self._patience_s(attempt), allowance.left_s)
                            asking = self.exchange.body(
                                path, timeout_s=timeout_s, max_bytes=max_bytes
                            )
                            with self.meter.attempt():
                                return await self._try(asking, path, read, permit, request)
                except UpstreamError as error:
                    if error.retry_after_s:
                        self.watch.told_to_rest(error.retry_after_s)
                    pause_s = _pause_s(error, attempt, self.first_backoff_s)
                    may_retry = self._may_retry(error, attempt, pause_s, allowance)
                    self.watch.failed(request, again=may_retry)
                    if not may_retry:
                        _forget_frames(error)
                        raise
                    self.meter.retried()
                    # A refused request comes first when the upstream has room again. One that
                    # failed in another way does not, or a part that fails would crowd out others.
                    first = first or error.is_refusal
                await asyncio.sleep(pause_s)
                attempt += 1

    def begin_anew(self, most: int) -> None:
        """Forget what was learnt of the upstream; `most` is the highest limit from now on.

        For the time between two collections, when nothing is under way.
        """
        self.admission.begin_anew(most)
        self.patience.begin_anew()

    def _require_time_left(self, path: str, asked_at: float) -> None:
        each_s = LONGEST_WAIT_EACH_S + 2 * self.pace_s
        if time.monotonic() - asked_at > self.longest_wait_s + each_s * self.budget.asked:
            raise UpstreamUnavailableError(f"{path}: a coleta demorou demais e foi encerrada")

    def _patience_s(self, attempt: int) -> float:
        return self.patience.limit_s(attempt) * random.uniform(1, 1 + SPREAD)  # noqa: S311  # spread, no secret

    async def _try(
        self,
        asking: Awaitable[bytes],
        path: str,
        read: Callable[[bytes], T],
        permit: Permit,
        request: int,
    ) -> T:
        """One try; limit, breaker and patience learn from its outcome."""
        started = time.monotonic()
        try:
            body = await asking
            self.watch.answered(request)
            answer = _read(body, read, path)
        except UpstreamError as error:
            if error.retry_after_s:
                self.admission.rest(error.retry_after_s)
            if isinstance(error, UpstreamTimeoutError):
                permit.silent()
            elif error.is_refusal:
                permit.refused(error.retry_after_s)
            else:
                permit.failed()
            raise
        self.patience.answered(time.monotonic() - started)
        permit.succeeded()
        self.watch.read(request)
        return answer

    def _may_retry(
        self, error: UpstreamError, attempt: int, pause_s: float, allowance: _Allowance
    ) -> bool:
        return (
            error.may_pass
            and attempt < self.attempts
            # Asked last, when all else speaks for a retry: asking spends.
            and allowance.spend(pause_s)
            and self.budget.spend()
        )


class _Allowance:
    """The seconds that the tries of a request may take together, and the pauses between them.

    What a `with` of this takes is spent.
    """

    __slots__ = ("_started", "left_s")

    def __init__(self, seconds: float) -> None:
        self.left_s = seconds
        self._started = 0.0

    def __enter__(self) -> None:
        self._started = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self.left_s -= time.monotonic() - self._started

    def spend(self, seconds: float) -> bool:
        """Whether so much is left, and something for another try; it is spent then."""
        if seconds >= self.left_s:
            return False
        self.left_s -= seconds
        return True


def _read(body: bytes, read: Callable[[bytes], T], path: str) -> T:
    try:
        # A reader may ignore a byte order mark (RFC 8259, section 8.1).
        return read(body.removeprefix(codecs.BOM_UTF8))
    except (ValueError, RecursionError) as exc:  # the latter for JSON nested without end
        raise UpstreamMalformedError(f"{path}: resposta malformada ({exc})") from exc


def _forget_frames(error: BaseException | None) -> None:
    """Let go of what was read: a collection keeps thousands of errors until its end."""
    while error is not None:
        error.__traceback__ = None
        error = error.__cause__ or error.__context__


def _pause_s(error: UpstreamError, attempt: int, first_s: float) -> float:
    """The seconds before a retry: those that the upstream asked for, and some more by chance.

    By chance means "full jitter": anything from nothing up to a bound that doubles from one retry
    to the next (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
    """
    bound_s = min(first_s * 2.0 ** (attempt - 1), LONGEST_BACKOFF_S)
    return (error.retry_after_s or 0.0) + random.uniform(0, bound_s)  # noqa: S311  # no secret
