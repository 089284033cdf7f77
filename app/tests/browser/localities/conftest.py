"""A service with every place there is, for many tests."""

from collections.abc import AsyncIterator

import pytest_asyncio

from src.domain.localities.territory import State
from src.infra.process.clock import utc_now
from tests.helpers.localities.services import application
from tests.helpers.localities.upstream import FakeUpstream
from tests.helpers.serving import served


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def whole_country(brazil: tuple[State, ...]) -> AsyncIterator[str]:
    """The address of the service."""
    async with served(application(FakeUpstream(brazil), now=utc_now)) as url:
        yield url
