"""The processor time for a crowd of followers, and for many idle processes on one Redis."""

import asyncio
import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import aiohttp

from bench.measuring import Row, missing, tell
from bench.programs import body_of, free_port, served, stand_in

FOLLOWERS = 1_000
IDLE = 50

# A refresh takes some ten seconds with this latency.
LATENCY_MS = 700
REFRESHES = "/api/v1/refreshes"

# A process that has just started is not idle yet.
SETTLED_AFTER_S = 15.0
IDLE_FOR_S = 20.0


def crowd_rows(runs: int) -> list[Row]:
    """The processor time of a worker with followers, and of idle workers and their Redis."""
    if sys.platform != "linux":
        missing(
            "followers and idle processes: only Linux gives the processor time of another process"
        )
        return []
    return [*_follower_rows(runs), *_idle_rows()]


def _follower_rows(runs: int) -> list[Row]:
    import resource  # noqa: PLC0415  # not for Windows

    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most < 4 * FOLLOWERS:
        missing(f"{FOLLOWERS:,} followers: a process may open {most:,} files only")
        return []
    resource.setrlimit(resource.RLIMIT_NOFILE, (4 * FOLLOWERS, most))
    cores: dict[int, list[float]] = {1: [], FOLLOWERS: []}
    for round_ in range(1, runs + 1):
        for followers, figures in cores.items():
            figures.append(_followed_by(followers))
            tell(f"    {followers:,} followers: {figures[-1]:.2f} cores ({round_}/{runs})")
    one, all_ = (statistics.median(figures) for figures in cores.values())
    what = f"a worker with {FOLLOWERS:,} followers of its refresh"
    return [Row(what, "with one", all_, one, "cores", ours_at_most=one + 0.5)]


def _followed_by(followers: int) -> float:
    """The cores that a worker uses for a refresh with this many followers; all get its end."""
    with (
        stand_in(latency_ms=LATENCY_MS) as base_url,
        served("main:create_app", factory=True, IBGE_BASE_URL=base_url) as (worker, url),
    ):
        address = url.removesuffix("/api/v1/states")
        body_of(f"{address}/health/live")
        return asyncio.run(_cores_while_all_follow(address, worker.pid, followers))


async def _cores_while_all_follow(address: str, worker: int, followers: int) -> float:
    timeout = aiohttp.ClientTimeout(total=120)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        before, begun_at = _processor_s(worker), time.monotonic()
        following = [_last_heard(session, address) for _ in range(followers)]
        heard = await asyncio.gather(*following)
        seconds = time.monotonic() - begun_at
    if any('"concluida"' not in last for last in heard):
        raise RuntimeError("a follower did not get the end of the refresh")
    return (_processor_s(worker) - before) / seconds


async def _last_heard(session: aiohttp.ClientSession, address: str) -> str:
    """The last event of the refresh."""
    async with session.get(f"{address}{REFRESHES}/current/events") as events:
        last = ""
        async for line in events.content:
            if line.startswith(b"data:"):
                last = line.decode()
            if '"concluida"' in last:
                break
        return last


def _idle_rows() -> list[Row]:
    program = shutil.which("redis-server")
    if program is None:
        missing(f"{IDLE} idle processes on one Redis: there is no redis-server")
        return []
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        port = free_port()
        command = [program, "--port", str(port), "--bind", "127.0.0.1", "--dir", folder]
        redis = stack.enter_context(subprocess.Popen(command, stdout=subprocess.DEVNULL))
        stack.callback(redis.terminate)
        base_url = stack.enter_context(stand_in(latency_ms=5))
        settings = {"SNAPSHOT_STORE": f"redis://127.0.0.1:{port}", "IBGE_BASE_URL": base_url}
        workers = []
        for number in range(1, IDLE + 1):
            worker, url = stack.enter_context(served("main:create_app", factory=True, **settings))
            body_of(url)
            workers.append(worker.pid)
            if number % 10 == 0:
                tell(f"    {number} of {IDLE} processes have started")
        time.sleep(SETTLED_AFTER_S)
        groups = [[redis.pid], workers]
        before = [sum(map(_processor_s, group)) for group in groups]
        time.sleep(IDLE_FOR_S)
        used = [sum(map(_processor_s, group)) for group in groups]
    redis_cores, cores = (
        (after - had) / IDLE_FOR_S for had, after in zip(before, used, strict=True)
    )
    return [
        Row(f"{IDLE} idle processes", "one core", cores, 1.0, "cores", ours_at_most=1.0),
        Row(
            f"Redis for {IDLE} idle processes",
            "one core",
            redis_cores,
            1.0,
            "cores",
            ours_at_most=0.1,
        ),
    ]


def _processor_s(process: int) -> float:
    """The seconds of processor time that a process has had (proc_pid_stat(5))."""
    _, _, behind_the_name = Path(f"/proc/{process}/stat").read_text().rpartition(")")
    user, system = behind_the_name.split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
