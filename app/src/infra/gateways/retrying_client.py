"""Asks the upstream with manners: in turn, with patience, and again if that may help."""

from __future__ import annotations

import asyncio
import codecs
import random
import time
from collections.abc import Callable
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
)
from src.infra.gateways.aiohttp_exchange import AiohttpExchange

T = TypeVar("T")

# The bounds of the pause before the first retry and before any, in seconds.
FIRST_BACKOFF_S = 0.1
LONGEST_BACKOFF_S = 5.0


@dataclass(frozen=True, slots=True)
class RetryingClient:
    """Gets what the gateways ask for, and hands the answer's bytes to their readers."""

    exchange: AiohttpExchange  # asks once
    _: KW_ONLY
    admission: Admission  # gives the turns; shared
    patience: Patience  # says how long to wait for one try; shared
    budget: RetryBudget  # says whether one more retry may be made; shared
    attempts: int  # tries for one request, the first included
    # Seconds for all tries of one request together, and the pauses between them; the time in which
    # a request waits for its turn does not count.
    timeout_s: float
    watch: FanOutWatch = field(default_factory=FanOutWatch)  # hears what becomes of each request
    # The bound of the pause before the first retry, in seconds.
    first_backoff_s: float = FIRST_BACKOFF_S

    async def get(
        self,
        path: str,
        read: Callable[[bytes], T],
        *,
        level: int,
        parent: int = 0,
        root: int = 0,
        first: bool = False,
    ) -> T:
        """What `read` makes of the answer to GET `path`.

        `read` raises ValueError for bytes that are not what they should be. `level`, `parent` and
        `root` are for the watch (FanOutWatch.asked). `first` jumps the queue.

        Raises UpstreamError: that of the last try, or UpstreamUnavailableError if none was made.
        """
        allowance = _Allowance(self.timeout_s)
        attempt = 1
        request = self.watch.asked(level, parent, root=root)
        with self.budget:
            while True:
                try:
                    async with self.admission.permit(first=first) as permit:
                        self.watch.sent(request)
                        with allowance:
                            timeout_s = min(self.patience.limit_s(attempt), allowance.left_s)
                            return await self._try(path, read, permit, timeout_s, request)
                except UpstreamError as error:
                    pause_s = _pause_s(error, attempt, self.first_backoff_s)
                    may_retry = self._may_retry(error, attempt, pause_s, allowance)
                    self.watch.failed(request, again=may_retry)
                    if not may_retry:
                        raise
                    # A refused request comes first when the upstream has room again. One that
                    # failed in another way does not, or a part that fails would crowd out others.
                    first = first or error.is_refusal
                await asyncio.sleep(pause_s)
                attempt += 1

    async def _try(
        self, path: str, read: Callable[[bytes], T], permit: Permit, timeout_s: float, request: int
    ) -> T:
        """One try; limit, breaker and patience learn from its outcome."""
        started = time.monotonic()
        try:
            body = await self.exchange.body(path, timeout_s=timeout_s)
            self.watch.answered(request)
            answer = _read(body, read, path)
        except UpstreamError as error:
            if error.is_refusal or isinstance(error, UpstreamTimeoutError):
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


def _pause_s(error: UpstreamError, attempt: int, first_s: float) -> float:
    """The seconds before a retry: those that the upstream asked for, and some more by chance.

    By chance means "full jitter": anything from nothing up to a bound that doubles from one retry
    to the next (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
    """
    bound_s = min(first_s * 2.0 ** (attempt - 1), LONGEST_BACKOFF_S)
    return (error.retry_after_s or 0.0) + random.uniform(0, bound_s)  # noqa: S311  # no secret
