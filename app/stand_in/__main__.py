"""Runs the stand-in by itself: `python -m stand_in --port 8002 --latency-ms 100`, from app/."""

import argparse
import asyncio
import contextlib
import ssl
from collections.abc import Sequence
from pathlib import Path

from stand_in.content import Content
from stand_in.contents import add_arguments, chosen_contents, settings_at
from stand_in.faults import Behaviour
from stand_in.server import StandIn


async def serve(
    contents: Sequence[Content], port: int, tls: ssl.SSLContext | None, behaviour: Behaviour
) -> None:
    """Serves until cancelled; once it answers, prints in one line the settings that point to it."""
    async with StandIn(*contents, behaviour=behaviour, port=port, tls=tls) as upstream:
        for content in contents:
            content.prepare()
        settings = settings_at(upstream.url)
        print(*(f"{name}={value}" for name, value in settings.items()), flush=True)
        await upstream.serve_forever()


def main() -> None:
    """Reads the arguments and serves until interrupted."""
    parser = argparse.ArgumentParser(description="A stand-in for the upstream, on loopback")
    parser.add_argument("--port", type=int, default=8002, help="0 picks a free one")
    parser.add_argument("--latency-ms", type=float, default=100.0)
    parser.add_argument("--certificate", type=Path, help="PEM with chain and key: serve HTTPS")
    parser.add_argument("--changing", action="store_true", help="other data in each collection")
    add_arguments(parser)
    arguments = parser.parse_args()
    behaviour = Behaviour(latency_s=arguments.latency_ms / 1000, changing=arguments.changing)
    tls = None
    if arguments.certificate is not None:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(arguments.certificate)
    contents = chosen_contents(arguments)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(contents, arguments.port, tls, behaviour))


if __name__ == "__main__":
    main()
