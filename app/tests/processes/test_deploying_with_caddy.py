"""The service behind a real Caddy, which has the settings in deploy/Caddyfile."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from stand_in.faults import Behaviour
from tests.helpers.caddy import caddy, needs_caddy
from tests.helpers.processes import not_on_windows
from tests.helpers.services import ask, ended
from tests.helpers.serving import client, free_port
from tests.processes.instances import (
    AUTHORIZATION,
    HELD,
    TOKEN,
    ask_for_refresh,
    instance_over,
    nobody,
    replaced,
    shipped,
)
from tests.processes.many_shelves import storeroom
from tests.sample_feature.feature import TREE, WORDS
from tests.sample_feature.upstream import Storeroom, lists_of, many_shelves

SETTINGS = shipped("Caddyfile")

pytestmark = [not_on_windows, needs_caddy]


def below_a_prefix() -> str:
    """The settings for a path prefix, as their comment says."""
    [(with_prefix, without)] = re.findall(r"path prefix, write `(.+)` for `(.+)`", SETTINGS)
    return replaced(SETTINGS, {f"\t{without} {{": f"\t{with_prefix} {{"})


@asynccontextmanager
async def caddy_before(one: str, two: str = "", *, settings: str = SETTINGS) -> AsyncIterator[str]:
    """The address of a Caddy before instances at these addresses; by default the second is dead.

    Of the `settings` only addresses are replaced.
    """
    port = free_port()
    sites = replaced(
        settings,
        {
            ":80 {": f":{port} {{",
            " one:8001": f" {one.removeprefix('http://')}",
            " two:8001": f" {two.removeprefix('http://') or nobody()}",
        },
    )
    async with caddy(port, sites):
        yield f"http://127.0.0.1:{port}"


@asynccontextmanager
async def deployed(
    upstream: Storeroom, *, settings: str = SETTINGS
) -> AsyncIterator[aiohttp.ClientSession]:
    """A session with one instance behind Caddy, which has data; the other instance is dead."""
    async with instance_over(upstream, metrics_token=TOKEN) as address:
        # With data it is ready when Caddy first checks; the next check is two seconds later.
        async with client(address) as session:
            assert (await ask(session, TREE)).status == 200
        async with caddy_before(address, settings=settings) as url, client(url) as session:
            yield session


async def test_both_instances_are_asked_but_not_for_their_metrics() -> None:
    """Callers get the data of one or the other; /metrics, even with its token, only directly."""
    async with (
        storeroom() as many,
        Storeroom(lists_of(many_shelves(1, boxes=1))) as few,
        instance_over(many, metrics_token=TOKEN) as one,
        instance_over(few, metrics_token=TOKEN) as two,
        client() as directly,
    ):
        data = {(await ask(directly, f"{instance}{TREE}")).body for instance in (one, two)}
        async with caddy_before(one, two) as url, client(url) as session:
            live = await ask(session, "/health/live")
            trees = [await ask(session, TREE) for _ in range(4)]
            hidden = await ask(session, "/metrics", AUTHORIZATION)
        numbers = await ask(directly, f"{one}/metrics", AUTHORIZATION)

    assert live.status == 200
    assert {tree.body for tree in trees} == data
    assert len(data) == 2
    assert (hidden.status, hidden.body) == (404, b"")
    assert numbers.status == 200


async def test_callers_do_not_notice_a_dead_instance() -> None:
    """Whichever instance Caddy takes first, the one that lives answers."""
    async with storeroom() as upstream, deployed(upstream) as session:
        answers = [await ask(session, TREE) for _ in range(4)]

    assert [each.status for each in answers] == [200] * 4


async def test_events_are_not_held_back() -> None:
    """A client follows a collection through Caddy while it goes on."""
    async with storeroom() as upstream, deployed(upstream) as session:
        await ended(session, f"{WORDS.path}/current")
        upstream.behave(HELD)
        async with session.get(f"{await ask_for_refresh(session)}/events") as stream:
            first = await stream.content.readuntil(b"\n\n")
            upstream.behave(Behaviour())
            rest = await stream.content.read()

    assert b'"em_andamento"' in first
    assert b'"concluida"' in rest


async def test_everything_works_below_a_path_prefix() -> None:
    """With the line that the comment gives; outside the prefix, nothing is found."""
    async with (
        storeroom() as upstream,
        deployed(upstream, settings=below_a_prefix()) as session,
    ):
        tree = await ask(session, f"/prefix{TREE}?x=%20")
        page = await ask(session, "/prefix/fanout")
        followed = await ask_for_refresh(session, f"/prefix{WORDS.path}")
        events = await ask(session, f"{followed.path}/events")
        paths = ["/prefix/metrics", "/metrics", TREE, "/", "/prefix"]
        hidden = [await ask(session, path, AUTHORIZATION) for path in paths]

    assert [each.status for each in (tree, page, events)] == [200, 200, 200]
    assert followed.path.startswith(f"/prefix{WORDS.path}/")
    assert [each.status for each in hidden] == [404] * len(paths)
