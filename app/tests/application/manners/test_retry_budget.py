"""Retries stay a small part of all requests."""

from contextlib import ExitStack, suppress

import pytest

from src.application.manners.retry_budget import RetryBudget


def spent(budget: RetryBudget) -> int:
    """Spends all that is left, and returns how much it was."""
    retries = 0
    while budget.spend():
        retries += 1
    return retries


@pytest.mark.parametrize(("requests", "retries"), [(1, 10), (100, 30), (5000, 1010)])
def test_a_fifth_of_the_requests_and_ten_more_may_be_retried(requests: int, retries: int) -> None:
    """The ten are free, so that even a single request can be retried."""
    budget = RetryBudget()

    with ExitStack() as fan_out:
        for _ in range(requests):
            fan_out.enter_context(budget)

        assert spent(budget) == retries


def test_requests_that_are_over_count_while_others_are_under_way() -> None:
    """A fan-out has one budget from its first request to its last."""
    budget = RetryBudget()

    with budget:
        first = spent(budget)
        for _ in range(9):
            with budget:
                pass

        assert (first, spent(budget)) == (10, 2)


def test_the_next_fan_out_has_a_budget_of_its_own() -> None:
    """Once no request is under way, even if one failed, all counts start again."""
    budget = RetryBudget()

    with suppress(ConnectionError), ExitStack() as fan_out:
        for _ in range(100):
            fan_out.enter_context(budget)
        spent(budget)
        raise ConnectionError

    with budget:
        assert spent(budget) == 10
