"""Asks the upstream with manners: in turn, with patience, and again where that may help."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

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
        timeout_s: seconds for all tries of one request together, and the pauses between them;
            the time in which a request waits for its turn does not count.
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
    ) -> None:
        self._exchange = exchange
        self._admission = admission
        self._patience = patience
        self._budget = budget
        self._attempts = attempts
        self._timeout_s = timeout_s

    async def get(self, path: str, read: Callable[[bytes], T], *, first: bool = False) -> T:
        """What `read` makes of the answer to GET `path`.

        `read` raises ValueError for bytes that are not what they should be. Who is `first` goes
        before those who wait for their turn already.

        Raises UpstreamError: that of the last try, or UpstreamUnavailableError where none was made.
        """
        allowance = _Allowance(self._timeout_s)
        retrying = AsyncRetrying(
            retry=retry_if_exception(_may_pass),
            wait=_pause,
            stop=partial(self._is_over, allowance),
            reraise=True,
        )
        with self._budget.request():
            async for attempt in retrying:
                with attempt:
                    async with self._admission.permit(first=first) as permit:
                        patience_s = self._patience.limit_s(attempt.retry_state.attempt_number)
                        with allowance.spending():
                            timeout_s = min(patience_s, allowance.left_s)
                            return await self._try(path, read, permit, timeout_s)
                # Who was sent away comes first when the upstream has room again; who failed in
                # another way does not, or a state that fails would crowd out the others.
                first = first or _was_refused(attempt.retry_state)
        raise AssertionError(
            "not reached"
        )  # pragma: no cover  # the last attempt returns or raises

    async def _try(
        self, path: str, read: Callable[[bytes], T], permit: Permit, timeout_s: float
    ) -> T:
        """One try, whose outcome is told to all who learn from it."""
        started = time.monotonic()
        try:
            body = await self._exchange.body(path, timeout_s=timeout_s)
            places = _read(body, read, path)
        except UpstreamTimeoutError:
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

    def _is_over(self, allowance: _Allowance, state: RetryCallState) -> bool:
        return (
            state.attempt_number >= self._attempts
            # Asked last, when all else speaks for a retry: asking spends.
            or not allowance.spend(state.upcoming_sleep)
            or not self._budget.spend()
        )


class _Allowance:
    """The seconds that the tries of a request may take together, and the pauses between them."""

    def __init__(self, seconds: float) -> None:
        self.left_s = seconds

    @contextmanager
    def spending(self) -> Iterator[None]:
        started = time.monotonic()
        try:
            yield
        finally:
            self.left_s -= time.monotonic() - started

    def spend(self, seconds: float) -> bool:
        """Whether so much is left, and something for another try; it is spent then."""
        if seconds >= self.left_s:
            return False
        self.left_s -= seconds
        return True


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, UpstreamError) and error.may_pass


def _read(body: bytes, read: Callable[[bytes], T], path: str) -> T:
    try:
        return read(body)
    except (ValueError, RecursionError) as exc:  # the latter for JSON nested without end
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
