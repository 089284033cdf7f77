"""The answer at one moment: live data, bundled data, or none."""

import pytest

from src.application.refreshing.current_edition import CurrentEdition
from tests.helpers.fakes import live
from tests.helpers.shelves import TWO_SHELVES
from tests.sample_feature.shelves import ShelvesSnapshot

LIVE, BUNDLED = live(TWO_SHELVES), live(TWO_SHELVES[:1])


async def made(snapshot: ShelvesSnapshot) -> ShelvesSnapshot:
    """An edition that is the snapshot itself."""
    return snapshot


async def bundled() -> ShelvesSnapshot:
    """The snapshot that ships with the code."""
    return BUNDLED


async def unreadable() -> ShelvesSnapshot:
    """Fails as an unreadable file does."""
    raise OSError("disco com defeito")


async def test_bundled_data_stands_in_until_there_is_live_data() -> None:
    """It never does again after that."""
    current = CurrentEdition(make=made, load_bundled=bundled)
    nothing = current.best
    await current.settle_for_bundled()
    fallback, was_live = current.best, current.is_live
    await current.publish(LIVE)
    await current.settle_for_bundled()

    assert (nothing, fallback, was_live) == (None, BUNDLED, False)
    assert current.best is LIVE
    assert current.is_live


async def test_unreadable_bundled_data_is_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Several parts ask for it; none of them gets anything."""
    current = CurrentEdition(make=made, load_bundled=unreadable)

    await current.settle_for_bundled()

    assert await current.bundled() is None
    assert current.best is None
    assert caplog.messages == [
        "Os dados que acompanham o código não puderam ser lidos: disco com defeito"
    ]


async def test_without_bundled_data_there_is_nothing_to_settle_for() -> None:
    """Bundled data may be turned off."""
    current = CurrentEdition(make=made, load_bundled=None)

    await current.settle_for_bundled()

    assert current.best is None
