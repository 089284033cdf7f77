"""Several processes that answer questions about places."""

from pathlib import Path
from typing import Any

import aiohttp

from src.domain.localities.territory import State
from tests.helpers.localities.ibge import Ibge
from tests.helpers.processes import ServiceProcess, not_on_windows, until
from tests.helpers.serving import client


@not_on_windows
async def test_all_workers_answer_the_same_bytes(brazil: tuple[State, ...], tmp_path: Path) -> None:
    """This covers resources in several formats and codings, with data unlike the bundle."""
    asked = [
        (path, {"Accept": accept, "Accept-Encoding": coding})
        for path in (
            "/api/v1/states",
            "/api/v1/states/mt",
            "/api/v1/states/51/cities",
            "/api/v1/cities/5101837",
            "/api/v1/cities/510183",
            "/api/v1/cities/5101837/districts",
            "/api/v1/cities?q=boa%20esperanca%20do%20norte",
            "/api/v1/districts?q=boa&limit=5",
            "/api/v1/districts/510183705",
        )
        for accept, coding in (("*/*", "identity"), ("*/*", "gzip"), ("text/csv, */*", "br"))
    ]
    some = tuple(state for state in brazil if state.sigla in {"RO", "MT", "DF"})
    async with Ibge(some) as upstream:
        settings: dict[str, Any] = {
            "ibge_base_url": upstream.base_url,
            "snapshot_store": f"file:{tmp_path}",
            "snapshot_bundled": False,
            "server_workers": 2,
        }
        with ServiceProcess(tmp_path / "log", **settings) as service:
            async with client() as session:
                await service.get(session, "/api/v1/states")
            await until(lambda: service.log.count("Application startup complete") == 2)
            # A connection for each request, so that either worker may get it.
            connector = aiohttp.TCPConnector(force_close=True)
            async with aiohttp.ClientSession(connector=connector, auto_decompress=False) as session:
                in_br, tree = 0, f"{service.address}/api/v1/states"
                while in_br < 20:  # this often in a row: both have all codings of the tree
                    async with session.get(tree, headers={"Accept-Encoding": "br"}) as answer:
                        in_br = in_br + 1 if "Content-Encoding" in answer.headers else 0
                        await answer.read()
                for path, headers in asked:
                    address = service.address + path
                    answers = set()
                    for _ in range(8):
                        async with session.get(address, headers=headers) as answer:
                            assert answer.status == 200
                            answers.add((answer.headers["ETag"], await answer.read()))
                    assert len(answers) == 1, path
