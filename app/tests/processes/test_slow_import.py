"""Workers on a machine that takes its time to import the code."""

from pathlib import Path

from stand_in.faults import Behaviour
from tests.helpers.processes import ServiceProcess, until
from tests.helpers.serving import client
from tests.processes.many_shelves import storeroom
from tests.sample_feature.feature import TREE


async def test_a_worker_that_imports_slowly_is_left_alone(tmp_path: Path) -> None:
    """It takes longer than uvicorn's own 5 s, as it may on Windows; then it serves."""
    async with storeroom(Behaviour()) as upstream:
        with ServiceProcess(
            tmp_path / "log",
            program=("-m", "tests.processes.slow_import"),
            shelves_url=upstream.base_url,
            server_workers=2,
        ) as service:
            await until(lambda: len(service.workers) == 2)
            async with client() as session:
                answer, _ = await service.get(session, TREE)

    assert answer.status == 200
    assert "died" not in service.log
