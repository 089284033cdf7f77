"""Every error of the populations has its status, or stays inside."""

import pytest

from src.domain.population.population import InvalidPopulationError
from src.infra.controllers.population.errors import ERRORS
from tests.helpers.our_exceptions import exceptions_of

# Errors that reach no controller, subclasses included, and why.
KEPT_INSIDE: dict[type[Exception], str] = {
    InvalidPopulationError: "the gateway turns it into an error of its port; a store drops it",
}

OURS = exceptions_of("population")


@pytest.mark.parametrize("kind", sorted(OURS, key=str))
def test_every_error_has_a_row_or_stays_inside(kind: type[Exception]) -> None:
    """A new error needs a decision: what callers get, or why it never reaches them."""
    assert (kind in {row.error for row in ERRORS}) != issubclass(kind, tuple(KEPT_INSIDE))


def test_the_tables_name_only_existing_errors() -> None:
    """Each row stands for one of the errors of the populations."""
    assert {*KEPT_INSIDE, *(row.error for row in ERRORS)} <= OURS
