"""Clients that want more of a process than it has."""

import asyncio
import contextlib
import socket
import sys
from pathlib import Path

import pytest

from tests.helpers.processes import ServiceProcess, until
from tests.helpers.serving import client
from tests.helpers.shelves import TWO_SHELVES
from tests.sample_feature.feature import TREE
from tests.sample_feature.upstream import Storeroom, lists_of

HEADERS = b"Host: localhost\r\n\r\n"

# The sample feature as a program that may open this many files.
WITH_FEW_FILES = """
import resource, runpy
resource.setrlimit(resource.RLIMIT_NOFILE, ({files}, {files}))
runpy.run_module("tests.sample_feature", run_name="__main__")
"""


def statuses(port: int, path: str) -> list[int]:
    """The statuses of what twenty requests were answered, each on a connection of its own."""
    answers = []
    for _ in range(20):
        with (
            contextlib.suppress(ConnectionError),
            socket.create_connection(("127.0.0.1", port), 20) as sock,
        ):
            sock.sendall(f"GET {path} HTTP/1.1\r\n".encode() + HEADERS)
            if answer := sock.recv(4096):  # nothing from a connection that made room
                answers.append(int(answer.split()[1]))
    return answers


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no bound on open files")
@pytest.mark.parametrize("files", [64, 300])
async def test_more_half_open_heads_than_open_files_keep_nobody_out(
    files: int, tmp_path: Path
) -> None:
    """They are renewed without a pause; data and health are answered all the same."""

    async def half_open(port: int) -> None:
        while True:
            with contextlib.suppress(ConnectionError):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                with contextlib.closing(writer):
                    writer.write(b"GET / HTTP/1.1\r\n")
                    await reader.read()

    async with Storeroom(lists_of(TWO_SHELVES)) as upstream:
        with ServiceProcess(
            tmp_path / "log",
            program=["-c", WITH_FEW_FILES.format(files=files)],
            shelves_url=upstream.base_url,
            snapshot_store="memory:",
        ) as process:
            async with client() as session:
                await process.get(session, TREE)
            flood = [asyncio.create_task(half_open(process.port)) for _ in range(2 * files)]
            await until(lambda: "Conexão de" in process.log)
            answers = {
                path: await asyncio.to_thread(statuses, process.port, path)
                for path in (TREE, "/health/live")
            }
            for each in flood:
                each.cancel()
            await asyncio.gather(*flood, return_exceptions=True)

    # A client that is slow to send its head, on a busy machine, may be taken for one of the others.
    for path, statuses_ in answers.items():
        assert statuses_.count(200) > 10, path
    assert process.log.count("um pedido inteiro") == 1
    assert "Too many open files" not in process.log


@pytest.mark.parametrize(
    "program", [["main.py"], ["-m", "uvicorn", "main:create_app"]], ids=["main.py", "uvicorn"]
)
async def test_a_head_has_a_bound_however_the_service_is_started(
    program: list[str], tmp_path: Path
) -> None:
    """`python main.py`, and uvicorn's own command, with whatever event loop they choose."""
    with ServiceProcess(tmp_path / "log", program=program, snapshot_wait_s=0) as process:
        async with client() as session:
            await process.get(session, "/health/live")
        reader, writer = await asyncio.open_connection("127.0.0.1", process.port)
        with contextlib.closing(writer), contextlib.suppress(ConnectionError):
            writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 65_536)
            answer = await reader.readuntil(b"\r\n")

    assert answer.split()[1] == b"431"
    assert "passou de" in process.log
