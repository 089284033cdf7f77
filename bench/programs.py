"""Starts what is measured: programs of this folder, servers, the stand-in upstream."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PATH = "/api/v1/states"

# The developer's own values of these settings do not count.
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": f"{ROOT / 'app'}{os.pathsep}{ROOT}",
    "LOG_LEVEL": "WARNING",
    "SNAPSHOT_STORE": "memory:",
    "SNAPSHOT_BUNDLED": "false",
}

# Nobody listens there: a service that has a snapshot needs no upstream.
NO_UPSTREAM = "http://127.0.0.1:9"


@contextmanager
def stand_in(
    *,
    latency_ms: float,
    certificate: Path | None = None,
    times: int = 1,
    changing: bool = False,
) -> Iterator[str]:
    """The address of a stand-in upstream in its own process, to set as IBGE_BASE_URL.

    `certificate` makes it an HTTPS server; it has `times` as many cities as there are. If it is
    `changing`, a city has another name in each collection.
    """
    command = [sys.executable, "-m", "stand_in", "--port", "0", "--latency-ms", str(latency_ms)]
    command += ["--times", str(times), *(["--changing"] if changing else [])]
    if certificate is not None:
        command += ["--certificate", str(certificate)]
    with subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            settings = dict(each.split("=", 1) for each in process.stdout.readline().split())
            yield settings["IBGE_BASE_URL"]
        finally:
            process.terminate()


def run(program: str, *arguments: str, **settings: str) -> dict[str, float]:
    """The figures printed by one run of a program of this folder."""
    figures: dict[str, float] = json.loads(output(f"bench.{program}", *arguments, **settings))
    return figures


def output(module: str, *arguments: str, python: str = sys.executable, **settings: str) -> str:
    """Everything printed by one run of a module, by this Python."""
    command = [python, "-m", module, *arguments]
    ended = subprocess.run(
        command,
        env={**ENVIRONMENT, **settings},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return ended.stdout


@contextmanager
def served(
    app: str, *, factory: bool = False, access_log: str = "", **settings: str
) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The process of an application under uvicorn with one worker, and the address of its tree.

    If `access_log` names a file, all that it logs goes there.
    """
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", app, f"--port={port}"]
    command += ["--factory"] if factory else []
    environment = {**ENVIRONMENT, **settings}
    with contextlib.ExitStack() as stack:
        log = None
        if not access_log:
            command += ["--log-level=warning", "--no-access-log"]
        else:
            environment["LOG_LEVEL"] = "INFO"
            log = stack.enter_context(Path(access_log).open("wb"))
        process = stack.enter_context(subprocess.Popen(command, env=environment, stderr=log))
        try:
            yield process, f"http://127.0.0.1:{port}{PATH}"
        finally:
            process.terminate()


def body_of(url: str, *, accept_encoding: str = "", patience_s: float = 60) -> bytes:
    """The body of an answer; waits until the server listens."""
    request = urllib.request.Request(url, headers={"Accept-Encoding": accept_encoding})
    given_up_at = time.monotonic() + patience_s
    while True:
        try:
            with urllib.request.urlopen(request, timeout=patience_s) as answer:
                body: bytes = answer.read()
                return body
        except urllib.error.URLError:
            if time.monotonic() > given_up_at:
                raise
            time.sleep(0.002)


def wait_for_codings(url: str) -> None:
    """Returns once the last and smallest coding is answered."""
    whole = len(body_of(url))
    while len(body_of(url, accept_encoding="br")) == whole:
        time.sleep(0.05)


def free_port() -> int:
    """A free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
