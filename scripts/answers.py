"""Records what the service answers, byte for byte, so that two commits can be compared.

    python scripts/answers.py before.json     # at one commit
    python scripts/answers.py after.json      # at another
    diff before.json after.json

If a change leaves every answer as it was, the two files are equal. Each line is one
request to a service in one of four situations, with the status, the headers and a digest of the
body. Everything that differs from run to run is masked: dates, ids and seconds.
"""

import argparse
import hashlib
import html
import itertools
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

APP = Path(__file__).resolve().parents[1] / "app"
NOBODY = "http://127.0.0.1:9"
TOKEN = "segredo"  # noqa: S105  # of services that nobody else asks

TREE = "/api/v1/states"
LAST_COMPRESSED = f"{TREE}?depth=states"
DATA = [
    *("/api/v1/states/RO", "/api/v1/states/ro", "/api/v1/states/11", "/api/v1/states/11/cities"),
    *("/api/v1/cities", "/api/v1/cities?q=sao&limit=3&offset=3", "/api/v1/cities?q=saojoze&uf=sp"),
    *("/api/v1/cities?q=campinas&uf=35", "/api/v1/cities/1100015", "/api/v1/cities/110001"),
    *("/api/v1/cities/1100015/districts", "/api/v1/districts", "/api/v1/districts?q=centro"),
    *("/api/v1/districts/110001505", LAST_COMPRESSED, f"{TREE}?depth=cities"),
    *(f"{TREE}?depth=districts", f"{TREE}?separator=;", "/api/v1/states/RO?depth=cities"),
    *(f"{TREE}?regiao=ne", f"{TREE}?regiao=5&depth=states", "/api/v1/cities?q=santa&regiao=s"),
]
ERRORS = [
    *("/api/v1/states/XX", "/api/v1/states/DX", "/api/v1/states/abc", "/api/v1/states/99/cities"),
    *("/api/v1/cities/1100016", "/api/v1/cities/abc", "/api/v1/cities/9999999/districts"),
    *("/api/v1/districts/999999999", "/api/v1/districts/1", "/api/v1/cities?limit=0&offset=-1"),
    *("/api/v1/cities?uf=xyz", "/api/v1/cities?q=" + "a" * 101, "/api/v1/cities?q=" + "a" * 2001),
    *(f"{TREE}?depth=nada", f"{TREE}?separator=%09", "/api/v1/states/RO?depth="),
    f"{TREE}?regiao=norte",
    *("/api/v1/refreshes/0123456789abcdef0123", "/api/v1/refreshes/x", "/nada", "/" + "a" * 2001),
]
OTHERS = [
    *("/health/live", "/health/ready", "/", "/fanout", "/docs", "/redoc", "/openapi.json"),
    *("/api/v1/refreshes", "/api/v1/refreshes/current"),
]
ACCEPT = [
    "",
    "*/*",
    "application/json",
    "application/x-ndjson",
    "application/jsonl",
    "text/csv",
    "text/html, */*;q=0.1",
    "image/png",
    "application/json;q=0.5, text/csv",
]
CODINGS = ["", "gzip", "br", "zstd", "gzip;q=0.5, br;q=0.1", "identity;q=0", "identity;q=0, gzip"]
CONDITIONS = [
    {},
    {"If-None-Match": "*"},
    {"If-None-Match": '"0"'},
    {"If-None-Match": "ETAG"},
    {"If-Modified-Since": "Tue, 31 Dec 2050 00:00:00 GMT"},
    {"If-Modified-Since": "Tue, 31 Dec 1990 00:00:00 GMT"},
]

