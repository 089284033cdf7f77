"""Asks the upstream with manners: in turn, with patience, and again where that may help."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from aiolimiter import AsyncLimiter
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, wait_random_exponential

from src.application.manners.admission import Admission, Permit
from src.application.manners.patience import Patience
from src.application.manners.retry_budget import RetryBudget
from src.application.ports.upstream import (
    UpstreamError,
    UpstreamMalformedError,
    UpstreamStatusError,
    UpstreamTimeoutError,
)
from src.infra.gateways.ibge_exchange import IbgeExchange

T = TypeVar("T")

# "Full jitter": anything from nothing up to a bound that doubles from one retry to the next, in
# seconds (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
_full_jitter = wait_random_exponential(multiplier=0.1, max=5)


class IbgeClient:
    """Gets what the gateways ask for, and hands the answer's bytes to their readers.

    Args:
        exchange: asks once.
        admission: gives the turns; shared by all who ask.
        patience: says how long to wait for one try; shared.
        budget: says whether one more retry may be made; shared.
        attempts: tries for one request, the first included.
        timeout_s: seconds for all tries of one request together, from when the first is sent.
        max_rps: requests a second at most; 0 is no bound.
    """

    def __init__(
        self,
        exchange: IbgeExchange,
        *,
        admission: Admission,
        patience: Patience,
        budget: RetryBudget,
        attempts: int,
        timeout_s: float,
        max_rps: float = 0,
    ) -> None:
        self._exchange = exchange
        self._admission = admission
        self._patience = patience
        self._budget = budget
        self._attempts = attempts
        self._timeout_s = timeout_s
        # One in each interval rather than a burst in each second: a strict upstream counts bursts.
        self._rate = AsyncLimiter(1, 1 / max_rps) if max_rps else None

    async def get(self, path: str, read: Callable[[bytes], T], *, first: bool = False) -> T:
        """What `read` makes of the answer to GET `path`.

        `read` raises ValueError for bytes that are not what they should be. Who is `first` goes
        before those who wait for their turn already.

        Raises UpstreamError: that of the last try, or UpstreamUnavailableError where none was made.
        """
        deadline = _Deadline(self._timeout_s)
        retrying = AsyncRetrying(
            retry=retry_if_exception(_may_pass),
            wait=_pause,
            stop=partial(self._is_over, deadline),
            reraise=True,
        )
        with self._budget.request():
            async for attempt in retrying:
                with attempt:
                    async with self._admission.permit(first=first) as permit:
                        if self._rate is not None:
                            await self._rate.acquire()
                        deadline.start()
                        return await self._try(path, read, permit, deadline)
                # Who was sent away comes first when the upstream has room again; who failed in
                # another way does not, or a state that fails would crowd out the others.
                first = first or _was_refused(attempt.retry_state)
        raise AssertionError("the last attempt returns or raises")  # pragma: no cover

    async def _try(
        self, path: str, read: Callable[[bytes], T], permit: Permit, deadline: _Deadline
    ) -> T:
        """One try, whose outcome is told to all who learn from it."""
        started = time.monotonic()
        timeout_s = min(self._patience.limit_s, deadline.seconds_left)
        try:
            body = await self._exchange.body(path, timeout_s=timeout_s)
            places = _read(body, read, path)
        except UpstreamTimeoutError:
            self._patience.gave_up(started)
            permit.refused(None)
            raise
        except UpstreamStatusError as error:
            if error.is_refusal:
                permit.refused(error.retry_after_s)
            else:
                permit.failed()
            raise
        except UpstreamError:
            permit.failed()
            raise
        self._patience.answered(time.monotonic() - started)
        permit.succeeded()
        return places

    def _is_over(self, deadline: _Deadline, state: RetryCallState) -> bool:
        return (
            state.attempt_number >= self._attempts
            or state.upcoming_sleep >= deadline.seconds_left
            # Asked last, when all else speaks for a retry: asking spends.
            or not self._budget.spend()
        )


class _Deadline:
    """The end of the time for all tries of a request; it does not run before the first is sent."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._at: float | None = None

    def start(self) -> None:
        if self._at is None:
            self._at = time.monotonic() + self._seconds

    @property
    def seconds_left(self) -> float:
        return self._seconds if self._at is None else self._at - time.monotonic()


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, UpstreamError) and error.may_pass


def _read(body: bytes, read: Callable[[bytes], T], path: str) -> T:
    try:
        return read(body)
    except ValueError as exc:
        raise UpstreamMalformedError(f"{path}: resposta malformada ({exc})") from exc


def _error_of(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome is not None else None


def _was_refused(state: RetryCallState) -> bool:
    error = _error_of(state)
    return isinstance(error, UpstreamStatusError) and error.is_refusal


def _pause(state: RetryCallState) -> float:
    """The seconds before a retry: those that the upstream asked for, and some more by chance."""
    error = _error_of(state)
    asked_s = error.retry_after_s if isinstance(error, UpstreamStatusError) else None
    return (asked_s or 0.0) + _full_jitter(state)
