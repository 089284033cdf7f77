"""The pages of a service without the explorer: links lead only to what there is."""

import re
from dataclasses import replace

import aiohttp

from src.entrypoints.api import create_app
from src.entrypoints.features import Settings
from src.infra.controllers.refreshes.fanout_page import fanout_page
from tests.helpers.services import ask
from tests.helpers.serving import client, served
from tests.sample_feature.feature import WORDS, shelves
from tests.sample_feature.test_sample_feature import LISTS
from tests.sample_feature.upstream import Storeroom


async def test_links_lead_only_to_pages_that_exist() -> None:
    """There is no page at the root, so neither the brand nor the header leads there.

    A visitor of the root is sent to the first page.
    """
    async with Storeroom(LISTS) as upstream:
        app = create_app(Settings(), features=[shelves(upstream.base_url)])
        async with served(app) as address, client(address) as session:
            page = await ask(session, "/fanout")
            links = re.findall(r'<a [^>]*href="([^"#]+)"', page.body.decode())
            statuses = {link: (await ask(session, f"/{link}")).status for link in links}
            root = await ask(session, "/")

    assert {"fanout", "docs", "openapi.json", "api/v1/shelves/refreshes"} <= set(links)
    # Before the first refresh there is no current one.
    assert {link: status for link, status in statuses.items() if status != 200} in (
        {},
        {"api/v1/shelves/refreshes/current": 404},
    )
    assert (root.status, root.headers["Location"]) == (307, "fanout")


async def test_a_service_that_collects_nothing_has_no_fan_out_page() -> None:
    """Nor does its documentation link to one."""
    session: aiohttp.ClientSession
    async with served(create_app(Settings(), features=[])) as address:
        async with client(address) as session:
            page = await ask(session, "/fanout")
            document = await ask(session, "/openapi.json")
            root = await ask(session, "/")

    assert page.status == 404
    assert "fanout" not in document.body.decode()
    assert root.headers["Location"] == "docs"


async def test_a_page_at_the_root_is_shown_there() -> None:
    """A feature may have one; it is the first, so the brand leads there."""
    async with Storeroom(LISTS) as upstream:
        feature = shelves(upstream.base_url)
        start = replace(fanout_page([WORDS]), path="/")
        app = create_app(Settings(), features=[replace(feature, pages=[start])])
        async with served(app) as address, client(address) as session:
            root = await ask(session, "/")

    assert root.status == 200
    assert 'class="brand" href="./"' in root.body.decode()
