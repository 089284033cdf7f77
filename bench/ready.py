"""Ready answers: how many a second, how large, and how soon after a start."""

import asyncio
import re
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from bench.measuring import Row, medians, missing
from bench.programs import NO_UPSTREAM, PATH, body_of, free_port, served, wait_for_codings
from src.application.ports.value_store import Kept
from src.domain.localities.territory_snapshot import TerritorySnapshot
from src.domain.population.population import Population
from src.domain.snapshot import Source
from src.infra.process.clock import utc_now
from src.infra.storage.localities.bundled_snapshot import bundled_snapshot
from src.infra.storage.snapshots.file_store import FileStore
from src.infra.storage.snapshots.snapshot_format import SnapshotFormat
from src.infra.storage.values.file_values import FileValues
from src.infra.storage.values.value_format import ValueFormat

PLAIN = "a plain FastAPI route"
NGINX = "nginx"

# Starts an application; gives its process and its address.
Start = Callable[[], AbstractContextManager[tuple[subprocess.Popen[bytes], str]]]

NGINX_SETTINGS = """
daemon off; worker_processes 1; pid {folder}/{port}.pid; error_log {folder}/errors;
events {{ worker_connections 1024; }}
http {{
  access_log {access_log}; sendfile on; tcp_nopush on; keepalive_requests 100000000; gzip_static on;
  open_file_cache max=10; default_type application/json;
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  server {{ listen 127.0.0.1:{port}; root {folder}/html; }}
}}
"""

CITY = 3550308
POPULATION_PATH = f"/api/v1/cities/{CITY}/population"