# The parts of headers and text bodies that differ from run to run.
MASKS = [
    (re.compile(r'"id":"[0-9a-f]{20,32}"'), '"id":"…"'),
    (re.compile(r"\d{4}-\d\d-\d\dT[\d:]+Z"), "…"),
    (re.compile(r'"(segundos|espera_s|mais_em_voo|numero)":[\d.]+'), r'"\1":…'),
    (re.compile(r"em \d+ s"), "em … s"),
    (re.compile(r"refreshes/[0-9a-f]{20}"), "refreshes/…"),
]
VARYING = {"date", "retry-after", "last-modified"}

# How pages, styles and scripts name a file, and what the page of collections gives its script.
NAMED = re.compile(r'(?:src=|href=|from |import |import\(|url\()"(?:\./)?([\w/-]+\.\w+)"')
COLLECTED = re.compile(r'data-collected="([^"]*)"')


def main() -> None:
    """Records every request in every situation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="where to write the record")
    arguments = parser.parse_args()
    lines = [*bundled(), *live(), *nothing(), *cross_origin()]
    arguments.file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    print(f"{len(lines)} respostas em {arguments.file}")


def bundled() -> Iterator[str]:
    """The upstream is unreachable: every path, media type, coding and condition."""
    with service(IBGE_BASE_URL=NOBODY) as port:
        until_in_br(port)
        yield from everything("bundled", port)


def live() -> Iterator[str]:
    """Everything was collected from the stand-in."""
    with stand_in() as upstream, service(IBGE_BASE_URL=upstream, SNAPSHOT_BUNDLED="false") as port:
        until_in_br(port)
        yield from everything("live", port)


def nothing() -> Iterator[str]:
    """There is no data at all."""
    with service(IBGE_BASE_URL=NOBODY, SNAPSHOT_BUNDLED="false", REFRESH_TOKEN=TOKEN) as port:
        for path in [TREE, *DATA, *OTHERS]:
            yield asked("nothing", port, "GET", path, {})
        for headers in ({}, {"Authorization": "Bearer errado"}):
            yield asked("nothing", port, "POST", "/api/v1/refreshes", headers)


def cross_origin() -> Iterator[str]:
    """A page of another site asks, which the settings allow."""
    origin = {"Origin": "https://example.org"}
    preflight = {**origin, "Access-Control-Request-Method": "GET"}
    with service(IBGE_BASE_URL=NOBODY, CORS_ORIGINS="https://example.org") as port:
        for path in [TREE, *DATA[:2], *ERRORS[:2]]:
            yield asked("cross origin", port, "GET", path, origin)
            yield asked("cross origin", port, "OPTIONS", path, preflight)
        yield asked("cross origin", port, "GET", TREE, {"Origin": "https://example.com"})


def everything(situation: str, port: int) -> Iterator[str]:
    """Every path, with every header that changes its answer."""
    for accept, coding, condition in itertools.product(ACCEPT, CODINGS, CONDITIONS):
        headers = {"Accept": accept, "Accept-Encoding": coding, **condition}
        yield asked(situation, port, "GET", TREE, headers)
    for path in DATA:
        for accept, coding in itertools.product(ACCEPT[:1] + ACCEPT[4:], CODINGS):
            yield asked(situation, port, "GET", path, {"Accept": accept, "Accept-Encoding": coding})
        for condition in CONDITIONS:
            yield asked(situation, port, "GET", path, {"Accept-Encoding": "gzip", **condition})
    for path in [TREE, *DATA, *ERRORS, *OTHERS]:
        for method in ("GET", "HEAD", "DELETE", "OPTIONS"):
            yield asked(situation, port, method, path, {})
    for headers in ({"X-Forwarded-For": "8.8.8.8"}, {"Origin": "https://example.org"}):
        yield asked(situation, port, "POST", "/api/v1/refreshes", headers)
    for path in assets(port):
        for coding in ("", "br, gzip"):
            yield asked(situation, port, "GET", path, {"Accept-Encoding": coding})


def assets(port: int) -> list[str]:
    """The files that the pages name, and those that these files name in turn."""
    found: dict[str, None] = {}
    todo = ["/", "/fanout", "/source?arquivo=README.pt-BR.md"]
    while todo:
        page = todo.pop()
        _, _, body = answer(port, "GET", page, {})
        for name in named_files(body.decode()):
            path = name if name.startswith("/") else f"{page.rpartition('/')[0]}/{name}"
            if path not in found:
                found[path] = None
                todo.append(path)
    return sorted(found)


def named_files(text: str) -> list[str]:
    """The files that a page, a style or a script names, relative to it.

    The page of collections names a script and a recording of the feature shown in its data.
    """
    shown = [json.loads(html.unescape(data)) for data in COLLECTED.findall(text)]
    loaded = [each[kind] for each in shown for kind in ("script", "recording") if each.get(kind)]
    return [*NAMED.findall(text), *(f"assets/{name}" for name in loaded)]


def asked(situation: str, port: int, method: str, path: str, headers: dict[str, str]) -> str:
    """One line: the request and its answer."""
    sent = {name: value for name, value in headers.items() if value}
    if sent.get("If-None-Match") == "ETAG":
        unconditional = {name: value for name, value in sent.items() if name != "If-None-Match"}
        _, received, _ = answer(port, method, path, unconditional)
        sent["If-None-Match"] = dict(received).get("etag", '""')
    status, received, body = answer(port, method, path, sent)
    content = body
    if "content-encoding" not in dict(received):
        content = masked(body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
    varying = VARYING | ({"content-length"} if "/refreshes" in path else set())
    seen = sorted([name, "…" if name in varying else masked(value)] for name, value in received)
    digest = hashlib.sha256(content).hexdigest()[:16]
    request = [situation, method, path[:80], headers]
    return json.dumps([*request, status, seen, digest], ensure_ascii=False)


def masked(text: str) -> str:
    """The text without what differs from run to run."""
    for pattern, mask in MASKS:
        text = pattern.sub(mask, text)
    return text


def answer(
    port: int, method: str, path: str, headers: dict[str, str]
) -> tuple[int, list[tuple[str, str]], bytes]:
    """Status, lower-case headers and body of the answer to a request with these headers only."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.putrequest(method, path, skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, [(name.lower(), value) for name, value in response.getheaders()], body


