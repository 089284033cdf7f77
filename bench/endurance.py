"""Two instances behind nginx, killed and replaced under load: `make endurance`.

Each has two workers, on one Redis, before a stand-in upstream. In turn one is killed with all its
processes, the other one mostly replaces its workers meanwhile, as by `systemctl reload`, and the
first is started again. Clients ask all the time through nginx, with the settings that `deploy` has.
Prints what they were answered, and fails if anything was no 200 or 304.
"""

import argparse
import asyncio
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp

from bench.measuring import tell
from bench.programs import stand_in
from tests.helpers.processes import ServiceProcess, until
from tests.helpers.redis_server import redis_server
from tests.helpers.serving import client
from tests.processes.instances import nginx_before

CLIENTS = 12
WORKERS = 2
PAUSE_S = 0.002  # of a client between two requests

# From when an instance serves again until the other one is killed.
PAUSES_S = (0.3, 2.0)

# What nginx may keep, and what it has to ask for each time: {} is another number with each request.
PATHS = (
    "/api/v1/states",
    "/api/v1/states?depth=states",
    "/api/v1/states?caller={}",
    "/api/v1/districts?name=santo&caller={}",
    "/api/v1/cities/3550308",
    "/fanout",
    "/health/live",
    "/docs",
)


class Client:
    """Asks for everything in turn, every other time for what has changed since."""

    def __init__(self, url: str, answers: Counter[str]) -> None:
        self._url = url
        self._answers = answers
        self._tags: dict[str, str] = {}

    async def ask(self) -> None:
        """Asks until it is cancelled."""
        async with client(self._url) as session:
            while True:
                for path in PATHS:
                    await self._get(session, path.format(random.randrange(40_000)))
                    await asyncio.sleep(PAUSE_S)

    async def _get(self, session: aiohttp.ClientSession, path: str) -> None:
        tag = self._tags.pop(path, None)
        headers = {"If-None-Match": tag} if tag else {}
        try:
            async with session.get(path, headers=headers) as answer:
                await answer.read()
        except aiohttp.ClientError as error:
            self._note(path, type(error).__name__)
            return
        self._note(path, str(answer.status))
        if tag is None and answer.status == 200 and "ETag" in answer.headers:
            self._tags[path] = answer.headers["ETag"]

    def _note(self, path: str, answer: str) -> None:
        self._answers[answer] += 1
        if answer not in {"200", "304"}:
            tell(f"    {time.strftime('%X')} {path}: {answer}")


class Instance:
    """One of the two, and what has been done to it."""

    def __init__(self, process: ServiceProcess) -> None:
        self.process = process
        self.kills = self.reloads = 0

    @property
    def started(self) -> int:
        """How many workers have begun to serve since the last start."""
        return self.process.log.count("Application startup complete")

    async def kill(self) -> None:
        """Ends all its processes at once, in the middle of whatever they do."""
        self.process.signal_all(signal.SIGKILL)
        await self.process.ended()
        self.kills += 1

    async def start(self) -> None:
        """Starts it again; returns when all its workers serve."""
        self.process.__enter__()  # what ends it is on the stack already
        await until(lambda: self.started >= WORKERS)

    async def reload(self) -> None:
        """Has it replace its workers; returns when all the new ones serve."""
        had = self.started
        self.process.reload()
        self.reloads += 1
        await until(lambda: self.started >= had + WORKERS)


async def endure(seconds: float) -> bool:
    """Whether every answer was a 200 or 304, for this long."""
    answers: Counter[str] = Counter()
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        upstream = stack.enter_context(stand_in(latency_ms=20))
        redis = stack.enter_context(redis_server())
        instances = [
            Instance(
                stack.enter_context(
                    ServiceProcess(
                        folder / f"{name}.log",
                        server_workers=WORKERS,
                        ibge_base_url=upstream,
                        ibge_aggregates_url=upstream,
                        snapshot_store=redis.url,
                        snapshot_ttl_s=60,
                        access_log=False,
                    )
                )
            )
            for name in ("one", "two")
        ]
        for each in instances:
            await until(lambda each=each: each.started >= WORKERS)  # type: ignore[misc]  # now
        addresses = [each.process.address for each in instances]
        url = await stack.enter_async_context(nginx_before(*addresses))
        async with asyncio.TaskGroup() as group:
            asking = [group.create_task(Client(url, answers).ask()) for _ in range(CLIENTS)]
            await _disturb(instances, seconds)
            for task in asking:
                task.cancel()
    kills, reloads = (sum(getattr(each, of) for each in instances) for of in ("kills", "reloads"))
    print(f"{seconds:.0f} s, {kills} kills, {reloads} rolling restarts, answers: {dict(answers)}")
    return answers.keys() <= {"200", "304"} and answers.total() > 0


async def _disturb(instances: list[Instance], seconds: float) -> None:
    killed, other = instances
    over = time.monotonic() + seconds
    while time.monotonic() < over:
        await asyncio.sleep(random.uniform(*PAUSES_S))
        await killed.kill()
        await asyncio.sleep(random.uniform(0, 0.5))
        async with asyncio.TaskGroup() as group:
            if random.random() < 0.8:
                reloading = group.create_task(other.reload())
                # Mostly after it, else in the middle of it: two instances that start at once.
                await asyncio.wait({reloading}, timeout=random.choice((60, 60, random.random())))
            group.create_task(killed.start())
        tell(f"    {killed.kills + other.kills} kills, {other.reloads + killed.reloads} restarts")
        killed, other = other, killed


def main() -> None:
    """Reads the arguments, and ends with status 1 if not every answer was good."""
    parser = argparse.ArgumentParser(description="Kills and replaces instances under load")
    parser.add_argument("--minutes", type=float, default=10, help="how long (default 10)")
    parser.add_argument("--seed", type=int, help="repeats the same choices")
    arguments = parser.parse_args()
    if missing := [each for each in ("nginx", "redis-server") if shutil.which(each) is None]:
        sys.exit(f"needs {' and '.join(missing)}")
    random.seed(arguments.seed)
    sys.exit(0 if asyncio.run(endure(arguments.minutes * 60)) else 1)


if __name__ == "__main__":
    main()
