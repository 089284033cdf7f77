"""Starts an application and asks for the tree once: `python -m bench.first_answer MODULE:NAME`.

The application runs on a real socket, under uvicorn as users run it. Prints the seconds from before
it is made, so that a head start on the request is counted, to the last byte of the answer, without
imports; the bytes of the answer; and the peak of memory.
"""

import asyncio
import importlib
import json
import sys
import threading
import time
import urllib.request

import uvicorn
from starlette.types import ASGIApp


def serve(app: ASGIApp) -> tuple[uvicorn.Server, threading.Thread]:
    """The server, listening, in its own thread."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", access_log=False)
    server = uvicorn.Server(config)

    def serving() -> None:
        with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            runner.run(server.serve())

    thread = threading.Thread(target=serving)
    thread.start()
    while not server.started:
        time.sleep(0.001)
    return server, thread


def most_memory_mb() -> float:
    """The peak of this process's memory so far; 0 if the system does not say."""
    if sys.platform != "linux":
        return 0.0
    import resource  # noqa: PLC0415  # not everywhere

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _compressed(port: int) -> bytes:
    url = f"http://127.0.0.1:{port}/api/v1/states"
    request = urllib.request.Request(url, headers={"Accept-Encoding": "br"})
    with urllib.request.urlopen(request) as answer:
        body: bytes = answer.read()
        return body


def main() -> None:
    """Starts the application, asks it once, prints the figures."""
    module, _, name = sys.argv[1].partition(":")
    made = getattr(importlib.import_module(module), name)
    is_the_service = name == "create_app"
    if is_the_service:
        importlib.import_module(
            "src.entrypoints.localities.collecting"
        )  # or it would be with the collection
    started = time.perf_counter()
    server, thread = serve(made() if is_the_service else made)
    port = server.servers[0].sockets[0].getsockname()[1]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/states") as answer:
        body = answer.read()
        missing = answer.headers.get("X-Snapshot-Missing", "0")
    seconds = time.perf_counter() - started
    while is_the_service and len(_compressed(port)) == len(body):
        time.sleep(0.05)  # the codings count for the memory
    server.should_exit = True
    thread.join()
    assert missing == "0", "the tree is not whole"
    assert len(body) > 500_000, "the tree is not whole"
    print(json.dumps({"seconds": seconds, "bytes": len(body), "mb": most_memory_mb()}))


if __name__ == "__main__":
    main()