def until_in_br(port: int) -> None:
    """Waits until the tree is ready at each depth and in every coding; brotli's is the last."""
    while True:
        status, headers, _ = answer(port, "GET", LAST_COMPRESSED, {"Accept-Encoding": "br"})
        if status == 200 and dict(headers).get("content-encoding") == "br":
            return
        time.sleep(0.1)


@contextmanager
def service(**settings: str) -> Iterator[int]:
    """The port of a service with these settings."""
    port = free_port()
    own = {"SERVER_PORT": str(port), "SERVER_RELOAD": "false", "SNAPSHOT_STORE": "memory:"}
    with process([sys.executable, "main.py"], {**own, **settings}, port, "/health/live"):
        yield port


@contextmanager
def stand_in() -> Iterator[str]:
    """The address of a stand-in for the upstream."""
    port = free_port()
    with process([sys.executable, "-m", "stand_in", "--port", str(port)], {}, port, "/controle"):
        yield f"http://127.0.0.1:{port}/api/v1/localidades"


@contextmanager
def process(command: list[str], settings: dict[str, str], port: int, path: str) -> Iterator[None]:
    """A process that answers at this port and path while the block runs."""
    with subprocess.Popen(
        command,
        cwd=APP,
        env={**os.environ, **settings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as running:
        try:
            while not is_there(port, path):
                if running.poll() is not None:
                    raise RuntimeError(f"{command} did not start")
                time.sleep(0.05)
            yield
        finally:
            running.terminate()


def is_there(port: int, path: str) -> bool:
    """Whether anything answers."""
    try:
        answer(port, "GET", path, {})
    except (OSError, HTTPException):
        return False
    return True


def free_port() -> int:
    """A free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
