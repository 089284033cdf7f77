"""The metrics of several processes."""

import asyncio
import os
import re
import signal
from collections import Counter
from pathlib import Path

import aiohttp

from tests.helpers.processes import ServiceProcess, not_on_windows, until
from tests.processes.many_shelves import PROGRAM, storeroom
from tests.sample_feature.feature import TREE

COUNTED = re.compile(rf'http_request_duration_seconds_count{{route="{TREE}",status="200"}} (\d+)')


def shared_by(temporary: Path) -> list[Path]:
    """The files in which the workers count."""
    return list(temporary.glob("*-metrics-*/*.numbers"))


@not_on_windows
async def test_four_workers_count_together_also_after_one_was_killed(tmp_path: Path) -> None:
    """Whichever of them is asked; the one in the place of the killed goes on with its numbers."""
    async with storeroom() as upstream:
        with ServiceProcess(
            tmp_path / "log",
            server_workers=4,
            snapshot_store=f"file:{tmp_path}",
            program=PROGRAM,
            shelves_url=upstream.base_url,
            tmpdir=tmp_path,
        ) as service:
            # A connection for each request, so that all workers get some.
            connector = aiohttp.TCPConnector(limit=20, force_close=True)
            async with aiohttp.ClientSession(connector=connector) as session:

                async def ask(times: int) -> Counter[int]:
                    answers = (service.get(session, TREE) for _ in range(times))
                    return Counter(answer.status for answer, _ in await asyncio.gather(*answers))

                async def counted() -> int:
                    _, text = await service.get(session, "/metrics")
                    found = COUNTED.search(text.decode())
                    return int(found[1]) if found else 0

                await until(lambda: service.log.count("Application startup complete") == 4)
                asked = await ask(200)
                before = {await counted() for _ in range(10)}
                os.kill(service.workers[0], signal.SIGKILL)
                await until(lambda: service.log.count("Application startup complete") == 5)
                asked += await ask(100)
                after = {await counted() for _ in range(10)}
                files = [str(file) for file in shared_by(tmp_path)]
            assert await service.leave() == 0

    assert asked == {200: 300}
    assert before == {200}
    assert after == {300}
    assert len(files) == 4
    assert shared_by(tmp_path) == []
