"""Instances of the service to put behind a proxy, and the proxy's settings as they are shipped."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from yarl import URL

from src.entrypoints.settings import APP_DIR
from stand_in.faults import Behaviour, Fault, Kind
from tests.helpers.nginx import nginx
from tests.helpers.serving import free_port, served
from tests.processes.many_shelves import service_of
from tests.sample_feature.feature import WORDS
from tests.sample_feature.upstream import Storeroom

# Every list of items is kept back, so that a collection does not end.
HELD = Behaviour(faults=(Fault(kind=Kind.HELD, path=".*/items"),))

TOKEN = "segredo"  # noqa: S105  # a test's
AUTHORIZATION = {"Authorization": f"Bearer {TOKEN}"}


def shipped(name: str) -> str:
    """The text of a file in the folder `deploy`."""
    return (APP_DIR.parent / "deploy" / name).read_text(encoding="utf-8")


def replaced(settings: str, changes: dict[str, str]) -> str:
    """The settings with other texts for these, each of which occurs in them."""
    for before, after in changes.items():
        assert before in settings
        settings = settings.replace(before, after)
    return settings


# The settings of nginx as they are shipped.
NGINX = shipped("nginx.conf")


@asynccontextmanager
async def instance_over(upstream: Storeroom, **settings: Any) -> AsyncIterator[str]:
    """The address of an instance; with the token, refreshes may follow each other at once."""
    settings = {"refresh_token": TOKEN, "refresh_min_interval_s": 0, **settings}
    async with served(service_of(upstream, **settings)) as address:
        yield address


def nobody() -> str:
    """The address, without its scheme, of an instance that is dead."""
    return f"127.0.0.1:{free_port()}"


async def ask_for_refresh(session: aiohttp.ClientSession, path: str = WORDS.path) -> URL:
    """Has the service collect, and returns the address to follow that at."""
    async with session.post(path, headers=AUTHORIZATION) as answer:
        assert answer.status == 202
        return answer.url.join(URL(answer.headers["Location"]))


@asynccontextmanager
async def nginx_before(one: str, two: str = "", *, settings: str = NGINX) -> AsyncIterator[str]:
    """The address of an nginx before instances at these addresses; by default the second is dead.

    Of the `settings` only addresses are replaced.
    """
    port = free_port()
    settings = replaced(
        settings,
        {
            " one:8001 ": f" {one.removeprefix('http://')} ",
            " two:8001 ": f" {two.removeprefix('http://') or nobody()} ",
            "listen 80;": f"listen 127.0.0.1:{port};",
            "proxy_cache_path /var/cache/nginx/": "proxy_cache_path FOLDER/",
        },
    )
    async with nginx(settings):
        yield f"http://127.0.0.1:{port}"
