"""Fixtures of tests about the places."""

import pytest

# Imported by the service on demand, so perhaps first in a block that is not measured.
import src.entrypoints.localities.collecting  # noqa: F401  # as above
from src.domain.localities.territory import State
from src.infra.storage.localities.bundled_snapshot import bundled_snapshot
from stand_in.localities.upstream_rows import with_new_city


@pytest.fixture(scope="session")
def brazil() -> tuple[State, ...]:
    """The whole real territory, as the stand-in serves it."""
    return with_new_city(bundled_snapshot().states)