def ready_rows(runs: int) -> list[Row]:
    """Sizes, requests a second with 32 connections, and the first answer after a start."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # nginx does not stay root
        service = partial(served, "main:create_app", factory=True, **_stored(folder))
        with service() as (_, url):
            wait_for_codings(url)
            codings = ("", "gzip", "zstd", "br")
            bodies = {coding: body_of(url, accept_encoding=coding) for coding in codings}
        file = _as_files(folder / "html", bodies)
        plain = partial(served, "bench.plain:app", BENCH_BODY=str(file))
        rows = _size_rows(bodies)
        rows += _start_rows(service, plain, runs)
        if shutil.which("wrk") is None:
            missing("requests a second: wrk is not installed")
            return rows
        return rows + _warm_rows(folder, service, plain, runs)


def _stored(folder: Path) -> dict[str, str]:
    """The settings of a service that finds a fresh snapshot in its store."""
    snapshot = replace(bundled_snapshot(), source=Source.LIVE, collected_at=utc_now())
    store = FileStore(folder / "store", SnapshotFormat(TerritorySnapshot))
    asyncio.run(store.save(snapshot))
    populations = FileValues(folder / "store" / "population", ValueFormat(Population))
    asyncio.run(populations.put(f"cidade-{CITY}", Kept(Population(2025, 1), utc_now())))
    return _store_of(folder)


def _store_of(folder: Path) -> dict[str, str]:
    return {
        "SNAPSHOT_STORE": f"file:{folder / 'store'}",
        "IBGE_BASE_URL": NO_UPSTREAM,
        "IBGE_AGGREGATES_URL": NO_UPSTREAM,
    }


def _as_files(folder: Path, bodies: dict[str, bytes]) -> Path:
    """Writes the tree to disk, also compressed; returns the path of the plain file."""
    folder.mkdir()
    (folder / "states.json").write_bytes(bodies[""])
    (folder / "states.json.gz").write_bytes(bodies["gzip"])
    return folder / "states.json"


def _size_rows(bodies: dict[str, bytes]) -> list[Row]:
    limits = {"br": 110, "zstd": 115, "gzip": 140}
    whole = len(bodies[""]) / 1000
    return [
        Row(f"size, {name}", "identity", len(bodies[name]) / 1000, whole, "kB", ours_at_most=most)
        for name, most in limits.items()
    ]


def _start_rows(service: Start, plain: Start, runs: int) -> list[Row]:
    def first_answer(start: Start) -> float:
        started = time.perf_counter()
        with start() as (_, url):
            body_of(url)
            return time.perf_counter() - started

    starts = {"service": lambda: first_answer(service), PLAIN: lambda: first_answer(plain)}
    seconds = medians(starts, runs)
    return [
        Row(
            "first answer after a start, snapshot stored",
            "a bare FastAPI application",
            seconds["service"],
            seconds[PLAIN],
            "s",
            at_most=1.5,
        )
    ]


def _warm_rows(folder: Path, service: Start, plain: Start, runs: int) -> list[Row]:
    with ExitStack() as servers:
        _, ours = servers.enter_context(service())
        _, theirs = servers.enter_context(plain())
        wait_for_codings(ours)
        body_of(theirs)
        asked: dict[str, list[str]] = {
            "service, gzip": [ours, "Accept-Encoding: gzip"],
            "service, identity": [ours, "Accept-Encoding: identity"],
            "service, 304": [ours, "Accept-Encoding: gzip", f"If-None-Match: {_etag(ours)}"],
            "service, only the states": [f"{ours}?depth=states", "Accept-Encoding: gzip"],
            f"{PLAIN}, gzip": [theirs, "Accept-Encoding: gzip"],
            f"{PLAIN}, identity": [theirs, "Accept-Encoding: identity"],
            f"{PLAIN}, 304": [theirs, f"If-None-Match: {_etag(theirs)}"],
            "service, a population": [ours.removesuffix(PATH) + POPULATION_PATH],
            f"{PLAIN}, a population": [theirs.removesuffix(PATH) + POPULATION_PATH],
        }
        if shutil.which("nginx") is None:
            missing("what is set beside nginx: it is not installed")
        else:
            disk = servers.enter_context(_nginx(folder))
            asked |= _with_access_logs(folder, servers)
            asked[f"{NGINX}, gzip"] = [disk, "Accept-Encoding: gzip"]
            asked[f"{NGINX}, identity"] = [disk, "Accept-Encoding: identity"]
            asked[f"{NGINX}, 304"] = [
                disk,
                "Accept-Encoding: gzip",
                f"If-None-Match: {_etag(disk)}",
            ]
        programs = {what: partial(_requests_a_second, *how) for what, how in asked.items()}
        each = medians(programs, runs)

    def beside(other: str, what: str, at_least: float | None = None) -> list[Row]:
        if f"{other}, {what}" not in each:
            return []
        figures = each[f"service, {what}"], each[f"{other}, {what}"]
        return [Row(f"ready, {what}", other, *figures, "/s", at_least=at_least)]

    return [
        *beside(NGINX, "gzip", 0.45),
        *beside(PLAIN, "gzip", 2),
        *beside(NGINX, "gzip and access log", 0.55),
        *beside(NGINX, "identity", 0.6),
        *beside(PLAIN, "identity"),
        *beside(NGINX, "304", 0.15),
        *beside(PLAIN, "304"),
        Row(
            "ready, only the states",
            "the service's 304 of the whole tree",
            each["service, only the states"],
            each["service, 304"],
            "/s",
            at_least=1,
        ),
        *beside(PLAIN, "a population"),
    ]


def _requests_a_second(url: str, *headers: str, seconds: int = 2) -> float:
    command = ["wrk", "--threads=1", "--connections=32", f"--duration={seconds}s"]
    for header in headers:
        command += ["--header", header]
    report = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in report, report
    found = re.search(r"Requests/sec:\s+([\d.]+)", report)
    assert found, report
    return float(found[1])


def _etag(url: str) -> str:
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request) as answer:
        return str(answer.headers["ETag"])


def _with_access_logs(folder: Path, servers: ExitStack) -> dict[str, list[str]]:
    """What is asked of the service and of nginx where both write a line for each request."""
    log = str(folder / "service.log")
    logging = served("main:create_app", factory=True, access_log=log, **_store_of(folder))
    _, ours = servers.enter_context(logging)
    disk = servers.enter_context(_nginx(folder, access_log=str(folder / "nginx.log")))
    wait_for_codings(ours)
    return {
        f"{who}, gzip and access log": [url, "Accept-Encoding: gzip"]
        for who, url in (("service", ours), (NGINX, disk))
    }


@contextmanager
def _nginx(folder: Path, *, access_log: str = "off") -> Iterator[str]:
    """The address of the tree that nginx serves from disk, compressed beforehand."""
    port = free_port()
    settings = folder / f"nginx-{port}.conf"
    settings.write_text(NGINX_SETTINGS.format(folder=folder, port=port, access_log=access_log))
    with subprocess.Popen(["nginx", "-c", str(settings)], stderr=subprocess.DEVNULL) as process:
        try:
            url = f"http://127.0.0.1:{port}/states.json"
            body_of(url, patience_s=10)
            yield url
        finally:
            process.terminate()
