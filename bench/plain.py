"""A bare FastAPI application: one route that returns bytes which are ready, and all their headers.

`make bench` sets the service's ready answers, and its start, beside it. The bytes are those of
the file in BENCH_BODY, compressed with gzip.
"""

from __future__ import annotations

import os
from pathlib import Path

from fastapi import FastAPI, Response

BODY = Path(os.environ["BENCH_BODY"]).read_bytes()
HEADERS = {
    "ETag": '"48177fee8d06db247af3a3aef5eec867-gzip"',
    "Last-Modified": "Tue, 31 Dec 2024 00:00:00 GMT",
    "Cache-Control": "public, max-age=300, stale-while-revalidate=3600, stale-if-error=86400",
    "Vary": "Accept-Encoding",
    "X-Snapshot-Source": "live",
    "X-Snapshot-Missing": "0",
    "X-Snapshot-Filled": "0",
    "Content-Encoding": "gzip",
}

app = FastAPI()


@app.get("/api/v1/states")
async def states() -> Response:
    """The tree."""
    return Response(BODY, headers=HEADERS, media_type="application/json")
