"""The storage that the settings name."""

from pathlib import Path

from src.application.ports.value_store import Kept
from src.entrypoints.settings import ServiceSettings
from src.entrypoints.storage import open_storage, open_values
from tests.helpers.fakes import NOON, live
from tests.helpers.redis_server import needs_redis_server, redis_server, with_certificate
from tests.helpers.refreshes import moment
from tests.helpers.shelves import TWO_SHELVES
from tests.sample_feature.shelves import ShelvesSnapshot


@needs_redis_server
async def test_all_that_is_kept_in_a_redis_trusts_redis_ca_file(tmp_path: Path) -> None:
    """Snapshots, the progress of refreshes, and values."""
    options, ca_file = with_certificate(tmp_path)
    with redis_server(*options, tls=True) as server:
        settings = ServiceSettings(snapshot_store=server.url, redis_ca_file=ca_file)
        async with (
            open_storage(settings, ShelvesSnapshot) as (snapshots, journal),
            open_values(settings, int, folder="numbers") as values,
        ):
            version = await snapshots.save(live(TWO_SHELVES))
            await journal.append(moment())
            assert values is not None
            await values.put("a", Kept(1, NOON))

            assert await snapshots.version() == version
            assert await journal.last(moment().refresh) == moment()
            assert await values.get("a") == Kept(1, NOON)
