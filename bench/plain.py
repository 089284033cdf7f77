"""A bare FastAPI application: one route that returns ready bytes with all their headers.

`make bench` compares the service's ready answers, and its start, with it. The bytes are those of
the file that BENCH_BODY names, and of the same name with `.gz` added, compressed with gzip.
"""

import os
from pathlib import Path

from fastapi import FastAPI, Request, Response

PLAIN_BODY = Path(os.environ["BENCH_BODY"]).read_bytes()
GZIP_BODY = Path(os.environ["BENCH_BODY"] + ".gz").read_bytes()
ETAG = '"48177fee8d06db247af3a3aef5eec867"'
HEADERS = {
    "ETag": ETAG,
    "Last-Modified": "Tue, 31 Dec 2024 00:00:00 GMT",
    "Cache-Control": "public, max-age=300, stale-while-revalidate=3600, stale-if-error=86400",
    "Vary": "Accept, Accept-Encoding",
    "X-Snapshot-Source": "live",
    "X-Snapshot-Missing": "0",
    "X-Snapshot-Filled": "0",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}

POPULATION = (
    b'{"id":3550308,"nome":"S\xc3\xa3o Paulo","ano":2025,"habitantes":1,'
    b'"fonte":"IBGE, Estimativas da popula\xc3\xa7\xc3\xa3o (agregado 6579)"}'
)
POPULATION_HEADERS = {
    "ETag": ETAG,
    "Last-Modified": "Tue, 31 Dec 2024 00:00:00 GMT",
    "Cache-Control": "public, max-age=2592000, stale-if-error=86400",
    "Age": "0",
    "Vary": "Accept, Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}

app = FastAPI()


@app.get("/api/v1/cities/{city_id}/population")
async def population(city_id: str) -> Response:  # noqa: ARG001  # the route has it
    """A population, the same for every city."""
    return Response(POPULATION, headers=POPULATION_HEADERS, media_type="application/json")


@app.get("/api/v1/states")
async def states(request: Request) -> Response:
    """The tree."""
    if request.headers.get("if-none-match") == ETAG:
        return Response(status_code=304, headers=HEADERS)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers = {**HEADERS, "Content-Encoding": "gzip"}
        return Response(GZIP_BODY, headers=headers, media_type="application/json")
    return Response(PLAIN_BODY, headers=HEADERS, media_type="application/json")
