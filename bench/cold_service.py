"""The service from a cold start to its first answer: `python -m bench.cold_service BASE_URL`.

The real application on a real socket, under uvicorn as users run it, asked once for the whole
tree by a client of its own. Prints the seconds from before the service starts, so that its
head start on the request is counted, until the answer's last byte; imports not counted.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import time
import urllib.request

import uvicorn

from main import create_app
from src.entrypoints.settings import Settings


def serve(settings: Settings) -> tuple[uvicorn.Server, threading.Thread]:
    """The server, listening, in a thread of its own."""
    config = uvicorn.Config(
        create_app(settings), host="127.0.0.1", port=0, log_level="warning", access_log=False
    )
    server = uvicorn.Server(config)

    def serving() -> None:
        with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            runner.run(server.serve())

    thread = threading.Thread(target=serving)
    thread.start()
    while not server.started:
        time.sleep(0.001)
    return server, thread


def main() -> None:
    """Starts the service, asks it once, prints the seconds."""
    settings = Settings(
        ibge_base_url=sys.argv[1],
        log_level="WARNING",
        snapshot_bundled=False,
        snapshot_store="memory:",
    )
    started = time.perf_counter()
    server, thread = serve(settings)
    port = server.servers[0].sockets[0].getsockname()[1]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/states") as answer:
        body = answer.read()
        missing = answer.headers["X-Snapshot-Missing"]
    seconds = time.perf_counter() - started
    server.should_exit = True
    thread.join()
    assert missing == "0", "the tree is not whole"
    assert len(body) > 500_000, "the tree is not whole"
    print(seconds)


if __name__ == "__main__":
    main()
