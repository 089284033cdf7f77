"""Runs the stand-in by itself: `python -m stand_in --port 8002 --latency-ms 100`, from app/."""

import argparse
import asyncio
import contextlib
import ssl
from pathlib import Path

from src.infra.storage.localities.bundled_snapshot import bundled_snapshot
from stand_in.faults import Behaviour
from stand_in.server import StandIn
from stand_in.upstream_rows import multiplied, with_new_city


async def serve(port: int, tls: ssl.SSLContext | None, times: int, behaviour: Behaviour) -> None:
    """Serves the bundled data until cancelled; prints the address once it answers."""
    states = multiplied(with_new_city(bundled_snapshot().states), times)
    async with StandIn(states, behaviour=behaviour, port=port, tls=tls) as upstream:
        upstream.content.prepare()
        print(upstream.base_url, flush=True)
        await upstream.serve_forever()


def main() -> None:
    """Reads the arguments and serves until interrupted."""
    parser = argparse.ArgumentParser(description="A stand-in for IBGE's localidades, on loopback")
    parser.add_argument("--port", type=int, default=8002, help="0 picks a free one")
    parser.add_argument("--latency-ms", type=float, default=100.0)
    parser.add_argument("--certificate", type=Path, help="PEM with chain and key: serve HTTPS")
    parser.add_argument("--times", type=int, default=1, help="so many times the cities there are")
    parser.add_argument(
        "--changing", action="store_true", help="rename a city whenever the states are asked for"
    )
    arguments = parser.parse_args()
    behaviour = Behaviour(latency_s=arguments.latency_ms / 1000, changing=arguments.changing)
    tls = None
    if arguments.certificate is not None:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(arguments.certificate)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(arguments.port, tls, arguments.times, behaviour))


if __name__ == "__main__":
    main()
